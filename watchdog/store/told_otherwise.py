"""Whether somebody has it already by another row: one that stands in, or a message in which many were gathered."""

from sqlalchemy import Connection, bindparam, select

from alerts.message import NotificationState
from alerts.return_digest import IN_DIGEST
from watchdog.store.rows import Row
from watchdog.store.tables import deliveries, outbox

_STAND_IN = select(outbox.c.state, outbox.c.passed_on).where(outbox.c.id == bindparam("of_row"))
_GATHERED_INTO = (
    select(deliveries.c.detail)
    .where(deliveries.c.notification_id == bindparam("of_row"), deliveries.c.reason == IN_DIGEST)
    .order_by(deliveries.c.seq.desc())
    .limit(1)
)


def is_told(connection: Connection, found: Row) -> bool:
    """Whether whoever a row is meant for has it already: by the row it stands in for, or by one that stands in."""
    if found.stands_for and _was_said(connection, found.stands_for):
        return True
    return is_reached(connection, found.passed_on)


def is_reached(connection: Connection, passed_on: str | None) -> bool:
    """Whether one of the rows that stand in was sent, however often it was passed on."""
    for row_id in (passed_on or "").split():
        found = connection.execute(_STAND_IN, {"of_row": row_id}).first()
        if found is not None and (_was_said(connection, row_id) or is_reached(connection, found.passed_on)):
            return True
    return False


def _was_said(connection: Connection, row_id: str) -> bool:
    """Whether the row was sent, or the message into which it was gathered, by whatever way."""
    found = connection.execute(_STAND_IN, {"of_row": row_id}).first()
    if found is None or found.state is not NotificationState.DROPPED:
        return found is not None and found.state is NotificationState.SENT
    digest: str | None = connection.execute(_GATHERED_INTO, {"of_row": row_id}).scalar_one_or_none()
    return is_reached(connection, digest)
