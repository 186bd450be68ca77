"""What the words of a refusal say, whatever the protocol: pure, over one line in lower case."""

import re

from checks.fault import Fault
from checks.model import Cause, Status

_TOO_MANY = re.compile(
    r"too many (?:concurrent |simultaneous |open )?"
    r"(?:connections|sessions|(?:failed )?log-?ins?\b|(?:failed )?(?:login|auth\w*) attempts)"
    r"|maximum number of connections|(?:session|connection) limit|rate[- ]limit|connection rate"
    r"|too (?:quickly|fast|frequently)|at a rate that|unusual rate"
)
_PASSES = re.compile(
    r"temporar|\bunavailable|try (?:again|later)|(?:internal|server|system) error|timed? ?out|not responding"
    r"|maintenance"
)


def says_too_many(text: str) -> bool:
    """We, or all who share our address, ask more often than the server likes."""
    return _TOO_MANY.search(text) is not None


def says_it_passes(text: str) -> bool:
    """The server has a trouble of its own, so that nothing is said about the name or the password."""
    return _PASSES.search(text) is not None


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
