"""What is known of a domain between two questions, and how one more answer changes it. Pure.

A registry is asked a few times a day, a check is judged every minute. What was answered serves until the next question,
and an answer that says something else than the one before is *unsettled*: until enough fresh answers agree with it,
every look asks anew. So nothing that counts looks (a fault is opened by seven, a renewal believed after three) ever
counts one answer twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from checks.domains.outcome import Answered, Believed, Conclusive, Failed, NotAsked, Outcome
from checks.domains.registration import Precision, Registration
from checks.domains.statuses import NO_NAME_SERVERS, judged
from checks.model import Cause, Status

#: Fresh answers that must agree on a fault: as many as open an incident by default.
ANSWERS_OF_FAULT = 7
#: And on any other news: as many looks as a renewal takes to be believed (alerts.judging.judge_deadline).
ANSWERS_OF_NEWS = 3

_FAULTY = frozenset({Status.CRITICAL, Status.WARNING})

_SAME_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What one source said besides the date. Sources spell these in their own ways, so each is compared with itself."""

    registrar: str = ""
    name_servers: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    had_name_servers: bool = False
    """Whether it ever listed some: then none is a loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    last: Conclusive | None = None
    """The last answer that said anything."""
    answered_at: datetime | None = None
    alike: int = 0
    """Answers in a row, `last` among them, that agree with it."""
    needed: int = 1
    """How many have to."""
    believed: Believed | None = None
    """The date that may be told. It outlives everything but another date."""
    before: Believed | None = None
    """The date before `believed`, while that is a later one and unsettled."""
    failure: Failed | None = None
    """Why the last question brought nothing, where it did."""
    asked_at: datetime | None = None
    """The last question, whatever came of it."""
    failures: int = 0
    """Questions in a row that brought no date although there should be one."""
    asked_of: str = ""
    """Whom: other sources are asked at once."""
    details: Mapping[str, Details] = field(default_factory=dict)
    """By source."""

    @property
    def is_settled(self) -> bool:
        return self.alike >= self.needed

    @property
    def trouble(self) -> Failed | None:
        """Why the last question brought no date, where it should have."""
        return self.failure or (self.last.trouble if isinstance(self.last, Answered) else None)

    @property
    def contested(self) -> Registration | None:
        """The last answer where it states another date than the one believed."""
        match self.last, self.believed:
            case Answered(registration=stated), Believed() as believed if stated.expires_at is not None:
                return None if _is_same(believed, stated) else stated
            case _:
                return None


def after(known: Known, outcome: Outcome, *, now: datetime, asked_of: str, declared: str) -> Known:
    """`known` after one more question. `declared` is the declared date of the settings, "" where there is none."""
    if isinstance(outcome, NotAsked):
        return known
    if isinstance(outcome, Failed):
        failures = known.failures + 1 if asked_of == known.asked_of else 1
        return replace(known, failure=outcome, asked_at=now, failures=failures, asked_of=asked_of)
    outcome = _with_loss(known, outcome)
    is_news = known.last is None or _gist(known.last) != _gist(outcome)
    alike = 1 if is_news else known.alike + 1
    needed = _needed(known, outcome) if is_news else known.needed
    known = replace(
        known,
        last=outcome,
        answered_at=now,
        alike=alike,
        needed=needed,
        failure=None,
        asked_at=now,
        failures=known.failures + 1 if isinstance(outcome, Answered) and outcome.trouble else 0,
        asked_of=asked_of,
    )
    if not isinstance(outcome, Answered):
        return known
    return _believing(_detailed(known, outcome), outcome, now, declared)


def is_faulty(answer: Conclusive | None) -> bool:
    """Whether the answer itself says that something is wrong today."""
    match answer:
        case None:
            return False
        case Answered(registration=registration):
            return any(fault.status in _FAULTY for fault in judged(registration.statuses))
        case _:
            return True


def _gist(answer: Conclusive) -> tuple[str, frozenset[Cause]]:
    """What two answers must share to agree."""
    if not isinstance(answer, Answered):
        return "not registered", frozenset()
    at = answer.registration.expires_at
    causes = frozenset(fault.cause for fault in judged(answer.registration.statuses))
    return "no date" if at is None else at.date().isoformat(), causes


def _needed(known: Known, answer: Conclusive) -> int:
    if is_faulty(answer):
        return ANSWERS_OF_FAULT
    return 1 if known.last is None and known.believed is None else ANSWERS_OF_NEWS


def _with_loss(known: Known, outcome: Conclusive) -> Conclusive:
    """With a status of ours where a source that listed name servers lists none, and says enough to be believed."""
    if not isinstance(outcome, Answered) or outcome.trouble is not None:
        return outcome
    told = outcome.registration
    old = known.details.get(told.source.value, Details())
    if not old.had_name_servers or told.name_servers or not _is_full(told):
        return outcome
    return replace(outcome, registration=replace(told, statuses=told.statuses | {NO_NAME_SERVERS}))


def _is_full(told: Registration) -> bool:
    """Sources say now more, now less: in a meagre answer the absence of one thing says nothing."""
    return not told.is_cut and bool(told.statuses)


def _detailed(known: Known, outcome: Answered) -> Known:
    """What a meagre answer leaves out stays as it was."""
    told = outcome.registration
    old = known.details.get(told.source.value, Details())
    is_whole = outcome.trouble is None and _is_full(told)
    new = Details(
        registrar=told.registrar if is_whole else told.registrar or old.registrar,
        name_servers=told.name_servers if is_whole else told.name_servers or old.name_servers,
        statuses=told.statuses or old.statuses,
        had_name_servers=old.had_name_servers or bool(old.name_servers or told.name_servers),
    )
    return known if new == old else replace(known, details={**known.details, told.source.value: new})


def _believing(known: Known, answer: Answered, now: datetime, declared: str) -> Known:
    """A later date is a renewal and is told at once, though not yet acted upon. An earlier one waits until it lasts:
    a registry's stale copy says "expired" of a name that was renewed an hour ago.
    """
    stated, old = answer.registration, known.believed
    if stated.expires_at is None:
        return known
    new = Believed(at=stated.expires_at, registration=stated, server=answer.server, seen_at=now, declared=declared)
    if old is None:
        return replace(known, believed=new)
    if _is_same(old, stated):
        return replace(known, believed=replace(new, at=old.at), before=None if known.is_settled else known.before)
    if known.before is not None and _is_same(known.before, stated):
        return replace(known, believed=replace(new, at=known.before.at), before=None)
    if new.at > old.at:
        return replace(known, believed=new, before=None if known.is_settled else known.before or old)
    return replace(known, believed=new, before=None) if known.is_settled else known


def _is_same(believed: Believed, stated: Registration) -> bool:
    """Whether both mean one date, which another source may know to the day only."""
    if stated.expires_at is None:
        return False
    by_day = Precision.DAY in (believed.registration.precision, stated.precision)
    return believed.at == stated.expires_at or (by_day and abs(believed.at - stated.expires_at) < _SAME_DAY)
