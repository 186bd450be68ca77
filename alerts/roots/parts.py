"""Incidents that become part of another one, are on record with it, and leave it again. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from alerts.incident import EventKind, Incident, IncidentEvent, Nature, Part
from alerts.judging.acknowledge import is_over
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.fault import Open, Settling, Suspect, Threshold
from alerts.judging.judge_fault import uncover
from alerts.record import SubjectRecord
from alerts.roots.evidence import down_since
from checks.model import CheckId, Status

#: Stands with the reminder of a fault that people were told of, that was part of another for a while, and goes on.
STANDS_ALONE = "What explained it for a while is well again, and it still fails"


def adopted(record: SubjectRecord, root: Incident, known: frozenset[str]) -> SubjectRecord | None:
    """`record` as part of `root`; None where it has nothing to hand over.

    An incident of its own was told before; one that is part of an incident in `known`, which is part of `root` by
    now, goes with that.
    """
    incident = record.fault_incident
    if incident is None or not isinstance(record.fault, Open) or incident.id == root.id:
        return None
    if incident.root is None:
        return replace(record, fault_incident=replace(incident, root=root.id, was_told=True))
    if incident.root in known:
        return replace(record, fault_incident=replace(incident, root=root.id))
    return None


def joined(root: Incident, part: Incident, at: datetime, new_id: Callable[[], str]) -> IncidentEvent:
    """For the record of `root`."""
    note = f"{part.check_id}: {part.subject} ({part.id})"
    return IncidentEvent(id=new_id(), kind=EventKind.JOINED, at=at, incident=root, note=note)


def left_alone(record: SubjectRecord, facts: CheckFacts, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """A part that still fails though nothing above explains it: an incident of its own once it has settled.

    Where people were told of it before, that incident goes on, and they are reminded. That one which comes and goes
    fails again is no news to them: of that they are `reminded` once it has failed for a while without a break.
    """
    incident = record.fault_incident
    if incident is None or incident.root is None or not incident.was_told:
        return uncover(record, facts, now, new_id)
    if not incident.is_unstable:
        return reminded(record, incident, now, new_id)
    alone = replace(incident, root=None)
    event = IncidentEvent(id=new_id(), kind=EventKind.UNSTABLE, at=now, incident=alone, note=STANDS_ALONE)
    return Judgement(replace(record, fault_incident=alone), (event,))


def owes_reminder(record: SubjectRecord, rule: Threshold, now: datetime) -> bool:
    """Whether a reminder of what was `left_alone` is due: it has failed for longer than what comes and goes."""
    incident, since = record.fault_incident, down_since(record)
    if incident is None or incident.root is not None or not incident.was_told or since is None:
        return False
    return now >= since + rule.calm(is_unstable=False)


def reminded(record: SubjectRecord, incident: Incident, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """People are told that `incident` stands by itself again. An acknowledgement that has ended meanwhile is gone."""
    said = incident.acknowledged
    said = None if said is None or is_over(said, now) else said
    alone = replace(incident, root=None, was_told=False, acknowledged=said)
    event = IncidentEvent(id=new_id(), kind=EventKind.REMINDER, at=now, incident=alone, note=STANDS_ALONE)
    return Judgement(replace(record, fault_incident=alone), (event,))


def failing_parts(records: Iterable[SubjectRecord], root: str, part_of: Callable[[CheckId], Part]) -> Iterator[Part]:
    """The checks among `records` that fail and are part of the incident `root`, or would be, each once."""
    found: dict[str, Part] = {}
    for record in records:
        incident = record.fault_incident
        if incident is not None and incident.root != root:
            continue
        if _is_failing(record):
            was_told = (incident is not None and incident.was_told) or (
                record.check_id in found and found[record.check_id].was_told
            )
            found[record.check_id] = replace(part_of(record.check_id), was_told=was_told)
    yield from found.values()


def part_with(check_id: CheckId, facts: CheckFacts) -> Part:
    """A check as part of an incident, with what routes would see of a critical fault of its own."""
    labels = {**facts.labels, "kind": facts.kind, "check": check_id, "nature": Nature.FAULT.value}
    labels["severity"] = Status.CRITICAL.value
    if facts.service is not None:
        labels["service"] = facts.service
    return Part(check_id=check_id, service=facts.service, labels=labels)


def _is_failing(record: SubjectRecord) -> bool:
    match record.fault:
        case Suspect(criticals=criticals):
            return criticals > 0
        case Settling():
            return True
        case Open(severity=severity):
            return severity is Status.CRITICAL
        case _:
            return False
