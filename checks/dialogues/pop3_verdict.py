"""What a POP3 server's refusal means (codes of RFC 2449 §8.1 and RFC 3206 §4): pure judging of responses."""

from checks.dialogues.pop3 import RefusedError, Stage
from checks.dialogues.pop3_reply import Reply
from checks.dialogues.refusal_words import refusal, says_in_use, says_it_passes, says_locked_out, says_too_many
from checks.fault import Fault
from checks.model import Cause, Status
from checks.suspension.library import find_suspension
from checks.suspension.signature import Layer, Meaning, Signature

_BY_CODE = {
    "AUTH": Cause.AUTH_FAILED,
    "LOGIN-DELAY": Cause.RATE_LIMITED,
    "IN-USE": Cause.REJECTED,
    "SYS/TEMP": Cause.REJECTED,
    "SYS/PERM": Cause.REJECTED,
}

#: Somebody else has the maildrop open (RFC 1939 §4: one at a time): that passes, and shows that the server is well.
_HARMLESS = frozenset({"IN-USE"})


def fault_of(refused: RefusedError) -> Fault:
    stage, reply = refused.stage, refused.reply
    status = Status.WARNING if _is_in_use(reply) else None
    return refusal(cause_of(stage, reply), stage.value, refused.said, status=status)


def cause_of(stage: Stage, reply: Reply) -> Cause:
    """Why the server did not consent at `stage`. An -ERR to a login without a code mostly means the password."""
    return _told_by_words(stage, reply) or _told_by_code(stage, reply)


def _told_by_words(stage: Stage, reply: Reply) -> Cause | None:
    text = reply.text.lower()
    if _is_in_use(reply):
        return Cause.REJECTED
    if stage is Stage.LOGIN and _is_locked_out(reply, text):
        return Cause.AUTH_FAILED
    if suspension_of(reply) is not None:
        return Cause.SUSPENDED
    if says_too_many(text) and reply.code != "AUTH":
        return Cause.RATE_LIMITED
    return None


def _told_by_code(stage: Stage, reply: Reply) -> Cause:
    if reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    if stage is Stage.STLS:
        return Cause.TLS_MISSING
    if stage is Stage.LOGIN and not says_it_passes(reply.text.lower()):
        return Cause.AUTH_FAILED
    return Cause.REJECTED


def _is_in_use(reply: Reply) -> bool:
    return reply.code in _HARMLESS or says_in_use(reply.text.lower())


def _is_locked_out(reply: Reply, text: str) -> bool:
    """What says why it was suspended, an unpaid bill say, is believed."""
    signature = suspension_of(reply)
    is_unclear = signature is None or signature.meaning is Meaning.UNCLEAR
    return is_unclear and says_locked_out(text, is_password=reply.code == "AUTH")


def suspension_of(reply: Reply) -> Signature | None:
    """How a refusal that reads like a customer cut off was recognised."""
    return find_suspension(Layer.POP3, reply.rest, reply.code)
