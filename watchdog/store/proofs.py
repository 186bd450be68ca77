"""Messages of the dead man's switch that wait: after days without a channel one of them is enough."""

from sqlalchemy import Connection, and_, bindparam, exists, select

from alerts.message import Notification
from alerts.proof import ALIVE
from watchdog.store.tables import outbox

_other = outbox.alias("other")
_NEWER = select(
    exists(_other.c.seq).where(
        _other.c.channel == outbox.c.channel,
        _other.c.address == outbox.c.address,
        _other.c.ended_at.is_(None),
        _other.c.seq > outbox.c.seq,
        and_(_other.c.event_id >= ALIVE, _other.c.event_id < f"{ALIVE}~"),
    )
).where(outbox.c.id == bindparam("row_id"))


def is_replaced(connection: Connection, row: Notification) -> bool:
    """Whether `row` is such a message, and a newer one waits for the same way."""
    return row.event_id.startswith(ALIVE) and bool(connection.execute(_NEWER, {"row_id": row.id}).scalar_one())
