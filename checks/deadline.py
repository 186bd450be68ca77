"""Ladders: from a deadline to the instants at which people are told of it.

One mechanism for certificates, domains and bills. A `Ladder` is written in settings as lead times, such as
["20wd", "5d", "1/3"]: working days of an office, elapsed time, or a share of the lifetime. `resolve` works it out for
one deadline. A rung's instant and name come from the deadline and the calendar alone, never from `now`.

Status: a rung is a warning until the first one of at most three days (or working days) before the end, and critical
from there on. The last rung is always critical, so that a lapsed deadline is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from checks.model import Deadline, Rung, Status, require_utc
from checks.units import Lead, parse_lead
from checks.workdays import WorkCalendar

#: From here on nobody may put it off: the length of a long weekend.
CRITICAL_DAYS = 3
#: Reminders laid out ahead, so that they come even while the check itself cannot run.
OVERDUE_AHEAD = 30
#: Reminders kept of those that have passed; older ones are folded away, since each says the same more weakly.
OVERDUE_BEHIND = 10
MAX_STEPS = 30

_SMALLEST_SHARE = Fraction(1, 1000)

Step: TypeAlias = Lead | Fraction
"""How far before the deadline: a lead time, or a share of the lifetime (0 < share < 1)."""


class After(Enum):
    """What follows once the deadline has passed."""

    NOTHING = "nothing"
    EVERY_WORKING_DAY = "every working day"


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of a ladder, farthest first within each form, none twice."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.steps) <= MAX_STEPS:
            raise ValueError(f"a ladder has 1 to {MAX_STEPS} steps")
        if len(set(self.steps)) < len(self.steps):
            raise ValueError("each step of a ladder stands once")
        object.__setattr__(self, "steps", tuple(sorted(self.steps, key=_far_first)))

    @property
    def has_shares(self) -> bool:
        return any(isinstance(step, Fraction) for step in self.steps)

    @property
    def counts_working_days(self) -> bool:
        return any(isinstance(step, Lead) and step.working_days for step in self.steps)

    def texts(self) -> list[str]:
        """As settings write it: ["1/3", "20wd", "5d", "0d"]."""
        return [_name(step, in_working_days=self.counts_working_days) for step in self.steps]

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        texts = core_schema.list_schema(
            core_schema.str_schema(pattern="^([0-9]{1,9}(ms|s|m|h|d|wd)|[1-9][0-9]{0,2}/[1-9][0-9]{0,3})$"),
            min_length=1,
            max_length=MAX_STEPS,
        )
        return core_schema.no_info_plain_validator_function(
            _read_ladder,
            json_schema_input_schema=texts,
            serialization=core_schema.plain_serializer_function_ser_schema(
                Ladder.texts, return_schema=texts, when_used="json"
            ),
        )


def parse_ladder(texts: Iterable[str]) -> Ladder:
    """The ladder that such texts name. Raises ValueError that says which one is wrong and what is right."""
    return Ladder(tuple(_parse_step(place, text) for place, text in enumerate(texts, start=1)))


def _read_ladder(value: object) -> Ladder:
    if isinstance(value, Ladder):
        return value
    if isinstance(value, list | tuple) and all(isinstance(text, str) for text in value):
        return parse_ladder(value)
    raise ValueError('expected a list of lead times such as ["20wd", "5d", "0d"]')


def _parse_step(place: int, text: str) -> Step:
    try:
        return _parse_share(text) if "/" in text else parse_lead(text)
    except ValueError as error:
        raise ValueError(f"step {place}: {error}") from None


def _parse_share(text: str) -> Fraction:
    over, _, under = text.partition("/")
    if not (text.isascii() and over.isdigit() and under.isdigit() and len(text) <= len("999/9999") and int(under)):
        raise ValueError('expected a share of the lifetime such as "1/3"')
    share = Fraction(int(over), int(under))
    if not _SMALLEST_SHARE <= share < 1:
        raise ValueError(f'expected a share of the lifetime below 1, at least "{_SMALLEST_SHARE}"')
    return share


def _far_first(step: Step) -> tuple[int, float]:
    match step:
        case Fraction():
            return (0, -float(step))
        case Lead(elapsed, working_days):
            return (1, -working_days) if working_days else (2, -elapsed.total_seconds())


def _refuse_shares(ladder: Ladder) -> Ladder:
    if ladder.has_shares:
        raise ValueError('shares such as "1/3" need a lifetime, which only certificates state; write "30d" or "20wd"')
    return ladder


#: A ladder for what has a last day but no known first one: bills, domains.
LeadLadder = Annotated[Ladder, AfterValidator(_refuse_shares)]

# Defaults of judging, CONTRACT.
DOMAIN_LADDER = parse_ladder(["60d", "30d", "14d", "7d", "3d", "1d", "0d"])
INVOICE_LADDER = parse_ladder(["20wd", "15wd", "10wd", "5wd", "3wd", "1wd", "0wd"])
CERTIFICATE_LADDER = parse_ladder(["1/3", "1/6", "1/12", "7d", "3d", "1d", "0d"])


def resolve(
    ladder: Ladder,
    at: datetime,
    *,
    calendar: WorkCalendar | None = None,
    lifetime: timedelta | None = None,
    after: After = After.NOTHING,
    now: datetime,
) -> tuple[Rung, ...]:
    """The rungs of a deadline at `at`, earliest first, no two at one instant.

    A step in working days falls on the opening of the office, that many working days before the deadline's day; "0wd"
    on the deadline's own day, or the last working day before it. Beside shares, elapsed steps longer than the largest
    share are left out: a certificate of six days is not late at birth. `after` adds a rung per working day, named by
    its date, from the first one behind the deadline; `now` only bounds how many of those exist.
    Raises ValueError where a step needs a calendar or lifetime that is not given.
    """
    require_utc("at", at)
    require_utc("now", now)
    steps = _fitting(ladder, lifetime)
    instants = [(_instant(step, at, ladder, calendar, lifetime), step) for step in steps]
    rungs = _graded(_nearest_per_instant(instants), in_working_days=ladder.counts_working_days)
    if after is After.EVERY_WORKING_DAY:
        rungs += _overdue(at, _given(calendar), now)
    return tuple(rungs)


def grade(deadline: Deadline, now: datetime) -> Status:
    """The status of the latest rung that is due, OK before the first."""
    last: Rung | None = None
    for rung in deadline.rungs:
        if rung.at <= now and (last is None or rung.at > last.at):
            last = rung
    return Status.OK if last is None else last.status


def _fitting(ladder: Ladder, lifetime: timedelta | None) -> Sequence[Step]:
    shares = [step for step in ladder.steps if isinstance(step, Fraction)]
    if not shares:
        return ladder.steps
    longest = _share_of(lifetime, max(shares))
    return [step for step in ladder.steps if isinstance(step, Fraction) or step.elapsed <= longest]


def _instant(
    step: Step, at: datetime, ladder: Ladder, calendar: WorkCalendar | None, lifetime: timedelta | None
) -> datetime:
    match step:
        case Fraction():
            return at - _share_of(lifetime, step)
        case Lead(elapsed, 0) if elapsed or not ladder.counts_working_days:
            return at - elapsed
        case Lead(_, working_days):
            return _opening(_given(calendar), at, working_days)


def _opening(calendar: WorkCalendar, at: datetime, working_days: int) -> datetime:
    day = calendar.local_date(at)
    if working_days or not calendar.is_working_day(day):
        day = calendar.shift(day, -max(working_days, 1))
    # A certificate may lapse before the office opens; nothing is told after the fact.
    return min(calendar.start_of_day(day), at)


def _share_of(lifetime: timedelta | None, share: Fraction) -> timedelta:
    if lifetime is None:
        raise ValueError("a ladder by share of the lifetime needs the lifetime")
    return lifetime * share.numerator // share.denominator


def _given(calendar: WorkCalendar | None) -> WorkCalendar:
    if calendar is None:
        raise ValueError("a ladder in working days needs the calendar of an office")
    return calendar


def _nearest_per_instant(instants: Iterable[tuple[datetime, Step]]) -> list[tuple[datetime, Step]]:
    """In order of time; of steps that fall together, the one that promises less time stays."""
    nearest = dict(sorted(instants, key=lambda pair: _far_first(pair[1])))
    return sorted(nearest.items(), key=lambda pair: pair[0])


def _graded(instants: Sequence[tuple[datetime, Step]], *, in_working_days: bool) -> list[Rung]:
    near = [place for place, (_, step) in enumerate(instants) if _is_near(step)]
    first_critical = min([*near, len(instants) - 1])
    return [
        Rung(
            name=_name(step, in_working_days=in_working_days),
            at=at,
            status=Status.CRITICAL if place >= first_critical else Status.WARNING,
        )
        for place, (at, step) in enumerate(instants)
    ]


def _is_near(step: Step) -> bool:
    match step:
        case Fraction():
            return False
        case Lead(elapsed, working_days):
            return working_days <= CRITICAL_DAYS and elapsed <= timedelta(days=CRITICAL_DAYS)


def _name(step: Step, *, in_working_days: bool) -> str:
    if step == Lead():
        return "0wd" if in_working_days else "0d"
    return str(step)


def _overdue(at: datetime, calendar: WorkCalendar, now: datetime) -> list[Rung]:
    due_day = calendar.local_date(at)
    day = calendar.shift(calendar.local_date(max(now, at)), OVERDUE_AHEAD)
    days: list[date] = []
    while day > due_day and len(days) < OVERDUE_AHEAD + OVERDUE_BEHIND:
        days.append(day)
        day = calendar.shift(day, -1)
    return [
        Rung(name=f"overdue {day}", at=calendar.start_of_day(day), status=Status.CRITICAL) for day in reversed(days)
    ]
