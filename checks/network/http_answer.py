"""One HTTP/1.1 answer as it comes in: httptools parses, the caps bound it."""

import asyncio
from itertools import chain

import httptools

from checks.model import Cause
from checks.network import caps
from checks.network.errnos import lost_error
from checks.network.errors import BodyError, ProbeError
from checks.network.http_body import Body, body_of
from checks.network.transcript import Stopwatch

#: Everything one answer may cost on the wire; a body in tiny chunks is mostly framing.
_WIRE_BYTES = caps.HEADER_BYTES + 4 * caps.BODY_BYTES

_VERSIONS = frozenset({"1.1", "1.0"})
_FIELD_OVERHEAD = 4
_MAX_INTERIM = 10
_CONTINUE, _SWITCHING, _OK = 100, 101, 200


class HttpAnswer(asyncio.Protocol):
    """The protocol of one exchange: `finished` resolves when the answer is complete, or cut where nobody wants it.

    It fails with ProbeError. The caller writes the request and closes the connection.
    """

    def __init__(self, place: str, *, is_head: bool, want_body: bool, stopwatch: Stopwatch) -> None:
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.status = 0
        self.fields: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.body_bytes = 0
        self.beginning = b""
        self.first_byte_at = 0.0
        self._place = place
        self._is_head = is_head
        self._want_body = want_body
        self._stopwatch = stopwatch
        self._parser = httptools.HttpResponseParser(self)
        self._wire_bytes = 0
        self._trailer_bytes = 0
        self._is_in_body = False
        self._interim = 0
        self._decoder: Body | None = None
        self._failure: ProbeError | None = None

    def field(self, name: bytes) -> bytes | None:
        """The first header field of that name (lower case)."""
        return next((value for key, value in self.fields if key.lower() == name), None)

    # What asyncio calls.

    def data_received(self, data: bytes) -> None:
        if self.finished.done():
            return
        if not self._wire_bytes:
            self.first_byte_at = self._stopwatch()
        self._wire_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._finish()
        except httptools.HttpParserError as error:
            # The parser's own words on the rule that was broken; nothing of the peer's stands in them.
            self._fail(self._failure or self._broken(f"not HTTP/1.1: {error}"))
        else:
            self._weigh()

    def connection_lost(self, exc: Exception | None) -> None:
        # It holds our methods: kept, it would leave every look to the cycle collector.
        del self._parser
        if self.finished.done():
            return
        if (error := lost_error(exc, self._place)) is not None:
            self._fail(error)
        elif self._is_in_body and not self._is_framed():
            self._finish()
        else:
            self._fail(
                self._broken("closed before its answer was complete" if self._wire_bytes else "closed unanswered")
            )

    # What httptools calls. An exception raised here ends the parsing.

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_in_body:  # weighed all at once: they come in pieces that `_weigh` bounds
            self.fields.append((name, value))
            return
        self._trailer_bytes += len(name) + len(value) + _FIELD_OVERHEAD
        if self._trailer_bytes > caps.HEADER_BYTES:
            self._refuse(_header_bomb(self._place))

    def on_headers_complete(self) -> None:
        if self.finished.done():  # a second answer behind the first is nobody's
            return
        if len(b"".join(chain.from_iterable(self.fields))) + _FIELD_OVERHEAD * len(self.fields) > caps.HEADER_BYTES:
            self._refuse(_header_bomb(self._place))
        version = self._parser.get_http_version()
        if version not in _VERSIONS:
            self._refuse(self._broken(f"not HTTP/1.1: it calls itself HTTP/{version}"))
        self.status = self._parser.get_status_code()
        if _CONTINUE <= self.status < _OK and self.status != _SWITCHING:
            return
        self._is_in_body = True
        if self._is_head or self.status == _SWITCHING:
            self._finish()
        elif self._want_body:
            try:
                self._decoder = body_of([value for name, value in self.fields if name.lower() == b"content-encoding"])
            except ProbeError as error:
                self._refuse(self._unread(error))

    def on_body(self, data: bytes) -> None:
        if self.finished.done():
            return
        if self._decoder is not None:
            try:
                self._decoder.feed(data)
            except ProbeError as error:
                self._refuse(self._unread(error))
        elif self.body_bytes < caps.BEGINNING_BYTES:
            self.beginning += data[: caps.BEGINNING_BYTES - self.body_bytes]
        self.body_bytes += len(data)
        if self.body_bytes > caps.BODY_BYTES:
            if self._want_body:
                text = f"{self._place}: body over {caps.BODY_BYTES // 1024} KiB"
                self._refuse(self._unread(ProbeError(Cause.TOO_LARGE, text)))
            self._finish()

    def on_message_complete(self) -> None:
        if self._is_in_body:
            self._finish()
            return
        # An interim answer (RFC 9110 §15.2): the real one follows.
        self._interim += 1
        self.fields.clear()
        if self._interim > _MAX_INTERIM:
            self._refuse(self._broken(f"more than {_MAX_INTERIM} interim answers"))

    def _is_framed(self) -> bool:
        """Whether the body says where it ends; if not, the end of the connection is its end (RFC 9112 §6.3)."""
        return any(key.lower() in {b"content-length", b"transfer-encoding"} for key, _ in self.fields)

    def _weigh(self) -> None:
        if not self._is_in_body and self._wire_bytes > caps.HEADER_BYTES:
            self._fail(_header_bomb(self._place))
        elif self._wire_bytes > _WIRE_BYTES:
            self._fail(ProbeError(Cause.TOO_LARGE, f"{self._place}: answer over {_WIRE_BYTES // 1024} KiB on the wire"))

    def _finish(self) -> None:
        if self.finished.done():
            return
        try:
            self.body = self._decoder.finish() if self._decoder else b""
        except ProbeError as error:
            self._fail(self._unread(error))
        else:
            self.finished.set_result(None)

    def _fail(self, error: ProbeError) -> None:
        if not self.finished.done():
            self.finished.set_exception(error)
            # A run that was cut short fetches no result; that is no forgotten error.
            self.finished.exception()

    def _refuse(self, error: ProbeError) -> None:
        """End the parsing with `error`; httptools swallows what its callbacks raise, so it is kept aside."""
        self._failure = error
        raise error

    def _unread(self, error: ProbeError) -> BodyError:
        return BodyError(error.cause, error.detail, self.status)

    def _broken(self, text: str) -> ProbeError:
        return ProbeError(Cause.PROTOCOL, f"{self._place}: {text}")


def _header_bomb(place: str) -> ProbeError:
    return ProbeError(Cause.TOO_LARGE, f"{place}: headers over {caps.HEADER_BYTES // 1024} KiB")
