"""What an IMAP server's refusal means (codes of RFC 5530): pure judging of responses."""

from checks.dialogues.imap import RefusedError, Stage
from checks.dialogues.imap_reply import Reply
from checks.dialogues.refusal_words import refusal, says_in_use, says_it_passes, says_locked_out, says_too_many
from checks.fault import Fault
from checks.model import Cause, Status
from checks.suspension.library import find_suspension
from checks.suspension.signature import Layer, Meaning, Signature

#: Codes that say by themselves why, at whatever step.
_BY_CODE = {
    "AUTHENTICATIONFAILED": Cause.AUTH_FAILED,
    "AUTHORIZATIONFAILED": Cause.AUTH_FAILED,
    # The passphrase has lapsed; suspension_of has seen to accounts that have.
    "EXPIRED": Cause.EXPIRED,
    "PRIVACYREQUIRED": Cause.TLS_MISSING,
    "UNAVAILABLE": Cause.REJECTED,
    "INUSE": Cause.REJECTED,
    "SERVERBUG": Cause.REJECTED,
    "NOPERM": Cause.REJECTED,
    # RFC 9208 §4.5.1, RFC 9051 §7.1: more than the account may do, with whatever password.
    "OVERQUOTA": Cause.REJECTED,
    "LIMIT": Cause.REJECTED,
}

#: Somebody else has the mailbox open: that passes, and shows that the server is well.
_HARMLESS = frozenset({"INUSE"})


def fault_of(refused: RefusedError) -> Fault:
    stage, reply = refused.stage, refused.reply
    status = Status.WARNING if _is_in_use(reply) else None
    return refusal(cause_of(stage, reply), stage.value, refused.said, status=status)


def cause_of(stage: Stage, reply: Reply) -> Cause:
    """Why the server did not consent at `stage`. A bare NO to a login means the password (RFC 9051 §6.2.3)."""
    return _told_by_words(stage, reply) or _told_by_code(stage, reply)


def _told_by_words(stage: Stage, reply: Reply) -> Cause | None:
    text = reply.text.lower()
    if _is_in_use(reply):
        return Cause.REJECTED
    if stage is Stage.LOGIN and _is_locked_out(stage, reply, text):
        return Cause.AUTH_FAILED
    if suspension_of(stage, reply) is not None:
        return Cause.SUSPENDED
    # Dovecot sends UNAVAILABLE with it.
    if says_too_many(text) and reply.code != "AUTHENTICATIONFAILED":
        return Cause.RATE_LIMITED
    return None


def _told_by_code(stage: Stage, reply: Reply) -> Cause:
    if reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    if stage is Stage.STARTTLS:
        return Cause.TLS_MISSING
    if stage is Stage.LOGIN and reply.word == "NO" and not says_it_passes(reply.text.lower()):
        return Cause.AUTH_FAILED
    return Cause.PROTOCOL if reply.word == "BAD" else Cause.REJECTED


def _is_in_use(reply: Reply) -> bool:
    return reply.code in _HARMLESS or (reply.word == "NO" and says_in_use(reply.text.lower()))


def _is_locked_out(stage: Stage, reply: Reply, text: str) -> bool:
    """What says why it was suspended, an unpaid bill say, is believed."""
    signature = suspension_of(stage, reply)
    is_unclear = signature is None or signature.meaning is Meaning.UNCLEAR
    return is_unclear and says_locked_out(text, is_password=reply.code == "AUTHENTICATIONFAILED")


def suspension_of(stage: Stage, reply: Reply) -> Signature | None:
    """How a refusal that reads like a customer cut off was recognised.

    Before the login the server does not know whose account it is: there only its words can tell, not its code.
    """
    return find_suspension(Layer.IMAP, reply.rest, reply.code if stage is Stage.LOGIN else None)
