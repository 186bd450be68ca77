"""Days from hours: how many looks ended how, how long they took, what was measured; for years."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from watchdog.store import measured_codec
from watchdog.store.errors import StoreDamagedError
from watchdog.store.measured_codec import Extents
from watchdog.store.packing import GRACE, plain_rows, replacing
from watchdog.store.spans import PER_SPAN, day_begins, day_of, hours_of_day, row_id
from watchdog.store.tables import day_measures, days, packed_spans

log: structlog.stdlib.BoundLogger = structlog.get_logger()

HourRow: TypeAlias = tuple[int, int, int, int, int, int, int, int, bytes | None]
"""Series, looks by status, shortest, mean and longest in µs, numbers."""


@dataclass(frozen=True, slots=True)
class DayRow:
    id: int
    counts: tuple[int, ...]
    measured: bytes | None


def unrolled_day(connection: Connection, now: datetime, zone: ZoneInfo) -> int | None:
    """The oldest day that is over, has a packed hour and no row of its own."""
    numbers = connection.execute(select(packed_spans.c.span, packed_spans.c.number)).all()
    known = {number for span, number in numbers if span == "day"}
    seen = {day_of(number, zone) for span, number in numbers if span == "hour"}
    over = (day for day in sorted(seen - known) if day_begins(day + 1, zone) + GRACE <= now)
    return next(over, None)


_WITHIN = f"""\
FROM packed_spans
CROSS JOIN {{unit}}s AS kept ON kept.id > number * {PER_SPAN} + ? AND kept.id <= number * {PER_SPAN} + ?
LEFT JOIN {{unit}}_measures AS numbers ON numbers.id = kept.id
WHERE span = '{{unit}}' AND number >= ? AND number < ?"""
_ROWS = f"""\
SELECT kept.id % {PER_SPAN} AS series_id, ok, warning, critical, unknown, shortest_us, mean_us, longest_us, measured
{_WITHIN} ORDER BY series_id, kept.id"""
_LOOKS = f"SELECT coalesce(sum(ok + warning + critical + unknown), 0) {_WITHIN}"
_LAST_SERIES = PER_SPAN - 1


def hour_rows(connection: Connection, hours: range, after: int = 0, up_to: int = _LAST_SERIES) -> Sequence[HourRow]:
    """The packed ones of these hours, of the series above `after` to `up_to`, series by series, oldest first."""
    rows: Sequence[HourRow] = plain_rows(connection, _ROWS.format(unit="hour"), (after, up_to, hours.start, hours.stop))
    return rows


def is_whole(connection: Connection, day: int, zone: ZoneInfo, after: int = 0, up_to: int = _LAST_SERIES) -> bool:
    """Whether all that is counted in a day's rows is in its packed hours yet, so that it can be rolled up from them."""
    spans = {"hour": hours_of_day(day, zone), "day": range(day, day + 1)}
    looks = {
        unit: connection.exec_driver_sql(_LOOKS.format(unit=unit), (after, up_to, span.start, span.stop)).scalar_one()
        for unit, span in spans.items()
    }
    return bool(looks["hour"] >= looks["day"])


def count_in(connection: Connection, day: int, rows: Sequence[HourRow]) -> None:
    """Adds to the rows of a day that is rolled up, and whose hours were let go of since, what came of it only now."""
    known: list[HourRow] = []
    for row in rows:
        bounds = (row[0] - 1, row[0], day, day + 1)
        known += plain_rows(connection, _ROWS.format(unit="day"), bounds)
    # What was last in the day most likely is it still.
    keep_days(connection, list(rolled(day, sorted([*rows, *known], key=itemgetter(0)))))


def rolled(day: int, rows: Sequence[HourRow]) -> Iterator[DayRow]:
    """One at a time, so that whoever rolls up can give way in between."""
    for series_id, of_series in groupby(rows, key=itemgetter(0)):
        hours = list(of_series)
        extents = [_legible(row[8]) for row in hours if row[8] is not None]
        by_hour: list[tuple[int, ...]] = [row[1:8] for row in hours]
        counts = reduce(_together, by_hour)
        yield DayRow(row_id(day, series_id), counts, measured_codec.pack(reduce(joined, extents)) if extents else None)


def _legible(blob: bytes) -> Extents:
    try:
        return measured_codec.unpack(blob)
    except StoreDamagedError as error:
        log.warning("an hour's numbers are missing from their day", error=str(error))
        return {}


def _together(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    looks, more = sum(one[:4]), sum(other[:4])
    mean = (one[5] * looks + other[5] * more) // (looks + more)
    by_status = (a + b for a, b in zip(one[:4], other[:4], strict=True))
    return (*by_status, min(one[4], other[4]), mean, max(one[6], other[6]))


def joined(earlier: Extents, later: Extents) -> Extents:
    """Two spans as one."""
    both = {measure: earlier[measure].and_then(later[measure]) for measure in earlier.keys() & later.keys()}
    return {**earlier, **later, **both}


_PUT_DAY = replacing(days)
_PUT_MEASURED = replacing(day_measures)


def keep_days(connection: Connection, rows: Sequence[DayRow]) -> None:
    if not rows:
        return
    connection.exec_driver_sql(_PUT_DAY, [(row.id, *row.counts) for row in rows])
    if measured := [(row.id, row.measured) for row in rows if row.measured is not None]:
        connection.exec_driver_sql(_PUT_MEASURED, measured)


def mark_rolled(connection: Connection, day: int) -> None:
    connection.execute(upsert(packed_spans).on_conflict_do_nothing(), {"span": "day", "number": day})


def mark_unrolled(connection: Connection, day: int) -> None:
    """An hour of it was packed after it was rolled up: until it is again, its hours are counted themselves."""
    connection.execute(delete(packed_spans).where(packed_spans.c.span == "day", packed_spans.c.number == day))


def is_rolled(connection: Connection, day: int) -> bool:
    known = select(packed_spans.c.number).where(packed_spans.c.span == "day", packed_spans.c.number == day)
    return connection.execute(known).first() is not None
