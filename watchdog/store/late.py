"""Looks that came when their hour was packed already: put where they belong, a few at a time.

They come when the clock was set back, or when nothing could be written for a while.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from watchdog.store import looks_codec, measured_codec
from watchdog.store.looks_codec import columns_of
from watchdog.store.measured_codec import Extents, extents_of
from watchdog.store.packing import PackedRow, TailRow, is_packed, keep, packed, packed_row
from watchdog.store.rolling import HourRow, count_in, hour_rows, is_rolled, is_whole, joined, keep_days, rolled
from watchdog.store.spans import HOUR_US, PER_SPAN, day_of, hours_of_day, row_id
from watchdog.store.tables import hour_measures, packed_looks

#: In one transaction.
AT_ONCE = 200

_SECOND_US = 1_000_000
_HOURS = f"SELECT DISTINCT observed_at / {HOUR_US} FROM late_observations ORDER BY 1"  # noqa: S608  # a number of ours
_OF_HOUR = """\
SELECT series_id, observed_at, status, cause, duration_us, measured FROM late_observations
WHERE observed_at >= ? AND observed_at < ? ORDER BY observed_at, series_id LIMIT ?"""
_GONE = "DELETE FROM late_observations WHERE series_id = ? AND observed_at = ?"


def merge(connection: Connection, zone: ZoneInfo) -> int:
    """Merges some late looks of one packed hour, and brings its day up to them; answers how many."""
    late_hours = connection.exec_driver_sql(_HOURS).scalars().all()
    hour = next((hour for hour in late_hours if is_packed(connection, hour)), None)
    if hour is None:
        return 0
    bounds = (hour * HOUR_US, (hour + 1) * HOUR_US, AT_ONCE)
    found: Any = connection.exec_driver_sql(_OF_HOUR, bounds).fetchall()
    rows: Sequence[TailRow] = sorted(found, key=itemgetter(0, 1))
    for series_id, looks in groupby(rows, key=itemgetter(0)):
        _merge(connection, hour, zone, series_id, list(looks))
    connection.exec_driver_sql(_GONE, [row[:2] for row in rows])
    return len(rows)


def _merge(connection: Connection, hour: int, zone: ZoneInfo, series_id: int, late: Sequence[TailRow]) -> None:
    day, of_series = day_of(hour, zone), (series_id - 1, series_id)
    can_be_rolled_anew = is_whole(connection, day, zone, *of_series)
    keep(connection, [_merged(connection, hour, series_id, late)])
    if not is_rolled(connection, day):
        return
    if can_be_rolled_anew:
        keep_days(connection, list(rolled(day, hour_rows(connection, hours_of_day(day, zone), *of_series))))
    else:
        count_in(connection, day, [_plain(row) for row in packed(hour, late)])


def _plain(row: PackedRow) -> HourRow:
    ok, warning, critical, unknown, *took_us = row.counts
    shortest, mean, longest = took_us
    return row.id % PER_SPAN, ok, warning, critical, unknown, shortest, mean, longest, row.measured


def _merged(connection: Connection, hour: int, series_id: int, late: Sequence[TailRow]) -> PackedRow:
    """What is packed of the hour with the late looks among it. Of two looks at one time the late one stands."""
    looks = {at_us: (status, cause or "", took_us / _SECOND_US) for _, at_us, status, cause, took_us, _ in late}
    key = row_id(hour, series_id)
    blob = connection.execute(select(packed_looks.c.looks).where(packed_looks.c.id == key)).scalar_one_or_none()
    last_us = 0
    if blob is not None:
        known = looks_codec.unpack(blob, hour * HOUR_US)
        last_us = known.at_us[-1]
        for at_us, index, took_s in zip(known.at_us, known.state_of, known.took_s, strict=True):
            looks.setdefault(at_us, (*known.states[index], took_s))
    columns = columns_of((at_us, *rest) for at_us, rest in sorted(looks.items()))
    return packed_row(hour, series_id, columns, _numbers(connection, key, late, last_us))


def _numbers(connection: Connection, key: int, late: Sequence[TailRow], last_us: int) -> Extents:
    known = select(hour_measures.c.measured).where(hour_measures.c.id == key)
    blob = connection.execute(known).scalar_one_or_none()
    before = measured_codec.unpack(blob) if blob is not None else {}
    came = extents_of([numbers for *_, numbers in late if numbers is not None])
    return joined(before, came) if late[-1][1] > last_us else joined(came, before)
