"""Working days of one office: its week, holidays and half days, in the estate's zone.

A holiday that is only estimated (no moon was sighted yet) may be worked or not, and so may the day before and the day
after, since the moon may be seen earlier or later. Whoever counts working days ahead must not count on any of them, so
they are days off to `is_working_day` and `shift`: the worst case. Whoever waits for the office must not be kept waiting
by a guess, so `next_open` takes them as worked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from checks.estate import Office
from checks.model import require_utc
from checks.wording import local

_ONE_DAY = timedelta(days=1)
_FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)
_LAST_INSTANT = datetime.max.replace(tzinfo=UTC)
#: Longer than any run of holidays an office can list without being closed for good.
_LONGEST_CLOSURE_DAYS = 4000
#: Openings and closings of so many days are kept: ten thousand bills ask for the same few hundred again and again.
_DAYS_KEPT = 10_000


class WorkCalendar:
    """Working days and hours of one office. All instants in and out are aware UTC; days are the zone's.

    At the ends of time (a certificate that never lapses says 31 December 9999, RFC 5280 §4.1.2.5) days and instants
    that lie beyond are the last ones there are.

    Raises ValueError where the office never works, or closes before it opens. Worked days are listed once per year
    and kept, so that `shift` costs a search in a short list, however far it goes; so are openings and closings.
    """

    def __init__(self, office: Office, zone: ZoneInfo) -> None:
        _require_hours(office)
        self._office = office
        self._zone = zone
        self._off = frozenset(holiday.date for holiday in office.holidays) | _around_estimates(office)
        self._surely_off = frozenset(holiday.date for holiday in office.holidays if not holiday.estimated)
        self._years: dict[int, Sequence[date]] = {}
        self._starts: dict[date, datetime] = {}
        self._ends: dict[date, datetime] = {}

    @property
    def zone(self) -> ZoneInfo:
        return self._zone

    def local_date(self, at: datetime) -> date:
        return local(at, self._zone).date()

    def is_working_day(self, day: date) -> bool:
        """Whether the office surely works on `day`; not on or beside a holiday that is only estimated."""
        return day.isoweekday() in self._office.week and day not in self._off

    def start_of_day(self, day: date) -> datetime:
        """When the office opens on `day`; on a day off, its earliest opening of the week."""
        found = self._starts.get(day)
        return _kept(self._starts, day, self._start_of(day)) if found is None else found

    def _start_of(self, day: date) -> datetime:
        hours = self._office.week.get(day.isoweekday()) if day not in self._surely_off else None
        opening = hours[0] if hours else min(opening for opening, _ in self._office.week.values())
        return min(self._readings(day, opening))

    def end_of_day(self, day: date) -> datetime:
        """When the office closes on `day`; on a day off, its latest closing of the week.

        So a date in a bill means the end of that day, and a Sunday is not shorter than a Friday.
        """
        found = self._ends.get(day)
        return _kept(self._ends, day, self._end_of(day)) if found is None else found

    def _end_of(self, day: date) -> datetime:
        hours = self._office.week.get(day.isoweekday()) if day not in self._surely_off else None
        if hours is None:
            closing = max(closing for _, closing in self._office.week.values())
        else:
            closing = self._office.half_days.get(day, hours[1])
        return max(self._readings(day, closing))

    def shift(self, day: date, working_days: int) -> date:
        """The working day that lies `working_days` before (negative) or after `day`; 0 is `day` itself.

        Estimated holidays count as days off. Where the calendar of the world ends first, its first or last day.
        """
        if working_days == 0:
            return day
        return self._before(day, -working_days) if working_days < 0 else self._after(day, working_days)

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative where `last` lies before `first`."""
        if last < first:
            return -self.between(last, first)
        if first.year == last.year:
            worked = self._worked(first.year)
            return bisect_right(worked, last) - bisect_right(worked, first)
        of_first = self._worked(first.year)
        whole = sum(len(self._worked(year)) for year in range(first.year + 1, last.year))
        return len(of_first) - bisect_right(of_first, first) + whole + bisect_right(self._worked(last.year), last)

    def on_or_after(self, day: date) -> date:
        """`day` itself where it is worked, else the next working day."""
        return day if self.is_working_day(day) else self.shift(day, 1)

    def on_or_before(self, day: date) -> date:
        return day if self.is_working_day(day) else self.shift(day, -1)

    def next_open(self, at: datetime) -> datetime:
        """`at` itself while the office is open, else the next opening; an estimated holiday is taken as worked."""
        require_utc("at", at)
        # The day before, since a skipped or repeated hour may stretch it past its own midnight.
        first = max(self.local_date(at).toordinal() - 1, date.min.toordinal())
        last = min(first + _LONGEST_CLOSURE_DAYS, date.max.toordinal())
        for day in map(date.fromordinal, range(first, last + 1)):
            if day.isoweekday() in self._office.week and day not in self._surely_off and at < self.end_of_day(day):
                return max(at, self.start_of_day(day))
        raise ValueError(f"office {self._office.id}: closed for more than {_LONGEST_CLOSURE_DAYS} days")

    def _before(self, day: date, count: int) -> date:
        year = day.year
        worked = self._worked(year)
        end = bisect_left(worked, day)
        while end < count:
            if year == date.min.year:
                return date.min
            count -= end
            year -= 1
            worked = self._worked(year)
            end = len(worked)
        return worked[end - count]

    def _after(self, day: date, count: int) -> date:
        year = day.year
        worked = self._worked(year)
        start = bisect_right(worked, day)
        while len(worked) - start < count:
            if year == date.max.year:
                return date.max
            count -= len(worked) - start
            year += 1
            worked = self._worked(year)
            start = 0
        return worked[start + count - 1]

    def _worked(self, year: int) -> Sequence[date]:
        """All working days of `year`, in order."""
        if year not in self._years:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = map(date.fromordinal, range(first, last + 1))
            self._years[year] = tuple(day for day in days if self.is_working_day(day))
        return self._years[year]

    def _readings(self, day: date, clock: time) -> tuple[datetime, datetime]:
        """The instants of that reading: two where clocks go back; where they jump, one on each side (PEP 495).

        A day opens with the earlier and closes with the later, so that it never closes before it opens.
        """
        first = datetime.combine(day, clock, self._zone)
        return _utc(first), _utc(first.replace(fold=1))


def _kept(known: dict[date, datetime], day: date, at: datetime) -> datetime:
    if len(known) >= _DAYS_KEPT:
        known.clear()
    known[day] = at
    return at


def _around_estimates(office: Office) -> frozenset[date]:
    """The day before and the day after each run of estimated holidays, but for those that are said to be worked."""
    estimated = {holiday.date for holiday in office.holidays if holiday.estimated}
    inner = estimated - {date.min, date.max}
    return frozenset(day + step for day in inner for step in (-_ONE_DAY, _ONE_DAY)) - estimated - office.worked


def _utc(there: datetime) -> datetime:
    try:
        return there.astimezone(UTC)
    except OverflowError:
        return _LAST_INSTANT if there.year == date.max.year else _FIRST_INSTANT


def _require_hours(office: Office) -> None:
    if not office.week:
        raise ValueError(f"office {office.id}: no working day in its week")
    for weekday, (opening, closing) in office.week.items():
        if not opening < closing:
            raise ValueError(f"office {office.id}: on weekday {weekday} it must close after it opens")
    for day, closing in office.half_days.items():
        hours = office.week.get(day.isoweekday())
        if hours is not None and not hours[0] < closing <= hours[1]:
            raise ValueError(f"office {office.id}: the half day {day} must close within the hours of that weekday")
