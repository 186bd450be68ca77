"""What stands open and was told to one address: for ways out that must be told again and again."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, or_, select

from alerts.incident import EventKind
from alerts.message import Message, NotificationState
from alerts.mutes.mute import Mute, first_muting
from alerts.words.scene import routing_labels
from watchdog.store.rows import UNREADABLE, incident_of, notification_of
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

_ABOUT = select(incidents).where(incidents.c.id == bindparam("incident"))


def told_open(connection: Connection, address: str, mutes: Sequence[Mute]) -> list[Message]:
    """The last message of each incident that is open and that none of `mutes` covers, oldest incident first.

    One that cannot be read is missing.
    """
    last: dict[str, Message] = {}
    told = connection.execute(TOLD, {"of_address": address}).all()
    for found in sorted(told, key=lambda one: one.seq):
        try:
            row = notification_of(found)
        except UNREADABLE:
            continue
        last[row.message.incident] = row.message
    return [message for id_, message in last.items() if not (mutes and _is_muted(connection, id_, mutes))]


def _is_muted(connection: Connection, incident_id: str, mutes: Sequence[Mute]) -> bool:
    try:
        incident = incident_of(connection.execute(_ABOUT, {"incident": incident_id}).one())
    except UNREADABLE:
        return False
    return first_muting(routing_labels(incident), mutes) is not None
