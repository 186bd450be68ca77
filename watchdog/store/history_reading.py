"""What was seen before: single looks, slices of time, numbers. Every call is one consistent view.

Looks and slices cost about a millisecond a day of one check; counts of many subjects come from roll-ups.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from checks.model import Cause, CheckId, Status
from watchdog.store.database import Database
from watchdog.store.past_views import Look, Measured, Slice, SubjectSlices
from watchdog.store.tables import observations, series

_HOUR = timedelta(hours=1)


class Past:
    """Reads on the reading connection, so that the longest answer delays no commit. Raises StoreError.

    `since` is within, `until` is not. A subject that is gone has its history still.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def subjects(self, check_id: CheckId) -> list[str]:
        """Every subject of the check that ever had a look, gone or not, by name."""
        named = select(series.c.subject).where(series.c.check_id == check_id).order_by(series.c.subject)
        with self._database.read() as connection:
            return list(connection.execute(named).scalars())

    def looks(self, check_id: CheckId, subject: str, since: datetime, until: datetime) -> Sequence[Look]:
        """Oldest first."""
        with self._database.read() as connection:
            return _looks(connection, check_id, subject, since, until)

    def slices(
        self, check_id: CheckId, subject: str, since: datetime, until: datetime, step: timedelta
    ) -> tuple[Slice, ...]:
        """One slice per `step` from `since` on; the last may be shorter. Raises ValueError for a step of nothing."""
        if step <= timedelta():
            raise ValueError("a step is longer than nothing")
        return _cut(self.looks(check_id, subject, since, until), _edges(since, until, step))

    def hourly_counts(self, checks: Collection[CheckId], since: datetime, until: datetime) -> list[SubjectSlices]:
        """Every subject of `checks` that had a look then, by check and name, in whole hours of UTC around the span."""
        first = since.replace(minute=0, second=0, microsecond=0)
        return self._counts(checks, _edges(first, until, _HOUR, whole=True))

    def daily_counts(
        self, checks: Collection[CheckId], since: datetime, until: datetime, zone: ZoneInfo
    ) -> list[SubjectSlices]:
        """The same in whole days of `zone` around the span."""
        return self._counts(checks, _midnights(since, until, zone))

    def measured(self, check_id: CheckId, subject: str, since: datetime, until: datetime) -> list[Measured]:
        """What was measured, hour by hour, oldest first; within an hour by name."""
        return self._measured(check_id, subject, _edges(since, until, _HOUR))

    def daily_measured(
        self, check_id: CheckId, subject: str, since: datetime, until: datetime, zone: ZoneInfo
    ) -> list[Measured]:
        """The same day by day of `zone`: for years."""
        return self._measured(check_id, subject, _midnights(since, until, zone))

    def _measured(self, check_id: CheckId, subject: str, edges: Sequence[datetime]) -> list[Measured]:
        with self._database.read() as connection:
            return [one for one in _numbers(connection, check_id, subject) if edges[0] <= one.begins_at < edges[-1]]

    def _counts(self, checks: Collection[CheckId], edges: Sequence[datetime]) -> list[SubjectSlices]:
        found = []
        with self._database.read() as connection:
            named = select(series.c.check_id, series.c.subject).where(series.c.check_id.in_(checks))
            for check_id, subject in connection.execute(named.order_by(series.c.check_id, series.c.subject)).all():
                looks = _looks(connection, check_id, subject, edges[0], edges[-1])
                if looks:
                    found.append(SubjectSlices(check_id=check_id, subject=subject, slices=_cut(looks, edges)))
        return found


def _looks(connection: Connection, check_id: CheckId, subject: str, since: datetime, until: datetime) -> Sequence[Look]:
    found = (
        select(observations.c.observed_at, observations.c.status, observations.c.cause, observations.c.duration_us)
        .join(series, series.c.id == observations.c.series_id)
        .where(series.c.check_id == check_id, series.c.subject == subject)
        .where(observations.c.observed_at >= since, observations.c.observed_at < until)
        .order_by(observations.c.observed_at)
    )
    return [
        Look(observed_at=at, status=status, cause=Cause(cause or "none"), duration_s=duration_s)
        for at, status, cause, duration_s in connection.execute(found)
    ]


def _numbers(connection: Connection, check_id: CheckId, subject: str) -> list[Measured]:
    """Nothing is kept of an hour's numbers before its looks are packed."""
    known = select(series.c.id).where(series.c.check_id == check_id, series.c.subject == subject)
    connection.execute(known).first()
    return []


def _edges(since: datetime, until: datetime, step: timedelta, *, whole: bool = False) -> list[datetime]:
    edges = [since]
    while edges[-1] < until:
        edges.append(edges[-1] + step if whole else min(edges[-1] + step, until))
    return edges


def _midnights(since: datetime, until: datetime, zone: ZoneInfo) -> list[datetime]:
    day = since.astimezone(zone).date()
    edges: list[datetime] = []
    while not edges or edges[-1] < until:
        edges.append(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(since.tzinfo))
        day += timedelta(days=1)
    return edges


def _cut(looks: Sequence[Look], edges: Sequence[datetime]) -> tuple[Slice, ...]:
    slices = []
    rest = list(looks)
    for begins_at, ends_at in pairwise(edges):
        within = [look.status for look in rest if begins_at <= look.observed_at < ends_at]
        numbers = {status.value: within.count(status) for status in Status}
        slices.append(Slice(begins_at=begins_at, ends_at=ends_at, **numbers))
    return tuple(slices)
