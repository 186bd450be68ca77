"""What comes over a real socket: every answer arrives whole, and in the one form."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from socket import AF_UNIX, socket
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI

from watchdog.api.bounded import MAX_BODY_BYTES, MAX_READ_BYTES, Bounded
from watchdog.api.connection import ApiConnection
from watchdog.web.server import serve_app


@asynccontextmanager
async def listening() -> AsyncIterator[Path]:
    """An API of one route that answers what it is sent."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/echo")
    async def echo(said: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        return said

    with TemporaryDirectory(prefix="nb") as folder, socket(AF_UNIX) as sock:
        place = Path(folder, "s")
        sock.bind(str(place))
        sock.listen()
        sock.setblocking(False)  # noqa: FBT003  # the standard library's own signature
        serving = asyncio.create_task(serve_app(Bounded(app), sock, ApiConnection))
        try:
            yield place
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


async def sent(place: Path, raw: bytes) -> tuple[bytes, Any]:
    """Status line and JSON of what comes back, once all of `raw` is sent."""
    reader, writer = await asyncio.open_unix_connection(place)
    try:
        writer.write(raw)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0], json.loads(body)


def post(body: bytes, content_type: str = "application/json") -> bytes:
    head = f"POST /echo HTTP/1.1\r\nHost: n\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 1_000_000, MAX_READ_BYTES - 1])
def test_whoever_sends_too_much_hears_that_it_is_too_much(size: int) -> None:
    async def play() -> None:
        async with listening() as place:
            for _ in range(5):
                status, told = await sent(place, post(b"x" * size))
                assert b" 413 " in status
                assert told == {"error": f"the body is longer than {MAX_BODY_BYTES} bytes", "problems": []}

    asyncio.run(play())


def test_json_is_taken_whatever_a_header_calls_it() -> None:
    async def play() -> None:
        async with listening() as place:
            status, told = await sent(place, post(b'{"note": "x"}', "application/x-www-form-urlencoded"))
            assert (b" 200 " in status, told) == (True, {"note": "x"})

    asyncio.run(play())


def test_what_is_no_http_is_answered_in_the_one_form() -> None:
    async def play() -> None:
        async with listening() as place:
            status, told = await sent(place, b"GARBAGE\r\n\r\n")
            assert b" 400 " in status
            assert set(told) == {"error", "problems"}

    asyncio.run(play())
