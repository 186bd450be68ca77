"""Servers that bend HTTP, or the JSON in it."""

import gzip

from tests.support.hostile import (
    BIG_BODY,
    CHUNK_EXTENSION,
    CHUNKED_BODY,
    HEADER_BOMB,
    INTERIM,
    REDIRECT_LOOP,
    TINY_CHUNKS,
    TRAILERS,
    answers,
    cookies,
    drip,
    gzip_bomb,
)
from tests.support.matrix import faces
from tests.support.matrix.grid import Grid, Peer, Row, listening
from tests.support.matrix.well import well
from tests.support.registry import http_answer

_ZEROS = b"\0" * (1 << 26)


def _page(body: bytes, status: int = 200, **fields: str) -> Peer:
    named = [(name.replace("_", "-"), text) for name, text in fields.items()]
    return listening(answers(http_answer(status, body, fields=named)))


def _said(text: bytes) -> Peer:
    return listening(answers(text))


_TWO_LENGTHS = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 9\r\n\r\nwelcome"
_SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\nwelcome"
_NO_HEAD = b"<html>welcome</html>"
_LENGTH_AND_CHUNKS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nwelcome\r\n0\r\n\r\n"
)
_LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcomeXXX"
_SECOND = _LONG[:-3] + b"HTTP/1.1 500 Split\r\nContent-Length: 0\r\n\r\n"
_BROKEN_LOCATION = b"HTTP/1.1 302 Found\r\nLocation: http://x/\rSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
_LONG_TITLE = b"HTTP/1.1 200 OK\r\n\r\n<title>Account Suspended welcome " + b"<!--" * 5000
_LONG_LOCATION = b"HTTP/1.1 302 Found\r\nLocation: /" + b"x" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n"
_METADATA = "http://169.254.169.254/latest/meta-data/"

PAGES = Grid(
    title="Who answers HTTP",
    faces=faces.PAGES,
    rows=[
        Row("as it should be", well),
        Row("headers, a byte each half second", listening(drip(b"HTTP/1.1 200 OK\r\nX: y\r\n"))),
        Row("endless headers", listening(HEADER_BOMB)),
        Row("100,000 cookies", listening(cookies())),
        Row("interim answers without end", listening(INTERIM)),
        Row("a body of 1 GB", listening(BIG_BODY)),
        Row("chunks without end", listening(CHUNKED_BODY)),
        Row("chunks of one byte", listening(TINY_CHUNKS), "http"),
        Row("a chunk extension without end", listening(CHUNK_EXTENSION)),
        Row("trailers without end", listening(TRAILERS)),
        Row("a gzip bomb", listening(gzip_bomb())),
        Row("a gzip bomb in gzip", _page(gzip.compress(gzip.compress(_ZEROS, 9), 9), Content_Encoding="gzip, gzip")),
        Row("a coding nobody asked for", _page(b"xx", Content_Encoding="br")),
        Row("a redirect loop", listening(REDIRECT_LOOP)),
        Row("a redirect to the cloud's metadata", _page(b"", 302, Location=_METADATA)),
        Row("a redirect of 60 kB", _said(_LONG_LOCATION)),
        Row("two lengths", _said(_TWO_LENGTHS)),
        Row("a length, and chunks", _said(_LENGTH_AND_CHUNKS)),
        Row("more than announced", _said(_LONG)),
        Row("a second answer behind it", _said(_SECOND)),
        Row("less than announced", _said(_SHORT)),
        Row("no head at all", _said(_NO_HEAD)),
        Row("HTTP/2 in plain text", _said(b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok")),
        Row("a NUL in a field's name", _said(b"HTTP/1.1 200 OK\r\nA\0: b\r\n\r\nwelcome")),
        Row("NULs in the body", _page(b"\0\0welcome")),
        Row("a location that breaks lines", _said(_BROKEN_LOCATION)),
        Row("a title without end", _said(_LONG_TITLE)),
        Row("HTML", _page(b"<html>welcome; expires 2031-01-01</html>")),
        Row("nothing", _page(b"")),
        Row("JSON 100,000 deep", _page(b'{"sessions":' + b"[" * 100_000)),
        Row("JSON of 140,000 parts", _page(b"[" + b'{"":0},' * 140_000 + b"0]")),
        Row("status 404", _page(b"", 404)),
        Row("status 429", _page(b"", 429, Retry_After="3600")),
        Row("status 503", _page(b"", 503)),
        Row("status 503 with `Retry-After`", _page(b"", 503, Retry_After="60")),
        Row("status 999", _page(b"", 999)),
    ],
)
