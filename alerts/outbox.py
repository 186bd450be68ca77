"""The outbox as delivery needs it; the store implements it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.message import Notification, NotificationState
from alerts.return_digest import Gathered


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A quarantined row, as far as it can be read: nobody chose not to send it, so somebody must hear of it."""

    notification_id: str
    event_id: str
    receiver: str
    channel: str
    subject: str
    """Of its message; "" where that cannot be read."""
    why: str


class OutcomeRefusedError(Exception):
    """This outcome will never be taken, however often it is tried. The row stays claimed until the next start."""


class Outbox(Protocol):
    """Rows to send, durable. Each call is one transaction; a claimed row is nobody else's until it has an outcome.

    The three calls that record an outcome raise OutcomeRefusedError where trying again is of no use.
    """

    async def claim_next(self, channel: str, now: datetime) -> Notification | None:
        """The most urgent row of `channel` that may go out at `now`, or None.

        Order: urgency, then creation. A row waits while an earlier one of the same incident to the same address is
        pending, so "resolved" never overtakes "down". Rows nobody needs any more are dropped on the way
        (alerts.mute), rows that cannot be read are quarantined: neither holds back the others. The claim is durable
        before this returns: a row claimed twice without an outcome between comes back with `repeat` set.
        """

    async def next_due(self, channel: str) -> datetime | None:
        """When `claim_next` may next have something; None with an empty queue."""

    async def hurry(self, channel: str, now: datetime, *, but: AbstractSet[str]) -> None:
        """`channel` works again: what waits for its next try there is due now, `but` for rows of those ids."""

    async def gather(self, channel: str, now: datetime, what: Gathered) -> bool:
        """Where more than a handful waits for one address, one message takes their place (alerts.return_digest).

        False where nothing may be taken now, as in `claim_next`.
        """

    async def mark_sent(self, notification_id: str, at: datetime, detail: str) -> None: ...

    async def postpone(self, notification_id: str, at: datetime, until: datetime, reason: str, detail: str) -> None: ...

    async def bury(
        self, notification_id: str, at: datetime, state: NotificationState, reason: str, detail: str
    ) -> None:
        """Ends a row unsent: REJECTED, DROPPED or QUARANTINED, with the reason for the delivery log."""
