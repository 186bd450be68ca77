"""What an office's own API answers, as the thread reads it that speaks to it over `requests`."""

import socket
from collections.abc import Sequence

from checks.network.errors import ProbeError
from checks.network.http_target import parse_url
from checks.network.office_session import get
from tests.fuzz.parser import Parser

_TARGET = parse_url("http://eoffice.example/load")


def _answer(data: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(5)
        theirs.sendall(data[:50_000])  # less than what the kernel keeps, so that one thread is enough
        theirs.shutdown(socket.SHUT_WR)
        get(_TARGET, {}, {}, ours, None)


def office_parsers() -> Sequence[Parser]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    return (
        Parser(
            name="office answer",
            feed=_answer,
            refusals=(ProbeError,),
            seeds=(
                head + b'Content-Length: 15\r\n\r\n{"sessions":87}',
                head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n87\r\n0\r\nX: y\r\n\r\n",
                b"HTTP/1.1 100 Continue\r\n\r\n" + head + b"\r\n87",
                b"HTTP/1.0 302 Found\r\nLocation: /x\r\nSet-Cookie: a=b; expires=now\r\n\r\n",
            ),
        ),
    )
