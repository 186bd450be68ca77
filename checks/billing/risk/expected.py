"""Bills that a contract lets one expect, and which of them have not come. Pure."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import Final

from checks.ledger.rules import Contract
from checks.wording import day_of
from checks.workdays import WorkCalendar

#: So many bills tell the usual day better than a contract.
LEARN_FROM: Final = 6
#: Of a cycle, so much a bill may come before its day; what comes earlier is the one before, late.
_EARLY_SHARE: Final = 4
#: A bill that never came is let go of once others have come and gone since.
_LONGEST_MISSED: Final = timedelta(days=180)
_MONTH_DAYS: Final = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A bill that was received."""

    number: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One bill of a contract's cycle."""

    day: date
    """As the contract has it."""
    usual_day: date
    """As bills have come so far, where enough of them have; else the same."""
    late_from: date
    """The last working day on which nobody misses it."""
    arrival: Arrival | None = None

    @property
    def month(self) -> str:
        """Like "Oct 2017"."""
        return day_of(self.day).split(" ", 2)[2]

    def is_missed(self, today: date) -> bool:
        return self.arrival is None and today > self.late_from


def expected_bills(
    contract: Contract, arrivals: Iterable[Arrival], calendar: WorkCalendar, today: date
) -> Sequence[Expected]:
    """Those whose day has come by `today` and is not long past, oldest first; none for a contract without a cycle.

    A bill belongs to the cycle in which it came, or that begins within a quarter of a cycle; of two in one cycle the
    first fills a gap right before it.
    """
    if contract.cycle_months is None or contract.first_bill is None:
        return ()
    cycle = timedelta(days=contract.cycle_months * _MONTH_DAYS)
    days = _cycle_days(contract.first_bill, contract.cycle_months, today + cycle)
    arrived = _assigned(days, arrivals, cycle / _EARLY_SHARE)
    offset = _usual_offset(arrived)
    last = today if contract.ends is None else min(today, contract.ends)
    first = today - min(max(2 * cycle, timedelta(days=2 * _MONTH_DAYS)), _LONGEST_MISSED)
    found: list[Expected] = []
    for day in days:
        if first <= day <= last:
            usual = day + offset
            late_from = calendar.shift(_worked_by(usual, calendar), contract.late_after_wd)
            found.append(Expected(day=day, usual_day=usual, late_from=late_from, arrival=arrived.get(day)))
    return found


def _cycle_days(first: date, months: int, until: date) -> Sequence[date]:
    """The same day of the month each time, or the last one of a shorter month."""
    days: list[date] = []
    count = first.year * 12 + first.month - 1
    while (day := _in_month(count, first.day)) <= until:
        days.append(day)
        count += months
    return days


def months_after(day: date, months: int) -> date:
    """The same day of the month then, or the last one of a shorter month."""
    return _in_month(day.year * 12 + day.month - 1 + months, day.day)


def _in_month(count: int, day: int) -> date:
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def _assigned(days: Sequence[date], arrivals: Iterable[Arrival], early: timedelta) -> Mapping[date, Arrival]:
    begins = [day - early for day in days]
    came: dict[int, list[Arrival]] = {}
    for arrival in sorted(arrivals, key=lambda one: (one.on, one.number)):
        came.setdefault(bisect_right(begins, arrival.on) - 1, []).append(arrival)
    found: dict[date, Arrival] = {}
    for place, day in enumerate(days):
        here = came.get(place, [])
        if len(here) > 1 and place and days[place - 1] not in found:
            found[days[place - 1]], *here = here
        if here:
            found[day] = here[0]
    return found


def _usual_offset(arrived: Mapping[date, Arrival]) -> timedelta:
    """Days between the contract's day and the arrival, in the middle of all; none before there are enough."""
    if len(arrived) < LEARN_FROM:
        return timedelta()
    return timedelta(days=median_low((one.on - day).days for day, one in arrived.items()))


def _worked_by(day: date, calendar: WorkCalendar) -> date:
    return day if calendar.is_working_day(day) else calendar.shift(day, -1)
