"""What is written when duty passes on: rows to send, and who knows of open incidents by them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from alerts.message import Notification, NotificationState
from watchdog.store.rows import notification_columns
from watchdog.store.tables import deliveries, outbox
from watchdog.store.writes import write_notifications

#: Why such a row is not sent itself: stands in the delivery log.
HANDED_OVER: Final = "handed_over"

_KEEP = insert(outbox).prefix_with("OR IGNORE", dialect="sqlite")
_LOG = insert(deliveries)
_IS_THERE = select(outbox.c.seq).where(outbox.c.id.in_(bindparam("ids", expanding=True))).limit(1)


def hand_over(
    connection: Connection, rows: Sequence[Notification], known: Sequence[Notification], at: datetime
) -> bool:
    """Rows of a hand-off that was written before change nothing. Answers whether it is new.

    Those of `known` count as told of their incidents by `rows`, so that they hear of the end.
    """
    if not rows or connection.execute(_IS_THERE, {"ids": [row.id for row in rows]}).first() is not None:
        return False
    write_notifications(connection, rows)
    for row in known:
        kept = {"state": NotificationState.DROPPED, "ended_at": at, "attempts": 1}
        if connection.execute(_KEEP, {**notification_columns(row), **kept}).rowcount:
            connection.execute(_LOG, _line(row.id, at))
    return True


def _line(row_id: str, at: datetime) -> dict[str, object]:
    return {
        "notification_id": row_id,
        "at": at,
        "state": NotificationState.DROPPED,
        "reason": HANDED_OVER,
        "detail": "named in the message of the hand-off",
        "repeat": False,
    }
