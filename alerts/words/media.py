"""Which of a message's texts a way out shows."""

import re
from dataclasses import replace
from typing import Final

from alerts.message import Message
from alerts.route import Medium

#: Apprise services whose messages arrive as SMS.
SMS_SCHEMES: Final = frozenset(
    {
        "twilio", "clickatell", "smseagle", "smseagles", "httpsms", "bulksms", "d7sms", "atalk", "vonage", "sinch",
        "msgbird", "infobip", "kavenegar", "voipms",
    }
)  # fmt: skip

#: Those whose servers obey Markdown, and call people by their @names, whatever they are told of a text's form.
#: For the others Apprise escapes it.
MARKDOWN_SCHEMES: Final = frozenset({"discord", "mmost", "mmosts", "zulip", "nctalk", "nctalks"})

#: Names by which chats call everybody.
_CALLS: Final = re.compile(r"@(?=(?:all|here|channel|everyone|room)\b)", re.IGNORECASE)

_FENCE: Final = "```"
_FENCES: Final = re.compile("`{3,}")
_CUT: Final = "…"


def fenced(text: str, max_chars: int) -> str:
    """`text` in a fence, in which Markdown is shown and nobody is called; with the fence at most `max_chars` long."""
    safe = _FENCES.sub(lambda run: "'" * len(run[0]), text)
    room = max_chars - 2 * len(_FENCE) - 2
    shown = safe if len(safe) <= room else safe[: room - len(_CUT)] + _CUT
    return f"{_FENCE}\n{shown}\n{_FENCE}"


def calling_nobody(text: str) -> str:
    """`text` in which no name calls everybody in a chat."""
    return _CALLS.sub("@ ", text)


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
