"""What the words of a refusal say, whatever the protocol: pure, over one line in lower case."""

import re

from checks.fault import Fault
from checks.model import Cause, Status

_TOO_MANY = re.compile(
    r"too many (?:(?:concurrent|simultaneous|open|smtp|imap|pop3?) )*"
    r"(?:connections|sessions|(?:failed )?log-?ins?\b|(?:failed )?(?:login|auth\w*) attempts)"
    r"|maximum number of (?:(?:concurrent|simultaneous|open|smtp|imap|pop3?) )*connections"
    r"|(?:session|connection) limit|rate[- ]limit|connection rate"
    r"|too (?:quickly|fast|frequently)|at a rate that|unusual rate"
)
_PASSES = re.compile(
    r"temporar|\bunavailable|try (?:again|later)|(?:internal|server|system) error|timed? ?out|not responding"
    r"|maintenance"
)
#: Guards against guessers that locked the account, rather than a provider that is owed money.
_FAILURES = re.compile(
    r"too many (?:\w+ )?(?:failures|failed|invalid|wrong|incorrect|unsuccessful|bad)"
    r"|too many (?:\w+ )?(?:log-?in|password|auth\w*|attempts|tries)"
    r"|(?:failed|invalid|wrong|incorrect|unsuccessful|bad) (?:\w+ )?(?:log-?ins?|attempts|tries|passwords)"
)
_LOCKED = re.compile(r"\block(?:ed|-?out)\b")
_BARRED = re.compile(r"\b(?:lock(?:ed|-?out)|disabled|suspended|blocked|deactivated)\b")
_IN_USE = re.compile(
    r"(?:mailbox|maildrop)\b.{0,20}\b(?:already|currently) (?:locked|open|in use)"
    r"|(?:mailbox|maildrop)\b.{0,20}\b(?:locked|in use|open(?:ed)?) (?:by|in)\b"
    r"|(?:mailbox|maildrop) (?:is )?(?:busy|in use)"
    r"|another (?:pop3?|imap4?) (?:session|connection)"
)
_NOT_THE_PASSWORD = re.compile(r"authenticated but not connected|via your web browser")


def says_locked_out(text: str, *, is_password: bool) -> bool:
    """The account is barred by wrong passwords; `is_password`: by its code the refusal speaks of the password."""
    return _BARRED.search(text) is not None and (
        _FAILURES.search(text) is not None or (is_password and _LOCKED.search(text) is not None)
    )


def says_in_use(text: str) -> bool:
    """Somebody else has the mailbox open (RFC 1939 §4: one at a time): that passes, and shows a server that is well."""
    return _IN_USE.search(text) is not None


def says_too_many(text: str) -> bool:
    """We, or all who share our address, ask more often than the server likes."""
    return _TOO_MANY.search(text) is not None


def says_it_passes(text: str) -> bool:
    """The server has a trouble of its own, so that nothing is said about the name or the password."""
    return _PASSES.search(text) is not None or _NOT_THE_PASSWORD.search(text) is not None


def refusal(cause: Cause, step: str, said: str, *, status: Status | None = None) -> Fault:
    """The fault that a refusal is; without a `status` as grave as its cause."""
    return Fault(cause, status or status_of(cause), f"answers {step} with {said}")


def status_of(cause: Cause) -> Status:
    """Greylisting passes by itself and stops no mail; a server that we ask too often tells us nothing."""
    match cause:
        case Cause.GREYLISTED:
            return Status.WARNING
        case Cause.RATE_LIMITED:
            return Status.UNKNOWN
        case _:
            return Status.CRITICAL
