"""What was seen before: single looks, slices of time, numbers. Every call is one consistent view.

A month of one check's looks takes some ten milliseconds; counts of many subjects come from roll-ups.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checks.model import CheckId
from watchdog.store import past_numbers, past_queries
from watchdog.store.columns import to_us
from watchdog.store.database import Database
from watchdog.store.past_counts import Counting
from watchdog.store.past_looks import Looks, gathered
from watchdog.store.past_views import Measured, Slice, SubjectSlices
from watchdog.store.spans import day_edges, hour_edges, hour_of


class Past:
    """Reads on the reading connection, so that the longest answer delays no commit. Raises StoreError.

    `since` is within, `until` is not. A subject that is gone has its history still.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def subjects(self, check_id: CheckId) -> list[str]:
        """Every subject of the check that ever had a look, gone or not, by name."""
        with self._database.read() as connection:
            return [subject for _, subject in past_queries.series_of(connection, [check_id]).values()]

    def looks(self, check_id: CheckId, subject: str, since: datetime, until: datetime) -> Looks:
        """Oldest first, as far back as looks are kept."""
        span = to_us(since), to_us(until)
        with self._database.read() as connection:
            number = past_queries.series_id(connection, check_id, subject)
            if number is None or since >= until:
                return Looks(gathered((), ()))
            packed = past_queries.packed_columns(connection, number, *span)
            columns = gathered(packed, past_queries.single_looks(connection, number, *span))
        return Looks(columns).between(since, until)

    def slices(
        self, check_id: CheckId, subject: str, since: datetime, until: datetime, step: timedelta
    ) -> tuple[Slice, ...]:
        """One slice per `step` from `since` on; the last may be shorter. Raises ValueError for a step of nothing."""
        if step <= timedelta():
            raise ValueError("a step is longer than nothing")
        edges = [since]
        while edges[-1] < until:
            edges.append(min(edges[-1] + step, until))
        return self.looks(check_id, subject, since, until).sliced(edges)

    def hourly_counts(self, checks: Collection[CheckId], since: datetime, until: datetime) -> list[SubjectSlices]:
        """Every subject of `checks` that had a look then, by check and name, in whole hours of UTC around the span.

        Costs some 2 µs per subject and hour, and 0.2 µs per look of the present hour.
        """
        with self._database.read() as connection:
            return Counting(connection, checks, hour_edges(since, until)).hours()

    def daily_counts(
        self, checks: Collection[CheckId], since: datetime, until: datetime, zone: ZoneInfo
    ) -> list[SubjectSlices]:
        """The same in whole days of `zone` around the span; a day that is over stays as its zone was then."""
        with self._database.read() as connection:
            return Counting(connection, checks, day_edges(since, until, zone)).days(zone)

    def measured(self, check_id: CheckId, subject: str, since: datetime, until: datetime) -> list[Measured]:
        """What was measured in whole hours of UTC around the span, oldest first; within an hour by name and labels."""
        edges = hour_edges(since, until)
        with self._database.read() as connection:
            number = past_queries.series_id(connection, check_id, subject)
            if number is None:
                return []
            return past_numbers.hourly(connection, number, range(hour_of(edges[0]), hour_of(edges[-1])))

    def daily_measured(
        self, check_id: CheckId, subject: str, since: datetime, until: datetime, zone: ZoneInfo
    ) -> list[Measured]:
        """The same in whole days of `zone`: for years."""
        edges = day_edges(since, until, zone)
        first = edges[0].astimezone(zone).date().toordinal()
        with self._database.read() as connection:
            number = past_queries.series_id(connection, check_id, subject)
            if number is None:
                return []
            return past_numbers.daily(connection, number, range(first, first + len(edges) - 1), zone)
