"""Keeps the test process on loopback: whoever dials further, or asks the system for a name, gets an exception.

An audit hook sees every socket of the interpreter, whichever library made it. It cannot see libuv's own
(uvloop given a host instead of a socket) nor child processes.
"""

import ipaddress
import socket
import sys
from collections.abc import Callable


class LeftLoopbackError(RuntimeError):
    """A test tried to reach something that is not on this machine."""


def is_loopback(host: object) -> bool:
    """Whether `host`, a name or an address in text, stays on this machine without asking a name server."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return host is None
    if host in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def check(event: str, args: tuple[object, ...]) -> None:
    """Raise LeftLoopbackError where an audit event leaves loopback."""
    match event:
        case "socket.connect" | "socket.sendto" | "socket.sendmsg":
            sock, address = args[0], args[1]
            inet = isinstance(sock, socket.socket) and sock.family in {socket.AF_INET, socket.AF_INET6}
            if inet and isinstance(address, tuple) and not is_loopback(address[0]):
                raise LeftLoopbackError(f"{event} to {address!r}: tests stay on loopback")
        case "socket.getaddrinfo" | "socket.gethostbyname":
            if not is_loopback(args[0]) and not _is_address(args[0]):
                raise LeftLoopbackError(f"{event} of {args[0]!r}: tests ask no name server of the system")
        case _:
            return


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def stay_on_loopback(install: Callable[[Callable[[str, tuple[object, ...]], None]], None] = sys.addaudithook) -> None:
    """From now on, for as long as the interpreter runs: hooks cannot be taken out again."""
    install(check)
