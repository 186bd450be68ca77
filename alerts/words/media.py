"""Which of a message's texts a way out shows."""

from dataclasses import replace
from typing import Final

from alerts.message import Message
from alerts.route import Medium

#: Apprise services whose messages arrive as SMS.
SMS_SCHEMES: Final = frozenset(
    {
        "twilio", "clickatell", "smseagle", "smseagles", "httpsms", "bulksms", "d7sms", "atalk", "vonage", "sinch",
        "msgbird", "kavenegar", "voipms",
    }
)  # fmt: skip


def usual_medium(scheme: str) -> Medium:
    """What suits an Apprise service whose settings name no medium."""
    return Medium.SHORT if scheme.lower() in SMS_SCHEMES else Medium.PLAIN


def in_medium(message: Message, medium: Medium) -> Message:
    """`message` with no more than `medium` shows. A short one is its own text, subject and all."""
    match medium:
        case Medium.HTML:
            return message
        case Medium.PLAIN:
            return replace(message, html="")
        case Medium.SHORT:
            short = message.short or message.subject
            return replace(message, text=short, short=short, html="", attachments=())
