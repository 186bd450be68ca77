"""What listings answer with: frozen values, never rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from alerts.incident import EventKind, Incident
from alerts.links import Action
from alerts.message import NotificationState
from checks.model import Cause, CheckId, Status


@dataclass(frozen=True, slots=True)
class Dated:
    """What is said of a subject that has a deadline: a few words of a record that has hundreds."""

    check_id: CheckId
    subject: str
    status: Status
    cause: Cause
    summary: str
    at: datetime
    act_by: datetime | None

    @property
    def by(self) -> datetime:
        """When to act, else when it lapses or falls due."""
        return self.act_by or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One change of an incident, as it stood then."""

    id: str
    kind: EventKind
    at: datetime
    rung: str | None
    severity: Status
    cause: Cause
    summary: str
    by: str = ""
    note: str = ""
    until: datetime | None = None
    """How long an acknowledgement was to last; None until it is well."""


class InOne(Enum):
    """How the one message stands in which a notification is told together with others."""

    TOLD = "told"
    TOLD_OTHERWISE = "told otherwise"
    """Over another channel than it was to go."""
    WAITS = "waits"
    NOT_TOLD = "not told"
    """It did not go, and nothing stands in for it; what was freed of it has later lines of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One outcome of one notification. `state` PENDING is a postponement: another try follows."""

    notification_id: str
    event: EventKind
    receiver: str
    channel: str
    recipient: str
    at: datetime
    state: NotificationState
    reason: str
    detail: str
    repeat: bool
    stands_for: str | None = None
    """The notification that could not be sent, in whose place this one went another way."""
    in_one: InOne | None = None
    """None where it was to go by itself. Else `detail` is the notification in which it is told."""

    @property
    def is_told(self) -> bool:
        return self.state is NotificationState.SENT or self.in_one in {InOne.TOLD, InOne.TOLD_OTHERWISE}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUse:
    """What somebody did by a signed link. `about` and `answer` are "" unless it answers a question."""

    nonce: str
    at: datetime
    action: Action
    incident_id: str | None
    receiver: str
    about: str = ""
    answer: str = ""
    already_by: str = ""
    """Who was at it already, so that nothing was changed; "" where the link did what it says."""

    @property
    def has_changed(self) -> bool:
        return not self.already_by


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One outcome of something the daemon said of itself."""

    subject: str
    delivery: DeliveryLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """One outcome of anything that was to be told, with the subject of its message."""

    subject: str
    incident_id: str | None
    delivery: DeliveryLine


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """One notification that has not come to its end."""

    notification_id: str
    event: EventKind
    receiver: str
    channel: str
    recipient: str
    due_at: datetime
    """When it is tried, or tried again; in the past while it is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentHistory:
    """An incident with all that happened to it, oldest first."""

    incident: Incident
    events: tuple[EventLine, ...]
    deliveries: tuple[DeliveryLine, ...]
    waiting: tuple[WaitingLine, ...]
    """What is still to be told, in the order it was planned."""
    answers: tuple[LinkUse, ...] = ()
    """What people did by the links of its messages."""
    parts: tuple[Incident, ...] = ()
    """Incidents that it explains, and that nobody was told of by themselves; the first to open first."""

    def channel_of(self, notification_id: str | None) -> str | None:
        """Over which a message was to go that was tried; None where that is not known."""
        return next((line.channel for line in self.deliveries if line.notification_id == notification_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in the outbox for one channel."""

    count: int
    oldest: datetime
    """When the first of them may go out: what waits for its settling or for office hours is not late before."""
