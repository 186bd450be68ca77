"""Forward from where a bill is: when the vendor will say that it has its money. Pure."""

from dataclasses import dataclass
from datetime import date

from checks.billing.path.pace import QUANTILES, Pace
from checks.billing.path.position import position
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from checks.workdays import WorkCalendar


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


def forecast(bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar, today: date, pace: Pace) -> Forecast:
    """From how long it is at its stage already, what is left there, and all that comes after."""
    index, stayed_wd, begins = _outset(bill, rules, calendar, today)
    left_wd = pace.left_wd(index, stayed_wd)
    days = {percent: _finish(calendar, begins, wd) for percent, wd in zip(QUANTILES, left_wd, strict=True)}
    return Forecast(p50=days[50], p90=days[90], quantiles=tuple(days.items()), stands_still=stands_still(bill, today))


def chance_by(  # noqa: PLR0917  # as `forecast`, and the day
    bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar, today: date, day: date, pace: Pace
) -> float:
    """The chance that the money has arrived by the end of `day`."""
    index, stayed_wd, begins = _outset(bill, rules, calendar, today)
    if day < begins or (not calendar.between(begins, day) and not calendar.is_working_day(begins)):
        return 0.0
    return pace.chance_within(index, stayed_wd, calendar.between(begins, day))


def stands_still(bill: BillOnRecord, today: date) -> str:
    """Why nobody can move it now; empty where somebody can. Of the payee's own blocks see PayeeOnRecord."""
    if bill.blocks:
        return "blocked: " + ", ".join(block.reason.value for block in bill.blocks)
    if bill.disputed:
        return "disputed"
    if bill.held_until is not None and bill.held_until > today:
        return f"held until {bill.held_until}"
    return ""


def _outset(bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar, today: date) -> tuple[int, int, date]:
    """Its stage, working days spent there, and the day from which the rest is counted."""
    at = position(bill, rules)
    entered = calendar.local_date(at.entered_at)
    begins = max(today, entered, bill.held_until or today)
    return at.index, max(calendar.between(entered, today), 0), begins


def _finish(calendar: WorkCalendar, begins: date, wd: int) -> date:
    return calendar.shift(begins, wd) if wd else calendar.on_or_after(begins)
