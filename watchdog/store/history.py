"""Observations: how they are written to the tail, and how the last look is found in it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import Connection, Table, bindparam, func, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from checks.model import Cause, CheckId, Measurement, Observation, Status
from watchdog.store.columns import STATUS_CODES, to_us, whole_us
from watchdog.store.measured_codec import MAX_MEASURES, head_of, of_look
from watchdog.store.spans import HOUR_US
from watchdog.store.tables import late_observations, measures, observations, packed_spans, series, subjects

SubjectKey: TypeAlias = tuple[CheckId, str]
#: Names, units and labels of all that one look measured.
_Shape: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[tuple[str, str], ...], ...]]
_Row: TypeAlias = tuple[int, int, int, str | None, int, bytes | None]

#: A routine look is written as an observation alone. So that the last look can be found again from the newest
#: observations, each subject's own row gets the times of a look at least this often.
RENEW_EVERY = timedelta(hours=1)


def _insert(table: Table) -> str:
    """As text, for rows of plain values: converting a row of itself, Core takes three times as long as SQLite to write.

    Of two looks of one series at one time the later one stands, and one that is committed again is the same.
    """
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in ("status", "cause", "duration_us", "measured")}
    again = statement.on_conflict_do_update(index_elements=["observed_at", "series_id"], set_=changed)
    return str(again.compile(dialect=sqlite.dialect()))


_INSERT = _insert(observations)
_INSERT_LATE = _insert(late_observations)
_INSERT_SERIES = insert(series).on_conflict_do_nothing(index_elements=["check_id", "subject"])
_SERIES_ID = select(series.c.id).where(
    series.c.check_id == bindparam("check_id"), series.c.subject == bindparam("subject")
)
_INSERT_MEASURE = insert(measures).on_conflict_do_nothing(index_elements=["name", "unit", "labels"])
_MEASURE_ID = select(measures.c.id).where(
    measures.c.name == bindparam("name"),
    measures.c.unit == bindparam("unit"),
    measures.c.labels == bindparam("labels", type_=measures.c.labels.type),
)
_RENEW = (
    update(subjects)
    .where(
        subjects.c.check_id == bindparam("of_check"),
        subjects.c.subject == bindparam("of_subject"),
        subjects.c.seen_at < bindparam("at"),
    )
    .values(
        seen_at=bindparam("at"),
        duration_us=bindparam("took"),
        judged_at=func.coalesce(bindparam("judged", type_=subjects.c.judged_at.type), subjects.c.judged_at),
        good_at=func.coalesce(bindparam("good", type_=subjects.c.good_at.type), subjects.c.good_at),
    )
)


class History:
    """Writes observations; keeps in memory which series and measures exist, and when each subject's row was renewed.

    What it learns in a transaction holds only once that has ended well: `learned` is called then, and only then.
    `closed` are the hours that are packed or just being packed: a look that comes too late for its own goes to the
    table of late ones. None before the first write.
    """

    def __init__(self) -> None:
        self.closed: set[int] | None = None
        self._closed_before_us = 0
        self._series: dict[SubjectKey, int] = {}
        self._heads: dict[_Shape, bytes] = {}
        self._renewed: dict[SubjectKey, datetime] = {}
        self._new_series: dict[SubjectKey, int] = {}
        self._new_heads: dict[_Shape, bytes] = {}
        self._new_renewed: dict[SubjectKey, datetime] = {}

    def write(self, connection: Connection, seen: Sequence[Observation]) -> None:
        self._new_series, self._new_heads, self._new_renewed = {}, {}, {}
        if not seen:
            return
        self.know_closed(connection)
        rows = [self._row(connection, one) for one in seen]
        late = [row for row in rows if row[0] < self._closed_before_us and self._is_late(row[0])]
        if late:
            connection.exec_driver_sql(_INSERT_LATE, late)
            rows = [row for row in rows if not self._is_late(row[0])]
        if rows:
            connection.exec_driver_sql(_INSERT, rows)
        self._renew(connection, seen)

    def learned(self, *, until: datetime | None = None) -> None:
        """`until` is when a clock that was ahead was set right: what was renewed by it is to be renewed again."""
        self._series.update(self._new_series)
        self._heads.update(self._new_heads)
        self._renewed.update(self._new_renewed)
        if until is not None:
            self._renewed = {key: at for key, at in self._renewed.items() if at <= until}

    def know_closed(self, connection: Connection) -> None:
        if self.closed is None:
            known = connection.execute(select(packed_spans.c.number).where(packed_spans.c.span == "hour"))
            self.closed = set()
            for hour in known.scalars():
                self.close(hour)

    def close(self, hour: int) -> None:
        """From now on the looks of `hour` are late."""
        closed = self.closed = self.closed or set()
        closed.add(hour)
        self._closed_before_us = max(self._closed_before_us, (hour + 1) * HOUR_US)

    def _is_late(self, at_us: int) -> bool:
        return self.closed is not None and at_us // HOUR_US in self.closed

    def _row(self, connection: Connection, seen: Observation) -> _Row:
        """In the order of the table's columns, as their types would put it."""
        finding = seen.finding
        series_id = self._series_id(connection, (seen.check_id, finding.subject))
        cause = None if finding.cause is Cause.NONE else finding.cause.value
        measured = self._measured(connection, finding.measurements) if finding.measurements else None
        return (
            to_us(seen.observed_at),
            series_id,
            STATUS_CODES[finding.status],
            cause,
            whole_us(seen.duration_s),
            measured,
        )

    def _measured(self, connection: Connection, measured: Sequence[Measurement]) -> bytes | None:
        names, values, units, labels = zip(*measured[:MAX_MEASURES], strict=True)
        shape = names, units, labels
        head = self._heads.get(shape) or self._new_heads.get(shape)
        if head is None:
            head = head_of([_measure_id(connection, one) for one in zip(*shape, strict=True)])
            self._new_heads[shape] = head
        return of_look(head, values)

    def _series_id(self, connection: Connection, key: SubjectKey) -> int:
        known = self._series.get(key) or self._new_series.get(key)
        if known is not None:
            return known
        values = {"check_id": key[0], "subject": key[1]}
        connection.execute(_INSERT_SERIES, values)
        made: int = connection.execute(_SERIES_ID, values).scalar_one()
        self._new_series[key] = made
        return made

    def _renew(self, connection: Connection, seen: Iterable[Observation]) -> None:
        due = {key: one for one in seen if self._is_due(key := (one.check_id, one.finding.subject), one.observed_at)}
        if not due:
            return
        connection.execute(_RENEW, [_renewal(one) for one in due.values()])
        self._new_renewed = {key: one.observed_at for key, one in due.items()}

    def _is_due(self, key: SubjectKey, at: datetime) -> bool:
        last = self._renewed.get(key)
        return last is None or at - last >= RENEW_EVERY


def _measure_id(connection: Connection, measure: tuple[str, str, tuple[tuple[str, str], ...]]) -> int:
    name, unit, labels = measure
    values = {"name": name, "unit": unit, "labels": labels}
    connection.execute(_INSERT_MEASURE, values)
    made: int = connection.execute(_MEASURE_ID, values).scalar_one()
    return made


def _renewal(seen: Observation) -> dict[str, object]:
    status, at = seen.finding.status, seen.observed_at
    return {
        "of_check": seen.check_id,
        "of_subject": seen.finding.subject,
        "at": at,
        "took": seen.duration_s,
        "judged": None if status is Status.UNKNOWN else at,
        "good": at if status is Status.OK else None,
    }


def newest_looks(connection: Connection) -> dict[SubjectKey, datetime]:
    """When each subject was last looked at, of those looked at in the last RENEW_EVERY twice over."""
    newest: datetime | None = connection.execute(select(func.max(observations.c.observed_at))).scalar_one()
    if newest is None:
        return {}
    last = (
        select(observations.c.series_id, func.max(observations.c.observed_at).label("at"))
        .where(observations.c.observed_at >= newest - 2 * RENEW_EVERY)
        .group_by(observations.c.series_id)
        .subquery()
    )
    found = connection.execute(
        select(series.c.check_id, series.c.subject, last.c.at).join(last, last.c.series_id == series.c.id)
    )
    return {(CheckId(check_id), subject): at for check_id, subject, at in found}
