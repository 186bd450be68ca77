"""What the daemon owes people about its own work: rows it had to set aside, and distress it told from memory."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, Text, bindparam, exists, select, text, type_coerce, update
from sqlalchemy.dialects.sqlite import insert

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.distress import Told
from alerts.message import Notification, NotificationState
from alerts.outbox import SetAside
from watchdog.store.rows import notification_columns, subject_of
from watchdog.store.tables import deliveries, outbox
from watchdog.store.writes import write_notifications

#: From a row set aside to the rows that tell of it.
Announce: TypeAlias = Callable[[SetAside], Sequence[Notification]]

# SQLite takes a partial index only where its condition stands as it was written.
_UNANNOUNCED = (
    select(
        outbox.c.id,
        outbox.c.event_id,
        outbox.c.receiver,
        outbox.c.channel,
        type_coerce(outbox.c.message, Text).label("raw_message"),
    )
    .where(text("state = 'quarantined' AND announced_at IS NULL"))
    .order_by(outbox.c.seq)
)
_WHY = (
    select(deliveries.c.detail)
    .where(deliveries.c.notification_id == bindparam("of_row"))
    .order_by(deliveries.c.seq.desc())
    .limit(1)
)
_ANNOUNCED = update(outbox).where(outbox.c.id == bindparam("of_row"))

_KEEP = insert(outbox).on_conflict_do_nothing(index_elements=["id"])
_REACHED = update(outbox).where(outbox.c.id == bindparam("of_row"))
_LOG = insert(deliveries)
_IS_LOGGED = select(
    exists().where(deliveries.c.notification_id == bindparam("of_row"), deliveries.c.at == bindparam("told_at"))
)


def set_aside(connection: Connection) -> list[SetAside]:
    """Rows that were quarantined and that nobody heard of, oldest first."""
    return [
        SetAside(
            notification_id=row.id,
            event_id=row.event_id,
            receiver=row.receiver,
            channel=row.channel,
            subject=subject_of(row.raw_message),
            why=connection.execute(_WHY, {"of_row": row.id}).scalar() or "",
        )
        for row in connection.execute(_UNANNOUNCED).all()
    ]


def announce(connection: Connection, rows: Iterable[SetAside], plan: Announce, at: datetime) -> None:
    """Puts the rows that tell of `rows` into the outbox, once."""
    for row in rows:
        write_notifications(connection, plan(row))
        connection.execute(_ANNOUNCED, {"of_row": row.notification_id, "announced_at": at})


def record_told(connection: Connection, told: Iterable[Told]) -> None:
    """Keeps tries that went straight out, as rows that have ended. A try kept already changes nothing."""
    for one in told:
        row = one.notification
        state, ending, reason, detail = _ending(one.outcome)
        kept = {"state": ending, "ended_at": one.at, "attempts": 1}
        connection.execute(_KEEP, {**notification_columns(row), **kept})
        if ending is NotificationState.SENT:
            connection.execute(_REACHED, {"of_row": row.id, "state": ending, "ended_at": one.at})
        if not connection.execute(_IS_LOGGED, {"of_row": row.id, "told_at": one.at}).scalar_one():
            line = {"notification_id": row.id, "at": one.at, "state": state, "reason": reason, "detail": detail}
            connection.execute(_LOG, {**line, "repeat": False})


def _ending(outcome: Outcome) -> tuple[NotificationState, NotificationState, str, str]:
    """State in the log and of the row, reason, detail. Nothing of it waits: it was true then, and may not be now."""
    match outcome:
        case Delivered(detail):
            return NotificationState.SENT, NotificationState.SENT, "", detail
        case Rejected(reason, detail):
            return NotificationState.REJECTED, NotificationState.REJECTED, reason, detail
        case Deferred(reason, detail):
            return NotificationState.PENDING, NotificationState.DROPPED, reason, detail
