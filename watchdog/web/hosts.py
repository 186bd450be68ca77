"""Under which names pages answer: a name of somebody else's that points here (DNS rebinding) gets nothing. Pure."""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def allowed_hosts(listen_host: str, public_url: str | None) -> frozenset[str]:
    """Names of this machine's loopback, the address we listen on, and the one that messages link to."""
    named = urlsplit(public_url).hostname if public_url else None
    return _LOOPBACK | {listen_host.lower()} | ({named.lower()} if named else set())


def is_allowed(header: str, allowed: Collection[str], *, any_address: bool) -> bool:
    """Whether a Host header names one of `allowed`, whatever its port.

    `any_address` lets plain addresses pass: who listens on all of them has no one address, and nobody can point a name
    of their own at us by an address.
    """
    name = _name(header)
    if name is None:
        return False
    return name in allowed or (any_address and _is_address(name))


def _name(header: str) -> str | None:
    """The host of "host", "host:port", "[::1]:port" (RFC 9110 §7.2); None for anything else."""
    host, bracket, rest = header.partition("]")
    if header.startswith("["):
        return host[1:].lower() if bracket and _is_port(rest) else None
    host, colon, port = header.partition(":")
    return host.rstrip(".").lower() if host and _is_port(colon + port) else None


def _is_port(text: str) -> bool:
    return not text or (text.startswith(":") and text[1:].isascii() and text[1:].isdigit())


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
