"""Which subjects end with the settings that they were watched by."""

from collections.abc import Iterator, Mapping

from alerts.incident import Retirement
from alerts.judging.episode import CheckFacts
from checks.model import CheckId
from watchdog.engine.memories import Memories
from watchdog.engine.subjects import Subject, Subjects


def no_longer_watched(
    subjects: Subjects, memories: Memories, facts: Mapping[CheckId, CheckFacts]
) -> Iterator[tuple[Subject, Retirement]]:
    """`facts` are those of the new settings; what was renamed has its new id already."""
    looks_elsewhere, turned = memories.elsewhere(facts), memories.turned(facts)
    former_ids = {one.formerly for one in facts.values()}
    for subject in subjects:
        check_id = subject.record.check_id
        if check_id not in facts:
            yield subject, Retirement.ELSEWHERE if check_id in former_ids else Retirement.REMOVED
        elif check_id in looks_elsewhere or turned.get(check_id) == subject.record.subject:
            yield subject, Retirement.ELSEWHERE
