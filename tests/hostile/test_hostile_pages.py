"""Web servers that bend HTTP: the right cause whether the body is counted or read, in time and little memory."""

from collections.abc import Mapping

import pytest

from tests.support.hostile import (
    CHUNK_EXTENSION,
    INTERIM,
    TINY_CHUNKS,
    TRAILERS,
    Handler,
    HostileHost,
    answers,
    cookies,
)
from tests.support.look_child import Cost, Looker

TIMEOUT_S = 1.0
#: FAULTS rows 20 and 22.
LATE_S = 0.5
GROWTH_MIB = 20.0
#: What a busy machine may add to a healthy look beside the hostile one.
HEALTHY_S = 0.5


def bounded(cost: Cost) -> None:
    assert cost.duration_s <= TIMEOUT_S + LATE_S
    assert cost.growth_mib < GROWTH_MIB
    assert cost.healthy_all_ok
    assert cost.healthy_worst_s < HEALTHY_S


#: Who answers, and the cause where the body is only counted, then where it is read.
PAGES: Mapping[str, tuple[Handler, str, str]] = {
    "interim without end": (INTERIM, "protocol", "protocol"),
    "tiny chunks": (TINY_CHUNKS, "too_large", "too_large"),
    "chunk extension without end": (CHUNK_EXTENSION, "too_large", "too_large"),
    "trailers without end": (TRAILERS, "too_large", "too_large"),
    "cookies": (cookies(), "too_large", "too_large"),
    "HTTP/2 in clear": (answers(b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), "protocol", "protocol"),
    "HTTP/0.9": (answers(b"<html>welcome</html>"), "protocol", "protocol"),
    "NUL in a name": (answers(b"HTTP/1.1 200 OK\r\nA\0: b\r\n\r\nwelcome"), "protocol", "protocol"),
    "NUL in a body": (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\0\0welcome"), "none", "none"),
    "two lengths": (
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 9\r\n\r\nwelcome"),
        "protocol",
        "protocol",
    ),
    "a length and chunks": (
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nwelcome\r\n0\r\n\r\n"),
        "protocol",
        "protocol",
    ),
    "longer than it says": (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcomeXXX"), "none", "none"),
    "shorter than it says": (
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\nwelcome"),
        "protocol",
        "protocol",
    ),
    "a second answer behind it": (
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcomeHTTP/1.1 500 Split\r\nContent-Length: 0\r\n\r\n"),
        "none",
        "none",
    ),
    "a location that breaks lines": (
        answers(b"HTTP/1.1 302 Found\r\nLocation: http://x/\rSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"),
        "protocol",
        "protocol",
    ),
    "a location without end": (
        answers(b"HTTP/1.1 302 Found\r\nLocation: /" + b"x" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n"),
        "redirect_loop",
        "redirect_loop",
    ),
    "a title without end": (
        answers(b"HTTP/1.1 200 OK\r\n\r\n<title>Account Suspended welcome " + b"<!--" * 5000),
        "none",
        "none",
    ),
    "a coding that was not asked for": (
        answers(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nxx"),
        "none",
        "protocol",
    ),
}


@pytest.mark.parametrize("peer", PAGES)
def test_a_page_from_a_server_that_bends_the_protocol(host: HostileHost, looker: Looker, peer: str) -> None:
    handler, counting, reading = PAGES[peer]
    url = f"http://127.0.0.1:{host.serve(handler)}/"
    counted = looker.look("http", {"url": url}, TIMEOUT_S)
    read = looker.look("http", {"url": url, "body_regex": "welcome|a"}, TIMEOUT_S)
    assert (counted.cause, read.cause) == (counting, reading)
    bounded(counted)
    bounded(read)
