"""Where history is read from: packed spans are the truth; before that the tail is, and late looks always."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from checks.model import CheckId
from watchdog.store import looks_codec
from watchdog.store.looks_codec import LookColumns
from watchdog.store.packing import first_unpacked
from watchdog.store.spans import HOUR_US, PER_SPAN, day_of, hours_of_day
from watchdog.store.tables import measures, packed_spans, series

SeriesKey: TypeAlias = tuple[CheckId, str]
Counts: TypeAlias = tuple[int, int, int, int]
"""Looks by status, as columns.STATUS_CODES numbers them."""

MeasureName: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]
"""Name, unit and labels."""

#: From here on reading whole spans costs less than looking series up one by one.
_MANY_SERIES = 2_000

# The numbers put into these statements are all our own.
_PACKED = f"""\
SELECT number, looks FROM packed_spans
CROSS JOIN packed_looks ON packed_looks.id = number * {PER_SPAN} + ?
WHERE span = 'hour' AND number >= ? AND number <= ? ORDER BY number"""  # noqa: S608
_SINGLE = """\
SELECT observed_at, status, cause, duration_us FROM {table}
WHERE series_id = ? AND observed_at >= ? AND observed_at < ? {unpacked} ORDER BY observed_at"""
_UNPACKED = f"""\
AND NOT EXISTS (SELECT 1 FROM packed_spans WHERE span = 'hour' AND number = observed_at / {HOUR_US})"""  # noqa: S608
_COUNTED = f"""\
SELECT number, {{table}}.id % {PER_SPAN}, ok, warning, critical, unknown FROM packed_spans
CROSS JOIN {{table}} ON {{table}}.id >= number * {PER_SPAN} AND {{table}}.id < (number + 1) * {PER_SPAN}
WHERE span = '{{unit}}' AND number >= ? AND number < ?"""  # noqa: S608
_COUNTED_OF_FEW = f"""\
SELECT number, value, ok, warning, critical, unknown FROM packed_spans
CROSS JOIN json_each(?) CROSS JOIN {{table}} ON {{table}}.id = number * {PER_SPAN} + value
WHERE span = '{{unit}}' AND number >= ? AND number < ?"""  # noqa: S608
_COUNTED_SINGLE = f"""\
SELECT observed_at / {HOUR_US}, series_id, status, count(*) FROM {{table}}
WHERE observed_at >= ? AND observed_at < ? {{unpacked}} GROUP BY 1, 2, 3"""  # noqa: S608
_MEASURED = f"""\
SELECT number, measured FROM packed_spans
CROSS JOIN {{table}} ON {{table}}.id = number * {PER_SPAN} + ?
WHERE span = '{{unit}}' AND number >= ? AND number < ? ORDER BY number"""  # noqa: S608
_MEASURED_SINGLE = """\
SELECT observed_at, measured FROM {table}
WHERE series_id = ? AND observed_at >= ? AND observed_at < ? AND measured IS NOT NULL {unpacked} ORDER BY observed_at"""


def series_id(connection: Connection, check_id: CheckId, subject: str) -> int | None:
    known = select(series.c.id).where(series.c.check_id == check_id, series.c.subject == subject)
    return connection.execute(known).scalar_one_or_none()


def series_of(connection: Connection, checks: Collection[CheckId]) -> dict[int, SeriesKey]:
    """By number, in order of check and name."""
    wanted = frozenset(checks)
    named = select(series.c.id, series.c.check_id, series.c.subject)
    if len(wanted) < _MANY_SERIES:
        named = named.where(series.c.check_id.in_(wanted))
    rows = connection.execute(named).all()
    kept = [(CheckId(check_id), subject, number) for number, check_id, subject in rows if check_id in wanted]
    return {number: (check_id, subject) for check_id, subject, number in sorted(kept)}


def packed_columns(connection: Connection, number: int, since_us: int, until_us: int) -> Iterator[LookColumns]:
    bounds = (number, since_us // HOUR_US, (until_us - 1) // HOUR_US)
    for hour, blob in _rows(connection, _PACKED, bounds):
        yield looks_codec.unpack(blob, hour * HOUR_US)


def single_looks(
    connection: Connection, number: int, since_us: int, until_us: int
) -> Iterator[tuple[int, int, str, float]]:
    """Of the tail and, after them, late ones, since these stand where there are two at one time."""
    for table, unpacked, lower_us in _singles(connection, since_us):
        sql = _SINGLE.format(table=table, unpacked=unpacked)
        for at_us, status, cause, took_us in _rows(connection, sql, (number, lower_us, until_us)):
            yield at_us, status, cause or "", took_us / 1_000_000


def counted(
    connection: Connection, unit: str, wanted: Collection[int], span: range
) -> Iterator[tuple[int, int, Counts]]:
    """(hour or day, series, counts) of the packed ones within `span`; of other series too where many are wanted."""
    bounds: tuple[object, ...] = (span.start, span.stop)
    if len(wanted) < _MANY_SERIES:
        sql, parameters = _COUNTED_OF_FEW, (json.dumps(list(wanted)), *bounds)
    else:
        sql, parameters = _COUNTED, bounds
    for number, series_number, *counts in _rows(connection, sql.format(table=f"{unit}s", unit=unit), parameters):
        yield number, series_number, (counts[0], counts[1], counts[2], counts[3])


def unrolled_hours(connection: Connection, days: range, zone: ZoneInfo) -> Mapping[int, range]:
    """Packed hours of the days that are not rolled up, by day."""
    number = packed_spans.c.number
    of_unit = select(number).where(packed_spans.c.span == bindparam("unit"), number >= bindparam("first"))
    within = of_unit.where(number < bindparam("stop"))
    rolled = connection.execute(within, {"unit": "day", "first": days.start, "stop": days.stop}).scalars()
    bounds = {"first": hours_of_day(days.start, zone).start, "stop": hours_of_day(days.stop, zone).start}
    packed = connection.execute(within, {"unit": "hour", **bounds}).scalars()
    open_days = {day_of(hour, zone) for hour in packed} - set(rolled)
    return {day: hours_of_day(day, zone) for day in sorted(open_days)}


def counted_single(connection: Connection, since_us: int, until_us: int) -> Iterator[tuple[int, int, int, int]]:
    """(hour, series, status, looks) of what is not packed yet."""
    for table, unpacked, lower_us in _singles(connection, since_us):
        yield from _rows(connection, _COUNTED_SINGLE.format(table=table, unpacked=unpacked), (lower_us, until_us))


def measured(connection: Connection, unit: str, number: int, span: range) -> Iterator[tuple[int, bytes]]:
    sql = _MEASURED.format(table=f"{unit}_measures", unit=unit)
    yield from _rows(connection, sql, (number, span.start, span.stop))


def measured_single(connection: Connection, number: int, since_us: int, until_us: int) -> Iterator[tuple[int, bytes]]:
    for table, unpacked, lower_us in _singles(connection, since_us):
        sql = _MEASURED_SINGLE.format(table=table, unpacked=unpacked)
        yield from _rows(connection, sql, (number, lower_us, until_us))


def measure_names(connection: Connection, numbers: Collection[int]) -> Mapping[int, MeasureName]:
    found = select(measures).where(measures.c.id.in_(numbers))
    return {
        row.id: (row.name, row.unit, tuple((label, value) for label, value in row.labels))
        for row in connection.execute(found)
    }


def _singles(connection: Connection, since_us: int) -> Iterator[tuple[str, str, int]]:
    """Table, condition and lower bound of looks that are not packed: what is packed and not swept yet stands before."""
    hour = first_unpacked(connection)
    if hour is not None:
        yield "observations", _UNPACKED, max(since_us, hour * HOUR_US)
    yield "late_observations", "", since_us


def _rows(connection: Connection, sql: str, parameters: tuple[object, ...]) -> Any:  # noqa: ANN401  # rows
    return connection.exec_driver_sql(sql, parameters)
