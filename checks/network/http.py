"""Fetching over HTTP/1.1: one fresh connection per hop, every hop resolved and guarded anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.model import Cause
from checks.network import caps
from checks.network.dial import dial
from checks.network.errors import ProbeError
from checks.network.guard import realms_of, refuse_foreign
from checks.network.http_answer import HttpAnswer
from checks.network.http_request import HttpHopRequest, is_redirect, next_hop, path_of
from checks.network.shared import Shared
from checks.network.transcript import Transcript, clipped
from checks.network.values import HttpHop, HttpRequest, HttpResponse, TlsSession, TlsTerms
from checks.trust import is_trusted, session_faults

_SENT = "{0.hop.method} {0.hop.target.shown} at {0.address}"
_ALPN = ("http/1.1",)

#: Characters of a place among other places.
_SHOWN_PLACE = 100

#: Fields worth keeping as evidence; cookies and the like are not.
_SHOWN_FIELDS = frozenset({b"server", b"content-type", b"content-length", b"content-encoding", b"retry-after", b"date"})


@dataclass(slots=True)
class _Exchange:
    """One hop as it goes: who answered what, and when (instants on the stopwatch)."""

    hop: HttpHopRequest
    answer: HttpAnswer
    began: float
    resolved: float = 0.0
    connected: float = 0.0
    sent: float = 0.0
    address: str = ""
    tls: TlsSession | None = None


class HttpFetch:
    """One `fetch`: follows the request from hop to hop."""

    def __init__(self, shared: Shared, transcript: Transcript, request: HttpRequest) -> None:
        self._shared = shared
        self._transcript = transcript
        self._request = request
        self._home: Sequence[str] = ()
        self._hops: list[HttpHop] = []
        self._sets_cookies = False

    async def run(self) -> HttpResponse:
        """The answer of the last hop. Raises ProbeError."""
        started = self._shared.stopwatch()
        follows = min(self._request.max_redirects, caps.REDIRECTS)
        hop = self._shared.first_hop(self._request)
        while True:
            exchange = await self._exchange(hop)
            status = exchange.answer.status
            location = exchange.answer.field(b"location") if is_redirect(status) else None
            self._note(exchange, location)
            if location is None or follows == 0 or self._says_all(location):
                return self._response(exchange, started)
            if exchange.answer.field(b"set-cookie") is not None:
                self._sets_cookies = True
            following = next_hop(hop, status, location)
            if len(self._hops) > follows:
                raise self._endless(following)
            hop = following

    def _says_all(self, location: bytes) -> bool:
        stops_at = self._request.stops_at
        return bool(stops_at) and path_of(location).lower() in stops_at

    async def _exchange(self, hop: HttpHopRequest) -> _Exchange:
        stopwatch, place = self._shared.stopwatch, hop.target.authority
        answer = HttpAnswer(place, is_head=hop.method == "HEAD", want_body=hop.want_body, stopwatch=stopwatch)
        exchange = _Exchange(hop, answer, began=stopwatch())
        addresses = await self._addresses(hop)
        exchange.resolved = stopwatch()
        if hop.target.scheme == "http":
            await self._over_plain(exchange, addresses)
        else:
            await self._over_tls(exchange, addresses)
        return exchange

    async def _addresses(self, hop: HttpHopRequest) -> Sequence[str]:
        """Only the first hop is the administrator's own; where redirects lead is for the guard to allow."""
        addresses = await self._shared.addresses(hop.target.host, self._request.family, self._transcript)
        if not self._home:
            self._home = addresses
        elif self._hops:
            refuse_foreign(addresses, realms_of(self._home), hop.target.shown)
        return addresses

    async def _over_plain(self, exchange: _Exchange, addresses: Sequence[str]) -> None:
        target, answer = exchange.hop.target, exchange.answer
        transport, _, exchange.address = await dial(addresses, target.port, lambda: answer, target.authority)
        try:
            exchange.connected = exchange.sent = self._shared.stopwatch()
            transport.write(exchange.hop.wire)
            self._transcript.add(_SENT, exchange)
            await answer.finished
        finally:
            transport.abort()

    async def _over_tls(self, exchange: _Exchange, addresses: Sequence[str]) -> None:
        handshakes, hop, answer = self._shared.handshakes, exchange.hop, exchange.answer
        host, port, place = hop.target.host, hop.target.port, hop.target.authority
        terms = TlsTerms(server_name=host, ca_file=self._request.ca_file, alpn=_ALPN)
        transport, layer, exchange.address = await dial(
            addresses, port, lambda: handshakes.layer(terms, answer, place), place
        )
        try:
            exchange.connected = self._shared.stopwatch()
            exchange.tls = await handshakes.session(layer, terms, self._transcript)
            if hop.is_confidential:
                self._require_trust(exchange.tls, place)
            exchange.sent = self._shared.stopwatch()
            layer.write(hop.wire)
            self._transcript.add(_SENT, exchange)
            await answer.finished
        finally:
            transport.abort()

    def _require_trust(self, session: TlsSession, place: str) -> None:
        """Credentials and bodies go only to whom the certificate says they go (security line 25)."""
        now = self._shared.clock()
        if not is_trusted(session, now):
            fault = session_faults(session, now)[0]
            raise ProbeError(fault.cause, f"{place}: {fault.text}; nothing confidential was sent")

    def _note(self, exchange: _Exchange, location: bytes | None) -> None:
        answer, where = exchange.answer, None
        if location is not None:
            where = _without_secrets(location)
        self._hops.append(
            HttpHop(
                url=exchange.hop.target.url,
                status=answer.status,
                location=where,
                address=exchange.address,
                tls=exchange.tls,
            )
        )
        self._transcript.add("{}", _Answered(answer, where))

    def _endless(self, following: HttpHopRequest) -> ProbeError:
        """What to say of redirects that were not followed to `following`."""
        urls = [*(hop.url for hop in self._hops), following.target.url]
        again = next((place for place, url in enumerate(urls) if url in urls[:place]), None)
        begins = f"more than {len(urls) - 2} redirects" if again is None else "redirects in a circle"
        way = " → ".join(clipped_place(url) for url in urls[: None if again is None else again + 1])
        cookies = "; cookies are set on the way, and none are sent back here" if self._sets_cookies else ""
        return ProbeError(Cause.REDIRECT_LOOP, f"{begins}: {way}{cookies}")

    def _response(self, exchange: _Exchange, started: float) -> HttpResponse:
        answer = exchange.answer
        return HttpResponse(
            url=exchange.hop.target.url,
            status=answer.status,
            fields=answer.fields,
            body=answer.body,
            body_bytes=answer.body_bytes,
            hops=tuple(self._hops),
            address=exchange.address,
            tls=exchange.tls,
            resolve_s=exchange.resolved - exchange.began,
            connect_s=exchange.connected - exchange.resolved,
            first_byte_s=answer.first_byte_at - exchange.sent,
            total_s=self._shared.stopwatch() - started,
            beginning=answer.beginning,
        )


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer for the transcript; only read when somebody asks for the text."""

    answer: HttpAnswer
    location: str | None

    def __format__(self, _spec: str) -> str:
        shown = [f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in self._fields()]
        if self.location is not None:
            shown.append(f"Location: {self.location.partition('?')[0]}")
        return clipped(f"{self.answer.status}, {self.answer.body_bytes} bytes; {'; '.join(shown)}")

    def _fields(self) -> list[tuple[bytes, bytes]]:
        return [(name, value) for name, value in self.answer.fields if name.lower() in _SHOWN_FIELDS]


def clipped_place(url: str) -> str:
    """`url` as people are shown it: a redirect's query often carries a token, and its path may have no end."""
    place, mark, _ = url.partition("?")
    return f"{place if len(place) <= _SHOWN_PLACE else place[:_SHOWN_PLACE] + '…'}{mark and '?…'}"


def _without_secrets(location: bytes) -> str:
    """The place a redirect names, without "user:password@"."""
    text = clipped(location.decode("utf-8", errors="replace"))
    scheme, mark, rest = text.partition("//")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}"
