"""What a mail server's refusal means: pure judging of replies."""

import re

from checks.dialogues.refusal_words import refusal, says_locked_out, says_too_many
from checks.dialogues.smtp import RefusedError, Stage
from checks.dialogues.smtp_reply import Reply
from checks.fault import Fault
from checks.model import Cause
from checks.suspension.library import find_suspension
from checks.suspension.signature import Layer, Meaning, Signature

_GREYLIST_WORDS = re.compile(r"gr[ae]y-?\s?list|postgrey")
#: What early greylisting in Exim answers with, by no code of its own.
_NOT_YET_WORDS = re.compile(r"not yet authori[sz]ed to deliver mail")
_COME_AGAIN_WORDS = re.compile(r"(?:come back|try again|retry)(?: \w+)? ?(?:later|in\b|after\b)")

#: 454 is a login server that is down; these say that the name or password is wrong, or no longer enough (RFC 4954 §6).
_LOGIN_REFUSED = frozenset({432, 530, 534, 535})
#: Credentials invalid, mechanism too weak, a password transition needed (RFC 5248, X.7.8, X.7.9, X.7.12).
_LOGIN_REFUSED_ENHANCED = frozenset({"5.7.8", "5.7.9", "4.7.12"})

#: Encryption needed, for this or for such a login (RFC 5248, X.7.10 and X.7.11, with the codes that go with them).
_TLS_WANTED = frozenset({523, 524, 538})
_TLS_WANTED_ENHANCED = frozenset({"5.7.10", "5.7.11"})
#: RFC 3207 §4: 530 to all but a few verbs before STARTTLS, the same code that asks for a login.
_STARTTLS_WANTED = re.compile(r"\bstarttls\b")

#: A flood of mail (RFC 5248, X.7.28): only where it is said to pass, it is our own pace.
_FLOOD = "4.7.28"


def fault_of(refused: RefusedError) -> Fault:
    return refusal(cause_of(refused.stage, refused.reply), refused.stage.value, refused.said)


def cause_of(stage: Stage, reply: Reply) -> Cause:
    """Why the server did not consent at `stage`.

    A full mailbox (X.2.2), a full disk (X.3.1), an unknown address (X.1.1) and all that is said for reasons of policy
    have no cause of their own: the server understood and said no.
    """
    return _told_by_words(stage, reply) or _told_by_code(stage, reply)


def _told_by_words(stage: Stage, reply: Reply) -> Cause | None:
    text = reply.text.lower()
    if stage is Stage.AUTH and _is_locked_out(reply, text):
        return Cause.AUTH_FAILED
    if suspension_of(reply) is not None:
        return Cause.SUSPENDED
    if reply.is_temporary and (says_too_many(text) or reply.enhanced == _FLOOD):
        return Cause.RATE_LIMITED
    return None


def _told_by_code(stage: Stage, reply: Reply) -> Cause:
    text = reply.text.lower()
    if stage is Stage.STARTTLS or _wants_tls(reply, text):
        return Cause.TLS_MISSING
    if stage is Stage.AUTH and (reply.code in _LOGIN_REFUSED or reply.enhanced in _LOGIN_REFUSED_ENHANCED):
        return Cause.AUTH_FAILED
    if reply.is_temporary and (
        _GREYLIST_WORDS.search(text) or _NOT_YET_WORDS.search(text) or _asks_to_come_again(stage, reply)
    ):
        return Cause.GREYLISTED
    return Cause.REJECTED if reply.code >= 400 else Cause.PROTOCOL  # noqa: PLR2004  # RFC 5321 §4.2.1


def _is_locked_out(reply: Reply, text: str) -> bool:
    """What says why it was suspended, an unpaid bill say, is believed; so is the code of a disabled account."""
    signature = suspension_of(reply)
    is_unclear = signature is None or (signature.meaning is Meaning.UNCLEAR and not signature.codes)
    return is_unclear and says_locked_out(text, is_password=reply.code in _LOGIN_REFUSED)


def suspension_of(reply: Reply) -> Signature | None:
    """How a refusal that reads like a customer cut off was recognised."""
    if not (reply.is_temporary or reply.is_permanent):
        return None
    return find_suspension(Layer.SMTP, " ".join(reply.lines), reply.enhanced)


def _wants_tls(reply: Reply, text: str) -> bool:
    return (
        reply.code in _TLS_WANTED
        or reply.enhanced in _TLS_WANTED_ENHANCED
        or (reply.code == 530 and _STARTTLS_WANTED.search(text) is not None)  # noqa: PLR2004  # see above
    )


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
