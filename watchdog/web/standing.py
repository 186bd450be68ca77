"""How a check or a service stands now, in one word for people: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from alerts.incident import Nature
from alerts.state import Suspect
from checks.model import Status
from watchdog.engine.subjects import Subject


class Standing(Enum):
    """Worst first. A deadline that is near hides no fault, and what nobody can see is not well."""

    DOWN = "Not working"
    IMPAIRED = "Impaired"
    ACT_NOW = "Act now"
    FAILING = "Failing, being looked at again"
    UNKNOWN = "Cannot be judged"
    AHEAD = "Deadline near"
    WELL = "Well"
    UNSEEN = "Not looked at yet"

    @property
    def mark(self) -> str:
        """A sign beside the word, so that colour is never alone."""
        return _MARKS[self]

    @property
    def tone(self) -> str:
        """Which of four colours it has: a class of the style sheet."""
        return _TONES[self]


_MARKS = {
    Standing.DOWN: "✕",
    Standing.IMPAIRED: "!",
    Standing.ACT_NOW: "!",
    Standing.FAILING: "…",
    Standing.UNKNOWN: "?",
    Standing.AHEAD: "!",
    Standing.WELL: "✓",
    Standing.UNSEEN: "?",
}
_TONES = {
    Standing.DOWN: "critical",
    Standing.IMPAIRED: "warning",
    Standing.ACT_NOW: "critical",
    Standing.FAILING: "warning",
    Standing.UNKNOWN: "unknown",
    Standing.AHEAD: "warning",
    Standing.WELL: "ok",
    Standing.UNSEEN: "unknown",
}
WORST_FIRST: Sequence[Standing] = tuple(Standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How something stands, since when, and the words of the subject that makes it so."""

    standing: Standing
    since: datetime | None = None
    subject: Subject | None = None

    @property
    def rank(self) -> int:
        return WORST_FIRST.index(self.standing)


NOT_YET = Stand(standing=Standing.UNSEEN)


def stand_of(subjects: Iterable[Subject]) -> Stand:
    """The worst of `subjects`; the longest among equals, and UNSEEN for none."""
    found = [_stand(subject) for subject in subjects]
    return min(found, key=lambda one: (one.rank, one.since is None, one.since), default=NOT_YET)


def worst(stands: Iterable[Stand]) -> Stand:
    """The worst of several, as one: something not looked at yet does not hide that the rest is well."""
    return min(stands, key=lambda one: one.rank, default=NOT_YET)


def _stand(subject: Subject) -> Stand:
    record = subject.record
    fault = record.fault_incident
    if fault is not None and fault.nature is Nature.FAULT:
        standing = Standing.DOWN if fault.severity is Status.CRITICAL else Standing.IMPAIRED
        return Stand(standing=standing, since=fault.since, subject=subject)
    if record.stale_incident is not None or subject.status is Status.UNKNOWN:
        return Stand(standing=Standing.UNKNOWN, since=subject.judged_at, subject=subject)
    if record.deadline is None:
        return _undated(subject)
    return _dated(subject)


def _undated(subject: Subject) -> Stand:
    match subject.status:
        case Status.CRITICAL:
            fault = subject.record.fault
            since = fault.since if isinstance(fault, Suspect) else subject.seen_at
            return Stand(standing=Standing.FAILING, since=since, subject=subject)
        case Status.WARNING:
            return Stand(standing=Standing.IMPAIRED, since=subject.good_at, subject=subject)
        case _:
            return Stand(standing=Standing.WELL, subject=subject)


def _dated(subject: Subject) -> Stand:
    incident = subject.record.deadline_incident
    since = None if incident is None else incident.since
    match subject.status:
        case Status.CRITICAL:
            return Stand(standing=Standing.ACT_NOW, since=since, subject=subject)
        case Status.WARNING:
            return Stand(standing=Standing.AHEAD, since=since, subject=subject)
        case _:
            return Stand(standing=Standing.WELL, subject=subject)
