"""Statements about state that was put back: what is taken for told, and whether people know of it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from alerts.drills.drill import DRILL_CHECK
from alerts.incident import Incident, Nature
from alerts.message import Notification, NotificationState
from alerts.restored import TAKEN_FOR_TOLD, Restoration
from watchdog.store.rows import Row, incident_of, notification_columns
from watchdog.store.tables import deliveries, incidents, outbox, restorations
from watchdog.store.writes import write_notifications

_BURIED = "planned before the copy ends, so most likely sent since"
_NAMED = "named in the digest about the state that was put back"

_DUE = select(outbox.c.id, outbox.c.attempts).where(outbox.c.ended_at.is_(None), outbox.c.not_before <= bindparam("at"))
_BURY = update(outbox).where(outbox.c.id == bindparam("row_id"))
_KEEP = insert(outbox).prefix_with("OR IGNORE", dialect="sqlite")
_LOG = insert(deliveries)
_IS_REAL = incidents.c.check_id != DRILL_CHECK
_OPEN = select(func.count()).select_from(incidents).where(incidents.c.closed_at.is_(None), _IS_REAL)
_LATEST = select(restorations).order_by(restorations.c.at.desc()).limit(1)


def take_for_told(connection: Connection, at: datetime) -> int:
    """What waits in a copy and was to go out before `at` is not sent: it was, most likely, by the daemon that went on.

    Its recipients count as told, so that they hear of the end. What was held until later is still to be sent.
    Answers how many rows it was.
    """
    due = connection.execute(_DUE, {"at": at}).all()
    for row in due:
        tried = max(row.attempts, 1)
        ended = {"state": NotificationState.DROPPED, "ended_at": at, "claimed_at": None, "attempts": tried}
        connection.execute(_BURY, {"row_id": row.id, **ended})
        connection.execute(_LOG, _line(row.id, at, _BURIED))
    return len(due)


def open_incidents(connection: Connection) -> int:
    number: int = connection.execute(_OPEN).scalar_one()
    return number


def mark(connection: Connection, restoration: Restoration) -> None:
    """Says that this state was put back; the next start reads it."""
    values = {column.name: getattr(restoration, column.name) for column in restorations.columns}
    connection.execute(insert(restorations), values)


def latest(connection: Connection) -> Restoration | None:
    row = connection.execute(_LATEST).first()
    return None if row is None else _restoration_of(row)


def _restoration_of(row: Row) -> Restoration:
    return Restoration(
        id=row.id,
        at=row.at,
        copied_at=row.copied_at,
        source=row.source,
        why=row.why,
        open_then=row.open_then,
        settled_at=row.settled_at,
    )


def settle(
    connection: Connection,
    restoration: Restoration,
    at: datetime,
    rows: Iterable[Notification],
    threads: Iterable[Notification],
) -> None:
    """`rows` are to be sent; those of `threads` know of their incidents by them, and count as told."""
    write_notifications(connection, list(rows))
    for row in threads:
        kept = {"state": NotificationState.DROPPED, "ended_at": at, "attempts": 1}
        if connection.execute(_KEEP, {**notification_columns(row), **kept}).rowcount:
            connection.execute(_LOG, _line(row.id, at, _NAMED))
    connection.execute(
        update(restorations).where(restorations.c.id == restoration.id).values(settled_at=at),
    )


def ended_between(connection: Connection, restoration: Restoration, until: datetime) -> int:
    """How many incidents of the copy ended after it was put in place."""
    ended = (
        select(func.count())
        .select_from(incidents)
        .where(
            incidents.c.closed_at >= restoration.at,
            incidents.c.closed_at < until,
            incidents.c.opened_at <= restoration.copied_at,
            _IS_REAL,
        )
    )
    number: int = connection.execute(ended).scalar_one()
    return number


def changes_between(connection: Connection, since: datetime, until: datetime) -> list[Incident]:
    """Changes that were noticed then, oldest first."""
    noticed = (
        select(incidents)
        .where(incidents.c.nature == Nature.CHANGE, incidents.c.opened_at >= since, incidents.c.opened_at < until)
        .order_by(incidents.c.opened_at, incidents.c.id)
    )
    return [incident_of(row) for row in connection.execute(noticed)]


def _line(row_id: str, at: datetime, detail: str) -> dict[str, object]:
    return {
        "notification_id": row_id,
        "at": at,
        "state": NotificationState.DROPPED,
        "reason": TAKEN_FOR_TOLD,
        "detail": detail,
        "repeat": False,
    }
