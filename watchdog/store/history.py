"""Observations: how they are written, and how they are let go."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from checks.model import Cause, CheckId, Observation, Status
from watchdog.store.columns import STATUS_CODES, to_us, whole_us
from watchdog.store.tables import observations, series, subjects

SubjectKey: TypeAlias = tuple[CheckId, str]

#: A routine look is written as an observation alone. So that the last look can be found again from the newest
#: observations, each subject's own row gets the times of a look at least this often.
RENEW_EVERY = timedelta(hours=1)

#: As text, for rows of plain values: converting a row of itself, Core takes three times as long as SQLite to write it.
_INSERT = str(
    insert(observations)
    .on_conflict_do_nothing(index_elements=["observed_at", "series_id"])
    .compile(dialect=sqlite.dialect())
)
_INSERT_SERIES = insert(series).on_conflict_do_nothing(index_elements=["check_id", "subject"])
_SERIES_ID = select(series.c.id).where(
    series.c.check_id == bindparam("check_id"), series.c.subject == bindparam("subject")
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
    """Writes observations; keeps in memory which series exist and when each subject's row was last renewed.

    What it learns in a transaction holds only once that has ended well: `learned` is called then, and only then.
    """

    def __init__(self) -> None:
        self._series: dict[SubjectKey, int] = {}
        self._renewed: dict[SubjectKey, datetime] = {}
        self._new_series: dict[SubjectKey, int] = {}
        self._new_renewed: dict[SubjectKey, datetime] = {}

    def write(self, connection: Connection, seen: Sequence[Observation]) -> None:
        self._new_series, self._new_renewed = {}, {}
        if not seen:
            return
        connection.exec_driver_sql(_INSERT, [self._row(connection, one) for one in seen])
        self._renew(connection, seen)

    def learned(self) -> None:
        self._series.update(self._new_series)
        self._renewed.update(self._new_renewed)

    def _row(self, connection: Connection, seen: Observation) -> tuple[int, int, int, str | None, int]:
        """In the order of the table's columns, as their types would put it."""
        finding = seen.finding
        series_id = self._series_id(connection, (seen.check_id, finding.subject))
        cause = None if finding.cause is Cause.NONE else finding.cause.value
        return to_us(seen.observed_at), series_id, STATUS_CODES[finding.status], cause, whole_us(seen.duration_s)

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


def prune(connection: Connection, older_than: datetime, at_most: int) -> int:
    """Lets go of about `at_most` of the oldest observations before `older_than`; answers how many went.

    Those of one instant go together, so that a chunk always makes progress.
    """
    oldest = select(observations.c.observed_at).where(observations.c.observed_at < older_than)
    last: datetime | None = connection.execute(
        oldest.order_by(observations.c.observed_at).offset(at_most - 1).limit(1)
    ).scalar_one_or_none()
    chunk = observations.c.observed_at < older_than if last is None else observations.c.observed_at <= last
    return connection.execute(delete(observations).where(chunk)).rowcount
