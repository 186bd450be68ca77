"""A bill that left its list, or came back to it: its incident follows at once, and each is told once a day."""

from collections.abc import Iterable
from datetime import datetime

from alerts.record import SubjectRecord
from checks.model import Cause

#: What an event says of a bill that came back (alerts.incident.IncidentEvent.note).
LISTED_AGAIN = "It stands in the list again"

#: Told of and no step of a ladder: the kind names a day on which a bill was gone, we one on which it came back.
_MARKS = ("withdrawn ", "listed again ")
_MARKS_KEPT = 4


def turned(record: SubjectRecord) -> bool:
    """Whether the bill left its list or came back, was blocked or can be paid again, since people were told of it."""
    standing, words = record.deadline_incident, record.deadline_words
    if standing is None or words is None:
        return False
    return any((standing.cause is one) is not (words.cause is one) for one in (Cause.WITHDRAWN, Cause.BLOCKED))


def is_back(record: SubjectRecord) -> bool:
    """A bill that is blocked may stand in its list or not."""
    standing, words = record.deadline_incident, record.deadline_words
    if standing is None or words is None or standing.cause is not Cause.WITHDRAWN:
        return False
    return words.cause not in {Cause.WITHDRAWN, Cause.BLOCKED}


def is_unblocked(record: SubjectRecord) -> bool:
    standing, words = record.deadline_incident, record.deadline_words
    return standing is not None and standing.cause is Cause.BLOCKED and words is not None and words.cause is Cause.DUE


def mark_of(now: datetime) -> str:
    """Under what name it is kept that somebody heard on that day of a bill that came back."""
    return f"{_MARKS[1]}{now.date()}"


def marks_kept(names: Iterable[str], prefix: str) -> frozenset[str]:
    """Of the told `names` the last marks, so that a list that loses and finds a bill all day is told of once."""
    marks = (name for name in names if name.removeprefix(prefix).startswith(_MARKS) and name.startswith(prefix))
    return frozenset(sorted(marks, key=lambda name: name.rpartition(" ")[2])[-_MARKS_KEPT:])
