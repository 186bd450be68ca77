"""What stands open and was told to one address: for ways out that must be told again and again."""

from sqlalchemy import Connection, and_, bindparam, or_, select

from alerts.incident import EventKind
from alerts.message import Message, NotificationState
from watchdog.store.rows import UNREADABLE, notification_of
from watchdog.store.tables import incidents, outbox

_STANDS = (EventKind.OPENED, EventKind.SEVERITY, EventKind.REMINDER)
# In no order, and no join: else SQLite reads the whole outbox, not the threads of what is open.
TOLD = select(outbox).where(
    outbox.c.incident_id.in_(select(incidents.c.id).where(incidents.c.closed_at.is_(None))),
    outbox.c.address == bindparam("of_address"),
    # What a restored state takes for told was dropped, and counts as tried.
    or_(
        outbox.c.state == NotificationState.SENT,
        and_(outbox.c.state == NotificationState.DROPPED, outbox.c.attempts > 0),
    ),
    outbox.c.event.in_(_STANDS),
)


def told_open(connection: Connection, address: str) -> list[Message]:
    """The last message of each incident that is open, oldest incident first; one that cannot be read is missing."""
    last: dict[str, Message] = {}
    told = connection.execute(TOLD, {"of_address": address}).all()
    for found in sorted(told, key=lambda one: one.seq):
        try:
            row = notification_of(found)
        except UNREADABLE:
            continue
        last[row.message.incident] = row.message
    return list(last.values())
