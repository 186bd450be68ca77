"""Whether the message of a stage was told with that of its bill (alerts.with_bill)."""

from sqlalchemy import Connection, bindparam, func, select, update

from alerts.concern import BILLS
from alerts.message import Notification, NotificationState
from alerts.with_bill import WITHIN, bill_in, is_told_with, may_be_told_with_bill
from watchdog.store.rows import notification_of
from watchdog.store.tables import incidents, outbox

_TOLD_OF_BILL = (
    select(outbox)
    .join(incidents, incidents.c.id == outbox.c.incident_id)
    .where(
        incidents.c.kind == BILLS,
        incidents.c.subject == bindparam("of_bill"),
        outbox.c.address == bindparam("of_address"),
        outbox.c.state == NotificationState.SENT,
        outbox.c.not_before >= bindparam("since"),
    )
)
_COUNT_AS_TOLD = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(attempts=func.max(outbox.c.attempts, 1), passed_on="")
)


def is_told_with_bill(connection: Connection, row: Notification) -> bool:
    """Asks nothing of rows that are of no stage."""
    if not may_be_told_with_bill(row):
        return False
    asked = {
        "of_bill": bill_in(row.message.fields.get("subject", "")),
        "of_address": row.address,
        "since": row.not_before - WITHIN,
    }
    return any(is_told_with(row, notification_of(one)) for one in connection.execute(_TOLD_OF_BILL, asked).all())


def count_as_told(connection: Connection, notification_id: str) -> None:
    """Who was told of a stage with its bill knows of it, and hears of its end."""
    connection.execute(_COUNT_AS_TOLD, {"row_id": notification_id})
