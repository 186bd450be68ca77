"""The rows that one message took the place of: which they are, and how they wait on their own again."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, case, exists, select, update

from alerts.message import NotificationState
from alerts.return_digest import IN_DIGEST
from watchdog.store.rows import Row
from watchdog.store.tables import deliveries, outbox

_later = deliveries.alias("later")
# One that was freed since, and told in another message or by itself, is a part of this one no more.
_IS_IN = and_(
    outbox.c.state == NotificationState.DROPPED,
    outbox.c.id.in_(
        select(deliveries.c.notification_id).where(
            deliveries.c.reason == IN_DIGEST,
            deliveries.c.detail == bindparam("digest"),
            ~exists().where(_later.c.notification_id == deliveries.c.notification_id, _later.c.seq > deliveries.c.seq),
        )
    ),
)
_PARTS = select(outbox).where(_IS_IN).order_by(outbox.c.seq)
# It goes back as it was before it was gathered: one that was never tried has not been told to anybody.
_FREE = (
    update(outbox)
    .where(_IS_IN)
    .values(
        state=NotificationState.PENDING,
        ended_at=None,
        passed_on=None,
        attempts=case((outbox.c.first_tried_at.is_(None), 0), else_=outbox.c.attempts),
    )
)


def parts(connection: Connection, digest_id: str) -> Sequence[Row]:
    """As they stand, in the order they were planned."""
    return connection.execute(_PARTS, {"digest": digest_id}).all()


def free(connection: Connection, digest_id: str) -> int:
    """They wait as they did before. Answers how many; what becomes of the message itself is the caller's."""
    return connection.execute(_FREE, {"digest": digest_id}).rowcount
