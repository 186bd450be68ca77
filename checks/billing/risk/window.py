"""Between which days a vendor will probably cut off what a bill pays for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from checks.ledger.rules import BillingRules, Contract
from checks.ledger.state import BillOnRecord
from checks.wording import day_of
from checks.workdays import WorkCalendar

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days of the paying office, in order. A vendor who named its day leaves one day only."""

    earliest: date
    likeliest: date
    latest: date
    why: str
    """How it comes about, in words: "due Wed 23 Aug 2017, 30 days of grace, up to 30 days more"."""

    def __post_init__(self) -> None:
        if not self.earliest <= self.likeliest <= self.latest:
            raise ValueError("a window opens before it closes")

    def text(self) -> str:
        """Like "disconnection likely between Fri 22 Sep and Mon 23 Oct 2017"."""
        if self.earliest == self.latest:
            return f"disconnection likely on {day_of(self.earliest)}"
        first = day_of(self.earliest)
        if self.earliest.year == self.latest.year:
            first = first.removesuffix(f" {self.earliest.year}")
        return f"disconnection likely between {first} and {day_of(self.latest)}"


def suspension_window(bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar) -> Window:
    """The days on which the vendor of `bill` may cut off, by the calendar of the paying office.

    A day that the vendor named stands as named. Else it may cut off once the grace is over and waits for the
    tolerance at most, likeliest half of it. Vendors cut off on working days, since somebody has to be there to do it:
    a day off moves to the next working day. The first day counts an estimated holiday as worked and the last one as
    off, so that the window is never too narrow. Grace that the vendor gave for this bill moves all of it.
    """
    contract = rules.contract_of(bill.terms.contract, bill.vendor, bill.terms.service)
    return window_under(contract, bill, rules, calendar)


def window_under(contract: Contract | None, bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar) -> Window:
    """As `suspension_window`, for whoever knows the contract of the bill already."""
    if bill.suspends is not None:
        return _named(bill, bill.suspends, calendar)
    grace_days = _own(contract.grace_days if contract else None, rules.grace_days)
    tolerance_days = _own(contract.tolerance_days if contract else None, rules.tolerance_days)
    first = _later(bill.terms.due, grace_days)
    why = f"due {day_of(bill.terms.due)}, {_days(grace_days)} of grace{_whose(contract)}"
    if bill.grace_until is not None and bill.grace_until > first:
        first = bill.grace_until
        why = f"due {day_of(bill.terms.due)}, grace given until {day_of(first)}"
    if tolerance_days:
        why += f", up to {_days(tolerance_days)} more"
    earliest = _worked(first, calendar)
    likeliest = max(earliest, _surely_worked(_later(first, tolerance_days // 2), calendar))
    latest = max(likeliest, _surely_worked(_later(first, tolerance_days), calendar))
    return Window(earliest=earliest, likeliest=likeliest, latest=latest, why=why)


def _named(bill: BillOnRecord, day: date, calendar: WorkCalendar) -> Window:
    granted = bill.grace_until is not None and bill.grace_until == day
    why = f"grace given until {day_of(day)}" if granted else f"the vendor named {day_of(day)}"
    return Window(earliest=day, likeliest=day, latest=_surely_worked(day, calendar), why=why)


def _own(of_contract: int | None, of_estate: int) -> int:
    return of_estate if of_contract is None else of_contract


def _whose(contract: Contract | None) -> str:
    return f" by contract {contract.id}" if contract is not None and contract.grace_days is not None else ""


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _later(day: date, days: int) -> date:
    """At the end of the calendar of the world, its last day."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def _worked(day: date, calendar: WorkCalendar) -> date:
    """`day`, or the next on which the office may be at work."""
    try:
        return max(day, calendar.local_date(calendar.next_open(calendar.start_of_day(day))))
    except ValueError:
        # Closed for good, or the world ends before it opens: the day itself is the safe guess.
        return day


def _surely_worked(day: date, calendar: WorkCalendar) -> date:
    return day if calendar.is_working_day(day) else max(day, calendar.shift(day, 1))
