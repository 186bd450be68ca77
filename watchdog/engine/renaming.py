"""Checks that have another id now: what is open, told and remembered of them goes on."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from alerts.incident import Incident
from alerts.judging.episode import CheckFacts
from alerts.record import SubjectRecord
from checks.model import CheckId
from watchdog.engine.memories import Memories
from watchdog.engine.subjects import Subjects


def renames(
    subjects: Subjects,
    memories: Memories,
    before: Mapping[CheckId, CheckFacts],
    now: Mapping[CheckId, CheckFacts],
) -> Iterator[tuple[CheckId, CheckId]]:
    """Former and present id of each check that was renamed and is the same in all else.

    One that looks at something else now, or whose new id has subjects already, ends like one that was taken out.
    `before` is empty at a start: then only what is open knows of the kind.
    """
    for check_id, facts in now.items():
        former = facts.formerly
        if former is None or former in now or not subjects.count(former) or subjects.count(check_id):
            continue
        kinds = {one.kind for subject in subjects.of(former) for one in subject.record.incidents}
        if former in before:
            kinds = {before[former].kind}
        is_same = memories.about(former) in {None, facts.subject} or memories.goes_on(former, facts)
        if is_same and kinds <= {facts.kind}:
            yield former, check_id


def renamed(record: SubjectRecord, check_id: CheckId) -> SubjectRecord:
    """`record` and its open incidents under another id of the check."""

    def under(incident: Incident | None) -> Incident | None:
        return None if incident is None else replace(incident, check_id=check_id)

    return replace(
        record,
        check_id=check_id,
        fault_incident=under(record.fault_incident),
        deadline_incident=under(record.deadline_incident),
        stale_incident=under(record.stale_incident),
    )
