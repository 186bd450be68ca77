"""How the tail becomes history: an hour is packed series by series, and is the truth only once all of it is.

Nothing of the tail is touched while an hour is packed. One small row in `packed_spans` then makes the packed rows the
truth and the tail's rows of that hour void, in one instant: a crash before it leaves work that is simply done again, a
crash after it leaves rows to sweep. Deleting row by row as series are packed would touch each page of the tail once
per chunk, since the tail stands in order of time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias

import structlog
from sqlalchemy import Connection, Table, delete, func, select, true
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert as upsert

from watchdog.store import looks_codec, measured_codec
from watchdog.store.columns import whole_us
from watchdog.store.errors import StoreDamagedError
from watchdog.store.looks_codec import LookColumns, columns_of
from watchdog.store.measured_codec import Extents, extents_of
from watchdog.store.spans import HOUR, HOUR_US, hour_begins, row_id
from watchdog.store.tables import hour_measures, hours, observations, packed_looks, packed_spans, series

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A look is written when it ends, under the time it began; a run lasts minutes at most.
GRACE: Final = timedelta(minutes=5)
#: Series read from the tail at once: their looks of an hour are some ten megabytes at most.
SERIES_AT_ONCE: Final = 250
_SECOND_US: Final = 1_000_000

TailRow: TypeAlias = tuple[int, int, int, str | None, int, bytes | None]
"""Series, time in µs, status, cause, duration in µs, numbers."""


@dataclass(frozen=True, slots=True)
class PackedRow:
    """One series in one hour, as the tables take it."""

    id: int
    looks: bytes
    counts: tuple[int, ...]
    """By status, then the shortest, the mean and the longest look in µs."""
    measured: bytes | None


# Which hour -----------------------------------------------------------------------------------------------------------


#: From one hour of the tail to the next, as long as they are packed: each is a look at an index.
_IS_PACKED = "EXISTS (SELECT 1 FROM packed_spans WHERE span = 'hour' AND number = hour)"
_FIRST_UNPACKED = f"""\
WITH RECURSIVE tail (hour) AS (
SELECT min(observed_at) / {HOUR_US} FROM observations
UNION ALL
SELECT (SELECT min(observed_at) / {HOUR_US} FROM observations WHERE observed_at >= (hour + 1) * {HOUR_US}) FROM tail
WHERE {_IS_PACKED}
) SELECT hour FROM tail WHERE hour IS NOT NULL AND NOT {_IS_PACKED}"""  # noqa: S608  # a number of ours


def first_unpacked(connection: Connection) -> int | None:
    """The oldest hour of the tail that is not packed; None where there is none."""
    hour: int | None = connection.exec_driver_sql(_FIRST_UNPACKED).scalar_one_or_none()
    return hour


def is_packed(connection: Connection, hour: int) -> bool:
    known = select(packed_spans.c.number).where(packed_spans.c.span == "hour", packed_spans.c.number == hour)
    return connection.execute(known).first() is not None


def is_over(hour: int, now: datetime) -> bool:
    return hour_begins(hour) + HOUR + GRACE <= now


def series_up_to(connection: Connection) -> int:
    """The largest number of a series; 0 where there is none."""
    largest: int | None = connection.execute(select(func.max(series.c.id))).scalar_one()
    return largest or 0


# Its rows -------------------------------------------------------------------------------------------------------------

_TAIL = """\
SELECT series_id, observed_at, status, cause, duration_us, measured FROM {table}
WHERE observed_at >= ? AND observed_at < ? AND series_id > ? AND series_id <= ? ORDER BY series_id, observed_at"""


def tail_rows(
    connection: Connection, hour: int, after: int, up_to: int, table: Table = observations
) -> Sequence[TailRow]:
    """Rows of the series above `after` to `up_to`, series by series, oldest first."""
    bounds = (hour * HOUR_US, (hour + 1) * HOUR_US, after, up_to)
    rows: Sequence[TailRow] = plain_rows(connection, _TAIL.format(table=table.name), bounds)
    return rows


def plain_rows(connection: Connection, sql: str, parameters: tuple[object, ...]) -> Any:  # noqa: ANN401  # rows
    """As SQLite's own tuples: by the ten thousand, Core's rows cost three times as much."""
    result = connection.exec_driver_sql(sql, parameters)
    cursor: Any = result.cursor
    rows = cursor.fetchall()
    result.close()
    return rows


def packed(hour: int, rows: Sequence[TailRow]) -> Iterator[PackedRow]:
    """One at a time, so that whoever packs can give way in between: each costs some 0.1 ms."""
    for series_id, looks in groupby(rows, key=itemgetter(0)):
        of_series = list(looks)
        columns = columns_of(
            (at, status, cause or "", took / _SECOND_US) for _, at, status, cause, took, _ in of_series
        )
        measured = [numbers for *_, numbers in of_series if numbers is not None]
        yield packed_row(hour, series_id, columns, _legible(measured))


def _legible(measured: Sequence[bytes]) -> Extents:
    try:
        return extents_of(measured)
    except StoreDamagedError as error:
        log.warning("numbers are missing from an hour", error=str(error))
        return {}


def packed_row(hour: int, series_id: int, looks: LookColumns, extents: Extents) -> PackedRow:
    return PackedRow(
        row_id(hour, series_id),
        looks_codec.pack(looks, hour * HOUR_US),
        counts_of(looks),
        measured_codec.pack(extents) if extents else None,
    )


def counts_of(looks: LookColumns) -> tuple[int, ...]:
    by_status = [0, 0, 0, 0]
    for index, state in enumerate(looks.states):
        by_status[state.status] += looks.state_of.count(index)
    took = looks.took_s
    return (*by_status, *map(whole_us, (min(took), sum(took) / len(took), max(took))))


# Writing --------------------------------------------------------------------------------------------------------------


def replacing(table: Table) -> str:
    """A row that is there already is work that a crash cut short, or to be written anew with a late look."""
    return str(upsert(table).prefix_with("OR REPLACE").compile(dialect=sqlite.dialect()))


_PUT_LOOKS = replacing(packed_looks)
_PUT_HOUR = replacing(hours)
_PUT_MEASURED = replacing(hour_measures)


def keep(connection: Connection, rows: Sequence[PackedRow]) -> None:
    if not rows:
        return
    connection.exec_driver_sql(_PUT_LOOKS, [(row.id, row.looks) for row in rows])
    connection.exec_driver_sql(_PUT_HOUR, [(row.id, *row.counts) for row in rows])
    if measured := [(row.id, row.measured) for row in rows if row.measured is not None]:
        connection.exec_driver_sql(_PUT_MEASURED, measured)


def mark_packed(connection: Connection, hour: int) -> None:
    """From here on the packed rows are the truth."""
    connection.execute(upsert(packed_spans).on_conflict_do_nothing(), {"span": "hour", "number": hour})


def sweep(connection: Connection, spare: timedelta, at_most: int) -> int:
    """Lets go of about `at_most` of the tail's oldest rows of one packed hour; answers how many went.

    The hours that reach into the last `spare` before the newest look stay: the last look is found in them.
    """
    hour = connection.exec_driver_sql(_FIRST_TO_SWEEP, (spare // timedelta(microseconds=1),)).scalar_one_or_none()
    if hour is None:
        return 0
    return drop_oldest(connection, observations, hour_begins(hour), hour_begins(hour + 1), at_most)


#: The oldest packed hour that has rows in the tail yet and ends so long before the newest of them.
_FIRST_TO_SWEEP = f"""\
SELECT number FROM packed_spans
WHERE span = 'hour' AND number >= (SELECT min(observed_at) FROM observations) / {HOUR_US}
AND number < ((SELECT max(observed_at) FROM observations) - ?) / {HOUR_US}
AND EXISTS (SELECT 1 FROM observations
WHERE observed_at >= number * {HOUR_US} AND observed_at < (number + 1) * {HOUR_US})
ORDER BY number LIMIT 1"""  # noqa: S608  # a number of ours


def drop_oldest(connection: Connection, table: Table, since: datetime | None, until: datetime, at_most: int) -> int:
    """Lets go of about `at_most` looks; those of one instant go together, so that a chunk always makes progress.

    SQLite walks an index up to one bound alone, the first it is told: of two it might choose the far one, and look at
    every row of the hour for each chunk.
    """
    at = table.c.observed_at
    young_enough = at >= since if since is not None else true()
    last: datetime | None = connection.execute(
        select(at).where(young_enough, at < until).order_by(at).offset(at_most - 1).limit(1)
    ).scalar_one_or_none()
    up_to = at < until if last is None else at <= last
    return connection.execute(delete(table).where(young_enough, up_to)).rowcount
