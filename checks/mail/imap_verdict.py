"""What an IMAP server's refusal means (codes of RFC 5530): pure judging of responses."""

from checks.dialogues.imap import RefusedError, Stage
from checks.dialogues.imap_reply import Reply
from checks.fault import Fault
from checks.mail.refusal_words import refusal, says_it_passes, says_too_many
from checks.model import Cause, Status
from checks.suspension.library import find_suspension
from checks.suspension.signature import Layer, Signature

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
}

#: Somebody else has the mailbox open: that passes, and shows that the server is well.
_HARMLESS = frozenset({"INUSE"})


def fault_of(refused: RefusedError) -> Fault:
    stage, reply = refused.stage, refused.reply
    status = Status.WARNING if reply.code in _HARMLESS else None
    return refusal(cause_of(stage, reply), stage.value, refused.said, status=status)


def cause_of(stage: Stage, reply: Reply) -> Cause:
    """Why the server did not consent at `stage`. A bare NO to a login means the password (RFC 9051 §6.2.3)."""
    text = reply.text.lower()
    if suspension_of(stage, reply) is not None:
        return Cause.SUSPENDED
    # Dovecot sends UNAVAILABLE with it.
    if says_too_many(text) and reply.code != "AUTHENTICATIONFAILED":
        return Cause.RATE_LIMITED
    if reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    if stage is Stage.STARTTLS:
        return Cause.TLS_MISSING
    if stage is Stage.LOGIN and reply.word == "NO" and not says_it_passes(text):
        return Cause.AUTH_FAILED
    return Cause.PROTOCOL if reply.word == "BAD" else Cause.REJECTED


def suspension_of(stage: Stage, reply: Reply) -> Signature | None:
    """How a refusal that reads like a customer cut off was recognised.

    Before the login the server does not know whose account it is: there only its words can tell, not its code.
    """
    return find_suspension(Layer.IMAP, reply.rest, reply.code if stage is Stage.LOGIN else None)
