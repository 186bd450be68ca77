"""Hours and days as numbers, and rows of one span and one series.

An hour is one of UTC, counted since 1970. A day is one of the estate's zone, by its number in the calendar
(date.toordinal): the hours that begin in it. Where a zone is not whole hours from UTC, an hour belongs to the day it
begins in.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from watchdog.store.columns import from_us, to_us

HOUR: Final = timedelta(hours=1)
HOUR_US: Final = 3_600_000_000
#: A row's id is its span's number times this, and the series' number: rows of a span stand together.
PER_SPAN: Final = 2**32


def hour_of(instant: datetime) -> int:
    return to_us(instant) // HOUR_US


def hour_begins(hour: int) -> datetime:
    return from_us(hour * HOUR_US)


def row_id(span: int, series_id: int) -> int:
    return span * PER_SPAN + series_id


def day_of(hour: int, zone: ZoneInfo) -> int:
    return hour_begins(hour).astimezone(zone).date().toordinal()


def day_begins(day: int, zone: ZoneInfo) -> datetime:
    """Midnight in `zone`, in UTC."""
    return datetime.combine(date.fromordinal(day), time(), zone).astimezone(UTC)


def hours_of_day(day: int, zone: ZoneInfo) -> range:
    """The hours that begin within the day: 23 to 25 where clocks are put forward and back."""
    return range(_first_from(day_begins(day, zone)), _first_from(day_begins(day + 1, zone)))


def hour_edges(since: datetime, until: datetime) -> list[datetime]:
    """Where hours begin, from the one `since` is in to the end of the last that begins before `until`."""
    return [hour_begins(hour) for hour in range(hour_of(since), max(_first_from(until), hour_of(since) + 1) + 1)]


def day_edges(since: datetime, until: datetime, zone: ZoneInfo) -> list[datetime]:
    """Where days begin, from the one `since` is in to the end of the last that begins before `until`."""
    return [day_begins(day, zone) for day in _days(since, until, zone)]


def _days(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[int]:
    day = since.astimezone(zone).date().toordinal()
    yield day
    while True:
        day += 1
        yield day
        if day_begins(day, zone) >= until:
            return


def _first_from(instant: datetime) -> int:
    """The first hour that begins at `instant` or later."""
    return -(-to_us(instant) // HOUR_US)
