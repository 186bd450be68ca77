"""From a URL to whom to dial, what to ask for and what may be shown of it."""

import base64
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.hosts import address_literal, host_name
from checks.target import bracketed, host_and_port

_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "%/:=&?~+!$,;'@()*[]-._"
_UNSEEN = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTarget:
    """One hop's address. Neither `url` nor `shown` carries a password; `shown` leaves out the query as well."""

    scheme: str
    host: str
    """A-labels, or an address without brackets."""
    port: int
    resource: str
    """Path and query as sent."""
    authority: str
    """The Host field (RFC 9110 §7.2): the port only where it is not the scheme's own."""
    login: str | None
    """The credentials of an Authorization field, from "user:password@" in the URL."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.resource}"

    @property
    def shown(self) -> str:
        path, mark, _ = self.resource.partition("?")
        return f"{self.scheme}://{self.authority}{path}{mark and '?…'}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def parse_url(url: str) -> HttpTarget:
    """Raises ProbeError(UNPARSABLE) for what is not http or https, or cannot be dialled; never repeats the URL."""
    parts, port = _split(url)
    if parts.scheme not in _PORTS:
        raise ProbeError(
            Cause.UNPARSABLE, f"only http and https are fetched, not {parts.scheme[:20] or 'a bare path'!r}"
        )
    if not parts.hostname:
        raise ProbeError(Cause.UNPARSABLE, "the URL names no host")
    host = address_literal(parts.hostname) or host_name(unquote(parts.hostname))
    port = port or _PORTS[parts.scheme]
    return HttpTarget(
        scheme=parts.scheme,
        host=host,
        port=port,
        resource=_resource(parts),
        authority=bracketed(host) if port == _PORTS[parts.scheme] else host_and_port(host, port),
        login=_login(parts),
    )


def parse_redirect(base: HttpTarget, location: bytes) -> HttpTarget:
    """Where `location` (RFC 9110 §10.2.2) leads from `base`. Raises ProbeError(PROTOCOL)."""
    try:
        return parse_url(urljoin(base.url, location.decode("utf-8", errors="replace").strip()))
    except (ProbeError, ValueError) as error:
        text = error.detail if isinstance(error, ProbeError) else "it cannot be read"
        raise ProbeError(Cause.PROTOCOL, f"{base.shown} redirects to a place that cannot be followed: {text}") from None


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ProbeError(Cause.UNPARSABLE, "the URL cannot be read: its host or port is malformed") from None
    return parts, port


def _resource(parts: SplitResult) -> str:
    """Path and query with everything escaped that could end the request line early."""
    path = quote(parts.path or "/", safe=_PATH_SAFE)
    query = f"?{quote(parts.query, safe=_PATH_SAFE)}" if parts.query else ""
    return _UNSEEN.sub("", path + query)


def _login(parts: SplitResult) -> str | None:
    if parts.username is None and parts.password is None:
        return None
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")
