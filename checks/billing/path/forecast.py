"""Forward from where a bill is: when the vendor will say that it has its money. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from checks.billing.path.cut_offs import cut_offs_around
from checks.billing.path.pace import QUANTILES, SAFE_PERCENT, Pace
from checks.billing.path.position import Position, position
from checks.billing.path.unmet import Outset, Unmet, day_after, unmet
from checks.ledger.rules import BillingRules, CutOff
from checks.ledger.state import BillOnRecord
from checks.workdays import WorkCalendar

_AT_P50: Final = QUANTILES.index(50)
_AT_P90: Final = QUANTILES.index(SAFE_PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Working days on which the money has arrived: a bill that stands still arrives later than that, or never."""

    p50: date
    """As likely as not by then."""
    p90: date
    """Nine of ten by then."""
    quantiles: tuple[tuple[int, date], ...]
    """Percent and day, earliest first."""
    stands_still: str
    """Why it does not move at present ("disputed", "blocked: account-attached", "held until 2026-12-01"); the days
    are at best then. Empty: it moves."""
    cut_off: CutOff | None = None
    """The first cut-off that not even nine of ten such bills make; who misses it gets no money before it returns, and
    the days say so. None: nothing of that kind is in the way.
    """


def forecast(bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar, today: date, pace: Pace) -> Forecast:
    """From how long it is at its stage already, what is left there, and all that comes after.

    Whoever misses a cut-off waits until money returns, and goes on from the stage that it asks for: no day lies in
    between.
    """
    outset = outset_of(bill, position(bill, rules), calendar, today)
    in_the_way = _unmet(bill, rules, calendar, today, outset, pace)
    return forecast_from(outset, in_the_way, calendar, pace, stands_still(bill, today))


def forecast_from(outset: Outset, unmet_: Sequence[Unmet], calendar: WorkCalendar, pace: Pace, still: str) -> Forecast:
    """Of all bills that go on from `outset`, have not met these cut-offs and stand still for that reason, if any."""
    left_wd = pace.left_wd(outset.index, outset.stayed_wd)
    days = [day_after(calendar, outset.begins, wd) for wd in left_wd]
    in_the_way = None
    for one in unmet_:
        late = _missed(one, outset, calendar)
        again = [day_after(calendar, one.returns, wd) for wd in pace.left_wd(one.asked, 0)]
        days = [max(day, then) if misses else day for day, then, misses in zip(days, again, late, strict=True)]
        if in_the_way is None and late[_AT_P90]:
            in_the_way = one.cut_off
    return Forecast(
        p50=days[_AT_P50],
        p90=days[_AT_P90],
        quantiles=tuple(zip(QUANTILES, days, strict=True)),
        stands_still=still,
        cut_off=in_the_way,
    )


def chance_by(  # noqa: PLR0917  # as `forecast`, and the day
    bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar, today: date, day: date, pace: Pace
) -> float:
    """The chance that the money has arrived by the end of `day`."""
    outset = outset_of(bill, position(bill, rules), calendar, today)
    return chance_from(outset, _unmet(bill, rules, calendar, today, outset, pace), calendar, day, pace)


def chance_from(outset: Outset, unmet_: Sequence[Unmet], calendar: WorkCalendar, day: date, pace: Pace) -> float:
    """The same of all bills that go on from `outset` and have not met these cut-offs."""
    chance = _within(pace, outset, calendar, day)
    for one in unmet_:
        again = Outset(index=one.asked, stayed_wd=0, begins=one.returns)
        chance = min(chance, max(_within(one.pace, outset, calendar, one.last), _within(pace, again, calendar, day)))
    return chance


def stands_still(bill: BillOnRecord, today: date) -> str:
    """Why nobody can move it now; empty where somebody can. Of the payee's own blocks see PayeeOnRecord."""
    if bill.blocks:
        return "blocked: " + ", ".join(block.reason.value for block in bill.blocks)
    if bill.disputed:
        return "disputed"
    if bill.held_until is not None and bill.held_until > today:
        return f"held until {bill.held_until}"
    return ""


def outset_of(bill: BillOnRecord, at: Position, calendar: WorkCalendar, today: date) -> Outset:
    """From where `bill`, which is there, goes on."""
    entered = calendar.local_date(at.entered_at)
    begins = max(today, entered, bill.held_until or today)
    return Outset(index=at.index, stayed_wd=max(calendar.between(entered, today), 0), begins=begins)


def _unmet(  # noqa: PLR0917  # as `forecast`
    bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar, today: date, outset: Outset, pace: Pace
) -> Sequence[Unmet]:
    every = cut_offs_around(rules, today)
    if not every:
        return ()
    return tuple(unmet(outset.index, calendar.local_date(bill.received_at), today, rules, pace, calendar, every))


def _missed(one: Unmet, outset: Outset, calendar: WorkCalendar) -> Sequence[bool]:
    """By QUANTILES."""
    there_wd = one.pace.left_wd(outset.index, outset.stayed_wd)
    return [day_after(calendar, outset.begins, wd) > one.last for wd in there_wd]


def _within(pace: Pace, outset: Outset, calendar: WorkCalendar, day: date) -> float:
    """The chance that the way that `pace` knows is over by the end of `day`."""
    begins = outset.begins
    if day < begins or (not calendar.between(begins, day) and not calendar.is_working_day(begins)):
        return 0.0
    return pace.chance_within(outset.index, outset.stayed_wd, calendar.between(begins, day))
