"""A body decoded under its cap: a gzip bomb costs what the cap costs."""

import zlib
from collections.abc import Sequence
from typing import Protocol

from checks.model import Cause
from checks.network import caps
from checks.network.errors import ProbeError

_WRAPPER_BYTES = 2


class Body(Protocol):
    """Takes the content as it arrives. `feed` and `finish` raise ProbeError(TOO_LARGE | PROTOCOL)."""

    def feed(self, data: bytes) -> None: ...

    def finish(self) -> bytes: ...


def body_of(fields: Sequence[bytes]) -> Body:
    """What reads the coding that all Content-Encoding fields name together (RFC 9110 §5.3, §8.4).

    Raises ProbeError(PROTOCOL) for what was never asked for: another coding, or several one over another.
    """
    named = [coding.strip().lower() for coding in b",".join(fields).split(b",")]
    match [coding for coding in named if coding not in {b"", b"identity"}]:
        case []:
            return PlainBody()
        case [b"gzip" | b"x-gzip"]:
            return InflatedBody(zlib.MAX_WBITS | 16)
        case [b"deflate"]:
            return DeflatedBody()
        case [*others]:
            shown = b", ".join(others)[:40].decode("latin-1")
            raise ProbeError(Cause.PROTOCOL, f"the body comes in a coding that was not asked for: {shown!r}")


def decoded_beginning(data: bytes, coding: str) -> bytes:
    """What can be read of a body that begins with `data`, at most caps.BEGINNING_BYTES; b"" for another coding."""
    bits = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16}.get(coding.strip().lower())
    if coding.strip().lower() == "deflate" and len(data) >= _WRAPPER_BYTES:
        bits = _window_bits(data)
    try:
        return b"" if bits is None else zlib.decompressobj(bits).decompress(data, caps.BEGINNING_BYTES)
    except zlib.error:
        return b""


class PlainBody:
    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._bytes = 0

    def feed(self, data: bytes) -> None:
        self._bytes += len(data)
        if self._bytes > caps.BODY_BYTES:
            raise _too_large()
        self._parts.append(data)

    def finish(self) -> bytes:
        return b"".join(self._parts)


class InflatedBody:
    """Any of zlib's formats, several members of gzip too (RFC 1952 §2.2)."""

    def __init__(self, window_bits: int) -> None:
        self._window_bits = window_bits
        self._inflater = zlib.decompressobj(window_bits)
        self._plain = PlainBody()
        self._left = caps.BODY_BYTES + 1
        self._is_begun = False
        self._is_whole = False
        self._is_over = False

    def feed(self, data: bytes) -> None:
        while data and not self._is_over:
            if self._inflater.eof:
                self._inflater, self._is_begun, self._is_whole = zlib.decompressobj(self._window_bits), False, True
            data = self._inflate(data)

    def finish(self) -> bytes:
        # What stands behind a whole member and begins none is padding (gzip(1) passes over it too).
        if self._is_begun and not self._inflater.eof:
            raise ProbeError(Cause.PROTOCOL, "the compressed body ends too early")
        return self._plain.finish()

    def _inflate(self, data: bytes) -> bytes:
        """Decode `data` of one member; answers what lies behind its end."""
        try:
            out = self._inflater.decompress(data, self._left)
        except zlib.error:
            if self._is_whole and not self._is_begun:
                self._is_over = True
                return b""
            raise ProbeError(Cause.PROTOCOL, "the compressed body cannot be decoded") from None
        self._left -= len(out)
        self._is_begun = self._is_begun or bool(out) or not self._is_whole
        self._plain.feed(out)
        if self._inflater.unconsumed_tail:
            raise _too_large()
        return self._inflater.unused_data if self._inflater.eof else b""


class DeflatedBody:
    """deflate with the wrapper that it must have (RFC 9110 §8.4.1.2), or bare, as some servers send it."""

    def __init__(self) -> None:
        self._head = b""
        self._body: InflatedBody | None = None

    def feed(self, data: bytes) -> None:
        if self._body is None:
            self._head += data
            if len(self._head) < _WRAPPER_BYTES:
                return
            self._body, data = InflatedBody(_window_bits(self._head)), self._head
        self._body.feed(data)

    def finish(self) -> bytes:
        if self._body is not None:
            return self._body.finish()
        if self._head:
            raise ProbeError(Cause.PROTOCOL, "the compressed body ends too early")
        return b""


def _window_bits(head: bytes) -> int:
    """What tells zlib whether there is a wrapper, judged by the two bytes of a wrapper (RFC 1950 §2.2)."""
    is_wrapped = head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:_WRAPPER_BYTES], "big") % 31 == 0
    return zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS


def _too_large() -> ProbeError:
    return ProbeError(Cause.TOO_LARGE, f"the body is larger than {caps.BODY_BYTES // 1024} KiB decoded")
