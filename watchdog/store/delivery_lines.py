"""Rows of the delivery log as listings answer with them, and how the message stands into which one was gathered."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, select

from alerts.message import NotificationState
from alerts.return_digest import IN_DIGEST
from watchdog.store.rows import Row
from watchdog.store.tables import outbox
from watchdog.store.told_otherwise import is_reached
from watchdog.store.views import DeliveryLine, InOne

_STANDING = select(outbox.c.state, outbox.c.passed_on).where(outbox.c.id == bindparam("of_row"))


class DeliveryLines:
    """Of one reading: each message in which others are told is looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, InOne] = {}

    def line(self, row: Row) -> DeliveryLine:
        return DeliveryLine(
            notification_id=row.notification_id,
            event=row.event,
            receiver=row.receiver,
            channel=row.channel,
            recipient=row.recipient,
            at=row.at,
            state=row.state,
            reason=row.reason,
            detail=row.detail,
            repeat=row.repeat,
            stands_for=row.stands_for,
            in_one=self._in_one(row),
        )

    def _in_one(self, row: Row) -> InOne | None:
        if row.state is not NotificationState.DROPPED or row.reason != IN_DIGEST:
            return None
        own = self._connection.execute(_STANDING, {"of_row": row.notification_id}).one().passed_on or ""
        if own:  # that message was refused, and each of those it told went its own way
            return self._of_its_own(own)
        if row.detail not in self._known:
            self._known[row.detail] = _standing(list(self._states(row.detail)))
        return self._known[row.detail]

    def _of_its_own(self, passed_on: str) -> InOne:
        if is_reached(self._connection, passed_on):
            return InOne.TOLD_OTHERWISE
        return _standing([state for row_id in passed_on.split() for state in self._states(row_id)])

    def _states(self, row_id: str) -> Iterator[NotificationState]:
        """Of a message, then of all that stand in for it."""
        found = self._connection.execute(_STANDING, {"of_row": row_id}).first()
        if found is not None:
            yield found.state
            for other in (found.passed_on or "").split():
                yield from self._states(other)


def _standing(states: Sequence[NotificationState]) -> InOne:
    if NotificationState.SENT in states:
        return InOne.TOLD if states[0] is NotificationState.SENT else InOne.TOLD_OTHERWISE
    return InOne.WAITS if NotificationState.PENDING in states else InOne.NOT_TOLD
