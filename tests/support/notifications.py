"""Rows of an outbox, with what a test is not about filled in."""

from dataclasses import replace
from datetime import datetime

from alerts.incident import EventKind
from alerts.message import Message, Notification
from tests.support.virtual_loop import EPOCH

MESSAGE = Message(
    subject="DOWN Official e-mail: mx1.example.gov.pk refuses connections",
    text="Since 09:00.\nCall Acme NOC.",
    event=EventKind.OPENED,
    check="mx/mx1.example.gov.pk",
    incident="inc1",
    fields={"service": "official-email", "severity": "critical"},
)


def message(
    event: EventKind = EventKind.OPENED, *, subject: str = MESSAGE.subject, text: str = MESSAGE.text
) -> Message:
    return replace(MESSAGE, event=event, subject=subject, text=text)


def notification(  # every field of a row, so that tests name only what they are about
    name: str = "n1",
    *,
    content: Message = MESSAGE,
    incident_id: str | None = "inc1",
    channel: str = "on-call-1-mail",
    recipient: str = "noc@example.org",
    address: str | None = None,
    urgency: int = 0,
    created_at: datetime = EPOCH,
    not_before: datetime | None = None,
    attempts: int = 1,
    repeat: bool = False,
) -> Notification:
    return Notification(
        id=name,
        event_id=f"event-{name}",
        incident_id=incident_id,
        receiver="on-call",
        channel=channel,
        recipient=recipient,
        address=address or f"mail:{recipient}",
        message=content,
        urgency=urgency,
        created_at=created_at,
        not_before=not_before or created_at,
        attempts=attempts,
        repeat=repeat,
    )
