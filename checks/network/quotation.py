"""How a text may look when a peer quotes it: the escapes of formats that servers and their logs write. Pure."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_QUOTE_OR_BACKSLASH = re.compile(r'(["\'\\])')
#: Bytes that stand before a secret within a base64 text move its letters: there are three ways (RFC 4648 §4).
_OFFSETS = range(3)


def spellings(text: str) -> frozenset[str]:
    """`text` as it is and as it may be escaped, encoded or set in capitals, each as it looks when read as latin-1."""
    cases = {text, text.upper(), text.lower()}
    written = {form for case in cases for form in _written(case)}
    received = {form.encode("utf-8", "surrogatepass").decode("latin-1") for form in written}
    # A server may answer in latin-1, or the answer may have been read as UTF-8.
    return frozenset({*written, *received, *_encoded(text)}) - {""}


def _written(text: str) -> Iterator[str]:
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield repr(text)[1:-1]
    yield _QUOTE_OR_BACKSLASH.sub(r"\\\1", text)
    yield text.replace('"', r"\"").replace("\\\\", "\\")
    for codec in ("utf-8", "latin-1"):
        yield quote(text, safe="", encoding=codec, errors="replace")
        yield quote(text, encoding=codec, errors="replace")
        yield quote_plus(text, encoding=codec, errors="replace")
    yield html.escape(text)
    yield html.escape(text, quote=False)
    yield html.escape(text).replace("&#x27;", "&#39;")
    yield "".join(char if char.isascii() else f"&#{ord(char)};" for char in html.escape(text))
    yield "".join(char if char.isascii() else f"&#x{ord(char):x};" for char in html.escape(text))


def _encoded(text: str) -> Iterator[str]:
    for codec in ("utf-8", "latin-1"):
        raw = text.encode(codec, "replace")
        yield raw.hex()
        yield raw.hex(":")
        yield "".join(f"\\x{byte:02x}" if byte > 0x7E else chr(byte) for byte in raw)  # noqa: PLR2004  # DEL and beyond
        yield base64.b64encode(raw).decode("ascii").rstrip("=")
        for offset in _OFFSETS:
            yield _inside_base64(raw, offset)


def _inside_base64(raw: bytes, offset: int) -> str:
    """The letters of base64 that `raw` alone decides where `offset` bytes stand before it."""
    letters = base64.b64encode(bytes(offset) + raw).decode("ascii")
    return letters[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]
