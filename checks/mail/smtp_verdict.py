"""What a mail server's refusal means: pure judging of replies."""

import re

from checks.dialogues.smtp import Stage
from checks.dialogues.smtp_reply import Reply
from checks.model import Cause, Status

#: Account disabled (RFC 5248 X.7.13).
_ACCOUNT_DISABLED = "5.7.13"

#: Mailbox disabled (RFC 3463 X.2.1): said of many other things too, so it counts only with a word to that effect.
_MAILBOX_DISABLED = "5.2.1"
_DISABLED_WORDS = re.compile(r"suspend|disabled|inactive|deactivated|locked|frozen|terminated|closed")

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
_COME_AGAIN_WORDS = re.compile(r"(?:come back|try again|retry)(?: \w+)? ?(?:later|in\b|after\b)")
_TOO_MANY_WORDS = re.compile(
    r"too many (?:concurrent )?(?:connections|sessions|(?:failed )?log-?ins?\b|(?:failed )?(?:login|auth\w*) attempts)"
    r"|rate[- ]limit|connection rate|too (?:quickly|fast|frequently)|at a rate that"
)

#: 454 is a login server that is down; these say that the name or password is wrong (RFC 4954 §6).
_LOGIN_REFUSED = frozenset({530, 534, 535, 538})


def cause_of(stage: Stage, reply: Reply) -> Cause:
    """Why the server did not consent at `stage`."""
    text = reply.text.lower()
    if is_suspension(reply):
        return Cause.SUSPENDED
    if stage is Stage.AUTH and (reply.code in _LOGIN_REFUSED or reply.enhanced == "5.7.8"):
        return Cause.AUTH_FAILED
    if reply.is_temporary and _TOO_MANY_WORDS.search(text):
        return Cause.RATE_LIMITED
    if stage is Stage.STARTTLS:
        return Cause.TLS_MISSING
    if reply.is_temporary and (_GREYLIST_WORDS.search(text) or _asks_to_come_again(stage, reply)):
        return Cause.GREYLISTED
    return Cause.REJECTED if reply.code >= 400 else Cause.PROTOCOL  # noqa: PLR2004  # RFC 5321 §4.2.1


def is_suspension(reply: Reply) -> bool:
    """Whether a refusal reads like a customer cut off."""
    if reply.code < 400:  # noqa: PLR2004  # RFC 5321 §4.2.1: consent or a question
        return False
    text = reply.text.lower()
    return (
        reply.enhanced == _ACCOUNT_DISABLED
        or (reply.enhanced == _MAILBOX_DISABLED and _DISABLED_WORDS.search(text) is not None)
        or any(words in text for words in _SUSPENDED_WORDS)
    )


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
    """RFC 6647 §5.1: greylisting answers 4yz, mostly 450 or 451 with 4.7.1, before the message is taken.

    The code alone says nothing: Postfix refuses a client without a reverse name by it, and goes on doing so.
    """
    return (
        stage in {Stage.MAIL, Stage.RCPT}
        and reply.code in {450, 451}
        and reply.enhanced == "4.7.1"
        and "client host rejected" not in reply.text.lower()
        and _COME_AGAIN_WORDS.search(reply.text.lower()) is not None
    )
