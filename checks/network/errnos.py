"""The border where the kernel's errors become causes."""

import errno
import socket
from collections.abc import Callable, Mapping

from checks.model import Cause
from checks.network.errors import BlindError, ProbeError, StarvedError

#: Says something about the target.
_TARGET: Mapping[int, tuple[Cause, str]] = {
    errno.ECONNREFUSED: (Cause.REFUSED, "connection refused"),
    errno.ETIMEDOUT: (Cause.TIMEOUT, "no answer to the connection attempt"),
    errno.EHOSTUNREACH: (Cause.UNREACHABLE, "host unreachable"),
    errno.ENETUNREACH: (Cause.UNREACHABLE, "network unreachable"),
    errno.EHOSTDOWN: (Cause.UNREACHABLE, "host down"),
    errno.ECONNRESET: (Cause.PROTOCOL, "connection reset by the peer"),
    errno.ECONNABORTED: (Cause.PROTOCOL, "connection aborted"),
    errno.EPIPE: (Cause.PROTOCOL, "connection closed by the peer"),
}

#: We have run out of something.
_STARVED: Mapping[int, str] = {
    errno.EMFILE: "no file descriptors left in this process",
    errno.ENFILE: "no file descriptors left on this machine",
    errno.ENOBUFS: "no buffer space left on this machine",
    errno.ENOMEM: "no memory left on this machine",
    errno.EADDRNOTAVAIL: "no local address or port left to connect from",
}

#: Says something about us.
_OURS: Mapping[int, str] = {
    errno.EAFNOSUPPORT: "this machine does not speak that family of addresses",
    errno.ENETDOWN: "this machine's network is down",
    errno.EPERM: "this machine's own firewall refuses the connection",
    errno.EACCES: "this machine's own routes or firewall refuse the connection",
}


def has_route(address: str) -> bool:
    """Whether the kernel knows a way to `address`; connecting a datagram socket asks it and sends nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((address, 9))
    except OSError:
        return False
    return True


def probe_error(error: OSError, place: str, address: str = "", routed: Callable[[str], bool] = has_route) -> ProbeError:
    """`error` as a ProbeError about `place` ("mx.example:25"), a BlindError where the fault is ours.

    With an `address`, ENETUNREACH is ours when this machine has no route there, the path's otherwise.
    """
    number = error.errno or 0
    if number in _STARVED:
        return StarvedError(f"{place}: {_STARVED[number]}")
    if number in _OURS:
        return BlindError(f"{place}: {_OURS[number]}")
    if number == errno.ENETUNREACH and address and not routed(address):
        return BlindError(f"{place}: this machine has no route to {address}")
    cause, text = _TARGET.get(number) or _by_type(error)
    return ProbeError(cause, f"{place}: {text}")


def lost_error(error: Exception | None, place: str) -> ProbeError | None:
    """What a protocol's `connection_lost` says: None where the peer just closed."""
    match error:
        case None | ProbeError():
            return error
        case OSError():
            return probe_error(error, place)
        case _:
            return ProbeError(Cause.PROTOCOL, f"{place}: {type(error).__name__}")


def _by_type(error: OSError) -> tuple[Cause, str]:
    match error:
        case TimeoutError():
            return Cause.TIMEOUT, "no answer in time"
        case ConnectionError():
            return Cause.PROTOCOL, "connection lost"
        case _:
            return Cause.UNREACHABLE, errno.errorcode.get(error.errno or 0, type(error).__name__)
