"""What a mail server's refusal means: pure judging of replies."""

import re

from checks.mail.smtp_dialogue import Stage
from checks.mail.smtp_reply import Reply
from checks.model import Cause, Status

#: Enhanced codes by their last two parts: mailbox disabled (RFC 3463 X.2.1), account disabled (RFC 5248 X.7.13).
_SUSPENDED_CODES = ("2.1", "7.13")

#: Words of providers that cut a customer off, lower case, in one line.
_SUSPENDED_WORDS = (
    "has been suspended",
    "is suspended",
    "is currently suspended",
    "currently suspended",
    "account suspended",
    "user suspended",
    "mailbox suspended",
    "domain suspended",
    "service suspended",
    "user or domain is disabled",
    "mailbox is disabled",
    "mailbox disabled",
    "account is disabled",
    "account disabled",
    "inactive account",
    "mailbox is frozen",
    "account is locked",
    "user is terminated",
    "outgoing mail suspension",
    "outgoing mail hold",
)

_GREYLIST_WORDS = re.compile(r"gr[ae]y-?\s?list|postgrey")
_TOO_MANY_WORDS = re.compile(r"too many (?:concurrent )?(?:connections|sessions)|rate limit|connection rate")

#: 454 is a login server that is down; these say that the name or password is wrong (RFC 4954 §6).
_LOGIN_REFUSED = frozenset({530, 534, 535, 538})


def cause_of(stage: Stage, reply: Reply) -> Cause:
    """Why the server did not consent at `stage`."""
    text = reply.text.lower()
    if is_suspension(reply):
        return Cause.SUSPENDED
    if stage is Stage.AUTH and (reply.code in _LOGIN_REFUSED or reply.enhanced == "5.7.8"):
        return Cause.AUTH_FAILED
    if stage is Stage.STARTTLS:
        return Cause.TLS_MISSING
    if reply.is_temporary and (_GREYLIST_WORDS.search(text) or _asks_to_come_again(stage, reply)):
        return Cause.GREYLISTED
    if reply.is_temporary and _TOO_MANY_WORDS.search(text):
        return Cause.RATE_LIMITED
    return Cause.REJECTED if reply.code >= 400 else Cause.PROTOCOL  # noqa: PLR2004  # RFC 5321 §4.2.1


def is_suspension(reply: Reply) -> bool:
    """Whether a refusal reads like a customer cut off."""
    if reply.code < 400:  # noqa: PLR2004  # RFC 5321 §4.2.1: consent or a question
        return False
    detail = (reply.enhanced or "").partition(".")[2]
    text = reply.text.lower()
    return detail in _SUSPENDED_CODES or any(words in text for words in _SUSPENDED_WORDS)


def status_of(cause: Cause) -> Status:
    """Greylisting passes by itself and stops no mail; a server that we ask too often tells us nothing."""
    match cause:
        case Cause.GREYLISTED:
            return Status.WARNING
        case Cause.RATE_LIMITED:
            return Status.UNKNOWN
        case _:
            return Status.CRITICAL


def _asks_to_come_again(stage: Stage, reply: Reply) -> bool:
    """RFC 6647 §5.1: greylisting answers 4yz, mostly 450 or 451 with 4.7.1, before the message is taken."""
    return stage in {Stage.MAIL, Stage.RCPT} and reply.code in {450, 451} and reply.enhanced == "4.7.1"
