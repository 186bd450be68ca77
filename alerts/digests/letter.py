"""A list as a message, for every medium."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from alerts.incident import EventKind
from alerts.message import Attachment, Message
from alerts.route import Language
from alerts.words.blocks import Block
from alerts.words.html import html
from alerts.words.plain import plain
from alerts.words.sms import fitted

_NOTHING: Final[Mapping[str, str]] = {}


def digest_message(
    subject: str,
    blocks: Sequence[Block],
    *,
    language: Language,
    now: datetime,
    short: tuple[str, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    event: EventKind = EventKind.DIGEST,
    fields: Mapping[str, str] = _NOTHING,
) -> Message:
    """A list for every medium; `fields` go beside those of every message."""
    return Message(
        subject=subject,
        text=plain(blocks, language),
        event=event,
        fields={**fields, "event": event.value, "subject": subject, "at": now.isoformat(), "severity": "warning"},
        language=language,
        html=html(subject, blocks, language),
        short=fitted(short or (subject,)),
        attachments=attachments,
    )
