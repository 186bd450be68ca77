"""What it means that a look failed: one verdict for the runner and for kinds that look at several things in a run."""

from asyncio import CancelledError

from checks.model import Cause, Status
from checks.network.errors import ProbeError
from checks.secret import SecretUnavailableError

#: Causes that say something about us rather than about the target: no evidence either way.
OURS: frozenset[Cause] = frozenset({Cause.BLIND, Cause.BUG, Cause.STALE, Cause.RATE_LIMITED, Cause.UNPARSABLE})


def verdict(error: BaseException, timeout_s: float) -> tuple[Status, Cause, str]:
    """Status, cause and one line for people, for what ended a look that was given `timeout_s`."""
    match error:
        case ProbeError(cause=cause, detail=detail):
            return Status.UNKNOWN if cause in OURS else Status.CRITICAL, cause, detail
        case TimeoutError(__cause__=CancelledError(__cause__=ProbeError() as reason)):
            # What the look waited for when it was cut knows better: a name server, say, and not the target.
            return verdict(reason, timeout_s)
        case TimeoutError():
            return Status.CRITICAL, Cause.TIMEOUT, f"no complete answer within {timeout_s:g} s"
        case SecretUnavailableError():
            return Status.UNKNOWN, Cause.BLIND, str(error)
        case _:
            # Only the type: a plugin's message may carry what it was sent.
            return Status.UNKNOWN, Cause.BUG, f"the check itself failed ({type(error).__name__})"
