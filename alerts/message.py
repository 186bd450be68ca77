"""What is told, ready for any way out, and the outbox row that carries it to one recipient."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from alerts.incident import EventKind
from alerts.route import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a mail; other ways out leave it away."""

    name: str
    media_type: str
    """Of text: "text/csv"."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message for every medium. Every text in it is already free of control characters."""

    subject: str
    """One line; begins with the event in a plain word and names service and cause."""
    text: str
    event: EventKind
    check: str = ""
    incident: str = ""
    """Incident id; empty for notices and tests."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The same facts one by one, for webhooks: service, severity, cause, opened_at (ISO 8601), …"""
    language: Language = Language.ENGLISH
    """Urdu texts hold bidi isolates of ours, in pairs."""
    html: str = ""
    """The text as a whole HTML document; "" where there is none."""
    short: str = ""
    """What fits into two SMS; "" takes the subject."""
    attachments: tuple[Attachment, ...] = ()


class NotificationState(Enum):
    PENDING = "pending"
    SENT = "sent"
    REJECTED = "rejected"
    """The channel said it will never take it."""
    DROPPED = "dropped"
    """Nobody needs it any more; `reason` says why."""
    QUARANTINED = "quarantined"
    """The daemon died three times while sending it, or it cannot be read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One outbox row: one message to one recipient over one channel."""

    id: str
    """Dedup key and stem of the Message-ID: stable over restarts, see `notification_id` in alerts.plan."""
    event_id: str
    incident_id: str | None
    receiver: str
    channel: str
    """Name of the channel, `<receiver>-<n>-<kind>`: also the metric label."""
    recipient: str
    """A mailbox for mail, "" where the channel itself is the place."""
    address: str
    """Where it ends up, whatever the channel is called: see `address_of` in alerts.address."""
    message: Message
    urgency: int
    """0 goes first: critical, then warning, then the rest; drills are behind all of these."""
    created_at: datetime
    not_before: datetime
    attempts: int = 0
    """Tries begun; on a claimed row this one is counted."""
    repeat: bool = False
    """True on a claimed row whose former attempt ended in a crash: the recipient may have it already."""
