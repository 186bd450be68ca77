"""How a check or a service stands now, in one word for people: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from alerts.incident import Incident, Nature
from alerts.judging.judge_fault import failing_since
from checks.deadline import grade
from checks.model import WORST_FIRST as STATUSES_WORST_FIRST
from checks.model import Cause, Deadline, Status
from watchdog.engine.subjects import Subject


class Standing(Enum):
    """Worst first. A deadline that is near hides no fault, and what nobody can see is not well."""

    DOWN = "Not working"
    IMPAIRED = "Impaired"
    EXPIRED = "Expired"
    OVERDUE = "Overdue"
    ACT_NOW = "Act now"
    FAILING = "Failing, being looked at again"
    RECOVERED = "Well again, if it lasts"
    UNKNOWN = "Cannot be judged"
    BLOCKED = "Payment blocked"
    WITHDRAWN = "No longer listed"
    LATE = "Past the day to act by"
    AHEAD = "Deadline near"
    UNSEEN = "Not looked at yet"
    WELL = "Well"

    @property
    def mark(self) -> str:
        """A sign beside the word, so that colour is never alone."""
        return _LOOKS[self][1]

    @property
    def tone(self) -> str:
        """Which of four colours it has: a class of the style sheet."""
        return _LOOKS[self][0]


_LOOKS = {
    Standing.DOWN: ("critical", "✕"),
    Standing.IMPAIRED: ("warning", "!"),
    Standing.EXPIRED: ("critical", "!"),
    Standing.OVERDUE: ("critical", "!"),
    Standing.ACT_NOW: ("critical", "!"),
    Standing.FAILING: ("warning", "…"),
    Standing.RECOVERED: ("warning", "…"),
    Standing.UNKNOWN: ("unknown", "?"),
    Standing.BLOCKED: ("warning", "!"),
    Standing.WITHDRAWN: ("warning", "!"),
    Standing.LATE: ("warning", "!"),
    Standing.AHEAD: ("warning", "!"),
    Standing.UNSEEN: ("unknown", "?"),
    Standing.WELL: ("ok", "✓"),
}
WORST_FIRST: Sequence[Standing] = tuple(Standing)

#: Standings that speak of a deadline alone.
DATED = frozenset(
    {
        Standing.EXPIRED,
        Standing.OVERDUE,
        Standing.ACT_NOW,
        Standing.BLOCKED,
        Standing.WITHDRAWN,
        Standing.LATE,
        Standing.AHEAD,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How something stands, since when, and the words of the subject that makes it so."""

    standing: Standing
    since: datetime | None = None
    """Of a deadline the day itself."""
    subject: Subject | None = None
    found: frozenset[Standing] = field(default_factory=frozenset)
    """Where it is the worst of several: how all of them stand."""

    @property
    def rank(self) -> int:
        return WORST_FIRST.index(self.standing)


NOT_YET = Stand(standing=Standing.UNSEEN, found=frozenset({Standing.UNSEEN}))


def stand_of(subjects: Iterable[Subject], now: datetime) -> Stand:
    """The worst of `subjects`; the longest among equals, and UNSEEN for none."""
    found = [_stand(subject, now) for subject in subjects]
    if not found:
        return NOT_YET
    first = min(found, key=lambda one: (one.rank, one.since is None, one.since))
    return replace(first, found=frozenset(one.standing for one in found))


def worst(stands: Iterable[Stand]) -> Stand:
    """The worst of several, as one; UNSEEN for none."""
    several = list(stands)
    first = min(several, key=lambda one: one.rank, default=NOT_YET)
    return replace(first, found=first.found.union(*(one.found for one in several)))


def deadline_standing(deadline: Deadline, cause: Cause, status: Status, now: datetime) -> Standing:
    """One word for a deadline wherever it is shown; `status` is by its ladder."""
    if deadline.at <= now:
        return Standing.EXPIRED if cause is Cause.EXPIRED else Standing.OVERDUE
    if status is Status.CRITICAL:
        return Standing.ACT_NOW
    if cause in {Cause.WITHDRAWN, Cause.BLOCKED}:
        return Standing.WITHDRAWN if cause is Cause.WITHDRAWN else Standing.BLOCKED
    if deadline.act_by is not None and deadline.act_by <= now:
        return Standing.LATE
    return Standing.AHEAD if status is Status.WARNING else Standing.WELL


def dated_standing(subject: Subject, deadline: Deadline, now: datetime) -> Standing:
    """Of a subject with a deadline as far as that goes, even while nobody can see it."""
    record = subject.record
    status = grade(deadline, now)
    if _saw_deadline(subject) and subject.status is not Status.UNKNOWN:
        status = min(status, subject.status, key=STATUSES_WORST_FIRST.index)
    words = record.deadline_words
    standing = deadline_standing(deadline, words.cause if words else record.cause, status, now)
    is_told = standing is Standing.WELL and record.deadline_incident is not None
    return Standing.AHEAD if is_told else standing


def _stand(subject: Subject, now: datetime) -> Stand:
    record = subject.record
    fault = record.fault_incident
    if fault is not None and fault.nature is Nature.FAULT:
        return Stand(standing=_faulty(fault), since=fault.recovered_at or fault.since, subject=subject)
    if record.stale_incident is not None or subject.status is Status.UNKNOWN:
        return Stand(standing=Standing.UNKNOWN, since=subject.judged_at, subject=subject)
    if record.deadline is None:
        return _undated(subject)
    dated = Stand(standing=dated_standing(subject, record.deadline, now), since=record.deadline.at, subject=subject)
    return dated if _saw_deadline(subject) else min(_undated(subject), dated, key=lambda one: one.rank)


def _faulty(fault: Incident) -> Standing:
    if fault.recovered_at is not None:
        return Standing.RECOVERED
    return Standing.DOWN if fault.severity is Status.CRITICAL else Standing.IMPAIRED


def _saw_deadline(subject: Subject) -> bool:
    """Whether the last look could see the deadline; one that could not judges whether it works."""
    if subject.last is not None:
        return subject.last.finding.deadline is not None
    record, words = subject.record, subject.record.deadline_words
    return words is None or (record.summary, record.cause) == (words.summary, words.cause)


def _undated(subject: Subject) -> Stand:
    match subject.status:
        case Status.CRITICAL:
            since = failing_since(subject.record.fault) or subject.seen_at
            return Stand(standing=Standing.FAILING, since=since, subject=subject)
        case Status.WARNING:
            return Stand(standing=Standing.IMPAIRED, since=subject.good_at, subject=subject)
        case _:
            return Stand(standing=Standing.WELL, subject=subject)
