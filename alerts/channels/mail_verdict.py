"""What the end of an SMTP dialogue means for the message: try again, or never."""

import os
import re
import ssl
from enum import Enum

from aiosmtplib.errors import SMTPException, SMTPResponseException, SMTPServerDisconnected

from alerts.channel import Deferred, Rejected
from alerts.words.escape import one_line
from checks.secret import SecretUnavailableError

#: How long a refused password is left alone, unless it changes: a directory locks accounts that try on.
AUTH_PAUSE_S = 900.0

#: "Service not available, closing transmission channel", at any time (RFC 5321 §3.8).
_CLOSING = 421


class MailReason(Enum):
    """Why a mail did not go out; a metric label."""

    SECRET = "secret"  # noqa: S105  # a word, not a password
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    DISCONNECTED = "disconnected"
    PROTOCOL = "protocol"
    CA_FILE = "ca_file"
    TLS_MISSING = "tls_missing"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_FAILED = "tls_failed"
    AUTH_MISSING = "auth_missing"
    AUTH_FAILED = "auth_failed"
    TEMPORARY = "temporary"
    RELAY_REFUSED = "relay_refused"
    RECIPIENT_REFUSED = "recipient_refused"
    MESSAGE_REFUSED = "message_refused"
    BAD_ADDRESS = "bad_address"


class Stage(Enum):
    """How far the dialogue came; the words complete "while …"."""

    CONNECT = "connecting"
    HELLO = "greeting"
    TLS = "starting TLS"
    LOGIN = "logging in"
    SENDER = "naming the sender"
    RECIPIENT = "naming the recipient"
    MESSAGE = "handing over the message"


def verdict(stage: Stage, error: Exception) -> Deferred | Rejected:
    """What `error`, raised at `stage`, means. Only a refused recipient or message is for ever.

    A wrong password, an untrusted certificate, a relay that wants nothing of us: all of it is about the relay and
    is mended there or in the settings, so the rows wait for that.
    """
    match error:
        case SecretUnavailableError():
            return _later(MailReason.SECRET, str(error))
        case SMTPResponseException():
            return _of_reply(stage, error.code, error.message)
        case TimeoutError():
            return _later(MailReason.TIMEOUT, f"no end within the time, while {stage.value}")
        case SMTPServerDisconnected() if not isinstance(error.__cause__, ssl.SSLError):
            return _later(MailReason.DISCONNECTED, f"the relay hung up while {stage.value}")
        case _:
            return _of_failure(stage, error)


def _of_failure(stage: Stage, error: Exception) -> Deferred:
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _later(MailReason.TLS_UNTRUSTED, f"the relay's certificate: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError):
        return _later(MailReason.TLS_FAILED, cause.reason or "handshake failed")
    if isinstance(error, OSError):
        return _later(MailReason.UNREACHABLE, f"{_system_words(cause or error)}, while {stage.value}")
    if isinstance(error, SMTPException) and stage is Stage.TLS:
        return _later(MailReason.TLS_MISSING, "the relay offers no STARTTLS; nothing was sent")
    if isinstance(error, SMTPException) and stage is Stage.LOGIN:
        return _later(MailReason.AUTH_MISSING, "the relay offers no login we speak (PLAIN, LOGIN, CRAM-MD5)")
    return _later(MailReason.PROTOCOL, f"{type(error).__name__} while {stage.value}")


def _system_words(error: BaseException) -> str:
    """Like "Connection refused": the system's own words, without numbers and what a library puts around them."""
    number = error.errno if isinstance(error, OSError) else None
    if number is not None and number > 0:  # look-ups have numbers below
        return os.strerror(number)
    words = error.strerror if isinstance(error, OSError) else None
    return words or str(error) or type(error).__name__


def _of_reply(stage: Stage, code: int, text: str) -> Deferred | Rejected:
    # What a server says to a login may repeat the login.
    said = f"{code} while {stage.value}" if stage is Stage.LOGIN else f"{code} {text}"
    match code // 100, stage:
        case 4, _:
            about_it = stage in {Stage.RECIPIENT, Stage.MESSAGE} and code != _CLOSING
            return Deferred(MailReason.TEMPORARY.value, one_line(said), only_this=about_it)
        case 5, Stage.LOGIN:
            return _later(MailReason.AUTH_FAILED, said, AUTH_PAUSE_S)
        case 5, Stage.RECIPIENT if not _is_policy(text):
            return Rejected(MailReason.RECIPIENT_REFUSED.value, one_line(said))
        case 5, Stage.MESSAGE:
            return Rejected(MailReason.MESSAGE_REFUSED.value, one_line(said))
        case 5, _:
            return _later(MailReason.RELAY_REFUSED, said)
        case _:
            return _later(MailReason.PROTOCOL, f"an answer that is no SMTP reply, while {stage.value}")


def _is_policy(text: str) -> bool:
    """RFC 3463 §3.8: X.7.x is about permission. "Relay access denied" says nothing against the recipient."""
    return re.match(r"5\.7\.\d", text) is not None


def _later(reason: MailReason, detail: str, retry_after_s: float | None = None) -> Deferred:
    return Deferred(reason.value, one_line(detail), retry_after_s)
