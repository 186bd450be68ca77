"""Logins refused, counted over runs: a wrong password must not lock the account, nor get this machine banned."""

from datetime import UTC, datetime, timedelta

from checks.fault import Fault
from checks.model import Cause, Status
from checks.plugin import CheckContext, Memory
from checks.wording import moment

#: A slip of the server is told from a wrong password by asking again, so often.
_TRIES = 3
#: Then so long between two. Guards against guessers commonly ban after five refusals within ten minutes.
_REST = timedelta(minutes=5)
_KEY = "refused_logins"

#: What guards count. A customer cut off is no guesser, and to see the end of that soon matters.
_COUNTED = frozenset({Cause.AUTH_FAILED, Cause.EXPIRED})


def fault_of_rest(ctx: CheckContext, user: str) -> Fault | None:
    """What to say instead of trying once more; None where the login may be tried."""
    count, last = _recalled(ctx.memory, user)
    if count < _TRIES or not last <= ctx.now < last + _REST:
        return None
    zone = ctx.estate.time_zone
    text = f"refused the login {count} times, last at {moment(last, zone)}; tried again at {moment(last + _REST, zone)}"
    return Fault(Cause.AUTH_FAILED, Status.CRITICAL, f"{text}, so that the account is not locked")


def note_login(ctx: CheckContext, user: str, fault: Fault | None) -> None:
    """Remember how a login ended; None where the user was let in."""
    if fault is None:
        if ctx.memory.get(_KEY) is not None:
            ctx.memory.set(_KEY, None)
    elif fault.cause in _COUNTED:
        count, _ = _recalled(ctx.memory, user)
        ctx.memory.set(_KEY, {"user": user, "count": count + 1, "last": ctx.now.timestamp()})


def _recalled(memory: Memory, user: str) -> tuple[int, datetime]:
    """How many refusals in a row, and the last; none where another user was refused."""
    match memory.get(_KEY):
        case {"user": str(name), "count": int(count), "last": float(last)} if name == user:
            return count, datetime.fromtimestamp(last, UTC)
        case _:
            return 0, datetime.min.replace(tzinfo=UTC)
