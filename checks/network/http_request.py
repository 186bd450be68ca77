"""The bytes of a request, and which of its parts may travel on to another host."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.http_target import HttpTarget, parse_redirect, parse_url
from checks.network.values import HttpRequest

_AGENT = "nigehban"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BREAKS = re.compile(r"[\r\n\0]")

#: Fields that say nothing secret; every other one counts as a credential (an X-Api-Key is one, too).
_HARMLESS: Final = frozenset(
    {"accept", "accept-encoding", "accept-language", "cache-control", "content-type", "pragma", "user-agent"}
)

#: Set here and nowhere else, since the framing hangs on them.
_OURS: Final = frozenset({"host", "connection", "content-length", "transfer-encoding"})

_MOVED = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpHopRequest:
    """One hop, ready to be sent."""

    target: HttpTarget
    method: str
    headers: Mapping[str, str]
    body: bytes
    want_body: bool
    wire: bytes
    has_secret_url: bool = False

    @property
    def is_confidential(self) -> bool:
        """Whether it carries what only the right server may see: a body, a login, a field that may hold a key."""
        return bool(
            self.has_secret_url
            or self.body
            or self.target.login
            or any(name.lower() not in _HARMLESS | {"host"} for name in self.headers)
        )


def first_hop(request: HttpRequest) -> HttpHopRequest:
    """Raises ProbeError(UNPARSABLE) where URL, method or headers cannot be sent."""
    target = parse_url(request.url)
    hop = _prepared(target, request.method.upper(), request.headers, request.body, request.want_body)
    return replace(hop, has_secret_url=True) if request.is_confidential else hop


def is_redirect(status: int) -> bool:
    """Whether `status` asks to be followed (RFC 9110 §15.4)."""
    return status in _MOVED


def path_of(location: bytes) -> str:
    """The path of a place, absolute or not; "" for one that cannot be read."""
    try:
        return urlsplit(location.decode("utf-8", "replace").strip()).path
    except ValueError:
        return ""


def next_hop(hop: HttpHopRequest, status: int, location: bytes) -> HttpHopRequest:
    """The request that a redirect asks for. Whatever is confidential stays behind when the origin changes.

    Raises ProbeError(PROTOCOL) where the place cannot be followed, or would be handed the body of another host.
    """
    target = parse_redirect(hop.target, location)
    method, headers, body = hop.method, hop.headers, hop.body
    if status not in _KEEPS_METHOD and method not in {"GET", "HEAD"}:
        method, body = "GET", b""
    if target.origin != hop.target.origin:
        if body:
            raise ProbeError(Cause.PROTOCOL, f"{hop.target.shown} redirects a {method} with its body to {target.shown}")
        headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
    elif target.login is None:
        target = replace(target, login=hop.target.login)
    return _prepared(target, method, headers, body, hop.want_body)


def _prepared(
    target: HttpTarget,
    method: str,
    headers: Mapping[str, str],
    body: bytes,
    want_body: bool,  # noqa: FBT001
) -> HttpHopRequest:
    return HttpHopRequest(
        target=target,
        method=method,
        headers=headers,
        body=body,
        want_body=want_body,
        wire=_wire(target, method, headers, body, want_body),
    )


def _wire(target: HttpTarget, method: str, headers: Mapping[str, str], body: bytes, want_body: bool) -> bytes:  # noqa: FBT001
    if not _TOKEN.fullmatch(method):
        raise ProbeError(Cause.UNPARSABLE, f"{method!r} is not an HTTP method")
    given = {name.lower() for name in headers}
    lines = [f"{method} {target.resource} HTTP/1.1", f"Host: {target.authority}", "Connection: close"]
    if "user-agent" not in given:
        lines.append(f"User-Agent: {_AGENT}")
    if "accept" not in given:
        lines.append("Accept: */*")
    if want_body and "accept-encoding" not in given:
        lines.append("Accept-Encoding: gzip, deflate")
    if target.login and "authorization" not in given:
        lines.append(f"Authorization: {target.login}")
    if body or method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(body)}")
    lines.extend(_field(name, value) for name, value in headers.items() if name.lower() not in _OURS - {"host"})
    if "host" in given:
        del lines[1]
    return "\r\n".join(lines).encode("latin-1", errors="replace") + b"\r\n\r\n" + body


def _field(name: str, value: str) -> str:
    if not _TOKEN.fullmatch(name) or _BREAKS.search(value):
        raise ProbeError(Cause.UNPARSABLE, f"header {name[:40]!r} cannot be sent: line breaks are not allowed")
    return f"{name}: {value}"
