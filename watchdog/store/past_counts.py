"""Many subjects' looks by hour or day: from roll-ups, with what is not packed yet on top."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from checks.model import CheckId
from watchdog.store import past_queries
from watchdog.store.past_queries import Counts, SeriesKey
from watchdog.store.past_views import Slice, SubjectSlices
from watchdog.store.spans import HOUR_US, hour_of, hours_of_day

_STATUSES = 4
_NOTHING = [0] * _STATUSES


class Counting:
    """Looks by series, slot and status. The slots lie between `edges`, which are those of hours or of days."""

    def __init__(self, connection: Connection, checks: Collection[CheckId], edges: Sequence[datetime]) -> None:
        self._connection = connection
        self._edges = edges
        self._slots = len(edges) - 1
        self._wanted: Mapping[int, SeriesKey] = past_queries.series_of(connection, checks)
        self._by_series: dict[int, list[int]] = {}
        """Per series four numbers for each slot, one slot after the other."""

    def hours(self) -> list[SubjectSlices]:
        first, last = hour_of(self._edges[0]), hour_of(self._edges[-1])
        slots = {hour: hour - first for hour in range(first, last)}
        self._count_hours(slots)
        self._count_single(slots)
        return self._answer()

    def days(self, zone: ZoneInfo) -> list[SubjectSlices]:
        first = self._edges[0].astimezone(zone).date().toordinal()
        span = range(first, first + self._slots)
        for day, series_id, counts in past_queries.counted(self._connection, "day", self._wanted, span):
            self._add(series_id, day - first, counts)
        for day, hours in past_queries.unrolled_hours(self._connection, span, zone).items():
            self._count_hours(dict.fromkeys(hours, day - first))
        self._count_single({hour: day - first for day in span for hour in hours_of_day(day, zone)})
        return self._answer()

    def _count_hours(self, slots: Mapping[int, int]) -> None:
        span = range(min(slots), max(slots) + 1)
        for hour, series_id, counts in past_queries.counted(self._connection, "hour", self._wanted, span):
            self._add(series_id, slots[hour], counts)

    def _count_single(self, slots: Mapping[int, int]) -> None:
        span = min(slots) * HOUR_US, (max(slots) + 1) * HOUR_US
        for hour, series_id, status, looks in past_queries.counted_single(self._connection, *span):
            counts = [0] * _STATUSES
            counts[status] = looks
            self._add(series_id, slots[hour], (counts[0], counts[1], counts[2], counts[3]))

    def _add(self, series_id: int, slot: int, counts: Counts) -> None:
        if series_id not in self._wanted:
            return
        numbers = self._by_series.get(series_id)
        if numbers is None:
            numbers = self._by_series[series_id] = [0] * (self._slots * _STATUSES)
        at = slot * _STATUSES
        if numbers[at : at + _STATUSES] == _NOTHING:
            numbers[at : at + _STATUSES] = counts
            return
        for index, looks in enumerate(counts, start=at):
            numbers[index] += looks

    def _answer(self) -> list[SubjectSlices]:
        slices = _Slices(self._edges)
        return [
            SubjectSlices(check_id=check_id, subject=subject, slices=slices.of(self._by_series[number]))
            for number, (check_id, subject) in self._wanted.items()
            if number in self._by_series
        ]


class _Slices:
    """Slices of many subjects: equal ones are one object, since most hours of most checks are."""

    def __init__(self, edges: Sequence[datetime]) -> None:
        self._edges = edges
        self._known: list[dict[tuple[int, ...], Slice]] = [{} for _ in edges[1:]]

    def of(self, numbers: Sequence[int]) -> tuple[Slice, ...]:
        return tuple(
            self._slice(slot, known, tuple(numbers[slot * _STATUSES : (slot + 1) * _STATUSES]))
            for slot, known in enumerate(self._known)
        )

    def _slice(self, slot: int, known: dict[tuple[int, ...], Slice], counts: tuple[int, ...]) -> Slice:
        found = known.get(counts)
        if found is None:
            ok, warning, critical, unknown = counts
            found = known[counts] = Slice(
                begins_at=self._edges[slot],
                ends_at=self._edges[slot + 1],
                ok=ok,
                warning=warning,
                critical=critical,
                unknown=unknown,
            )
        return found
