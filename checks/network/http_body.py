"""A body decoded under its cap: a gzip bomb costs what the cap costs."""

import zlib
from typing import Protocol

from checks.model import Cause
from checks.network import caps
from checks.network.errors import ProbeError


class Body(Protocol):
    """Takes the content as it arrives. `feed` and `finish` raise ProbeError(TOO_LARGE | PROTOCOL)."""

    def feed(self, data: bytes) -> None: ...

    def finish(self) -> bytes: ...


def body_of(coding: bytes) -> Body:
    """What reads a content coding (RFC 9110 §8.4.1). Raises ProbeError(PROTOCOL) for those never asked for."""
    match coding.strip().lower():
        case b"" | b"identity":
            return PlainBody()
        case b"gzip" | b"x-gzip":
            return DeflatedBody(zlib.MAX_WBITS | 16)
        case b"deflate":
            return DeflatedBody(zlib.MAX_WBITS)
        case other:
            shown = other[:40].decode("latin-1")
            raise ProbeError(Cause.PROTOCOL, f"the body comes in a coding that was not asked for: {shown!r}")


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


class DeflatedBody:
    """gzip (RFC 1952, several members too) or deflate, with the zlib wrapper (RFC 1950) or, as some do, without."""

    def __init__(self, window_bits: int) -> None:
        self._window_bits = window_bits
        self._inflater = zlib.decompressobj(window_bits)
        self._plain = PlainBody()
        self._left = caps.BODY_BYTES + 1
        self._is_first = True
        self._is_between_members = True

    def feed(self, data: bytes) -> None:
        while data:
            if self._inflater.eof:
                self._inflater = zlib.decompressobj(self._window_bits)
            data = self._inflate(data)

    def finish(self) -> bytes:
        if not self._inflater.eof and not self._is_first:
            raise ProbeError(Cause.PROTOCOL, "the compressed body ends too early")
        return self._plain.finish()

    def _inflate(self, data: bytes) -> bytes:
        """Decode `data` of one member; answers what lies behind its end."""
        try:
            out = self._inflater.decompress(data, self._left)
        except zlib.error:
            if not self._is_first or self._window_bits != zlib.MAX_WBITS:
                raise ProbeError(Cause.PROTOCOL, "the compressed body cannot be decoded") from None
            self._window_bits = -zlib.MAX_WBITS
            self._inflater = zlib.decompressobj(self._window_bits)
            return self._inflate(data)
        self._is_first = False
        self._left -= len(out)
        self._plain.feed(out)
        if self._inflater.unconsumed_tail:
            raise _too_large()
        return self._inflater.unused_data if self._inflater.eof else b""


def _too_large() -> ProbeError:
    return ProbeError(Cause.TOO_LARGE, f"the body is larger than {caps.BODY_BYTES // 1024} KiB decoded")
