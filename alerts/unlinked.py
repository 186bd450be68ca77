"""A message without its signed links: whoever it was not made for must not act in the name of whoever it was."""

import re
from dataclasses import replace
from typing import Final

from alerts.links import PATH
from alerts.message import Message
from alerts.route import Language

_SIGNED: Final = re.compile(rf"https?://[^\s<>\"]*?{re.escape(PATH)}[\w.-]+", re.ASCII)

_INSTEAD: Final = {
    Language.ENGLISH: "(this link was made for somebody else)",
    Language.URDU: "(یہ ربط کسی اور کے لیے تھا)",
}


def without_links(message: Message) -> Message:
    """The same where there are none; else as plain text, each link replaced by why it is not there."""
    instead = _INSTEAD[message.language]
    texts = [message.text, message.short, message.html, *(one.text for one in message.attachments)]
    if not any(_SIGNED.search(one) for one in texts):
        return message
    return replace(
        message,
        text=_SIGNED.sub(instead, message.text),
        short=_SIGNED.sub(instead, message.short),
        html="",
        attachments=tuple(replace(one, text=_SIGNED.sub(instead, one.text)) for one in message.attachments),
    )
