"""/metrics over real sockets: whoever connects and says nothing takes nothing from who scrapes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import pytest

from watchdog.web.connection import MAX_HEAD_BYTES
from watchdog.web.server import MAX_CONNECTIONS, MetricsApp, Page, listen, serve_app

T = TypeVar("T")

#: The rest of a head.
WEB_SOCKET = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eHh4eHh4eHh4eHh4eHh4eA==\r\n\r\n"
)
GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"


async def well() -> AsyncIterator[bytes]:
    yield b"up 1\n"
    yield b"down 0\n"


async def broken() -> AsyncIterator[bytes]:
    raise RuntimeError("no store")
    yield b""


async def empty() -> AsyncIterator[bytes]:
    for piece in tuple[bytes, ...]():
        yield piece


class Served:
    def __init__(self, port: int) -> None:
        self.port = port

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, request: bytes = GET) -> bytes:
        """All that is answered until the connection is closed."""
        reader, writer = await self.connect()
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer


def serving(page: Page, scene: Callable[[Served], Awaitable[T]]) -> T:
    async def main() -> T:
        sock = listen("127.0.0.1", 0)
        served = Served(sock.getsockname()[1])
        server = asyncio.create_task(serve_app(MetricsApp(page, "text/plain"), sock))
        try:
            async with asyncio.timeout(60):
                return await scene(served)
        finally:
            server.cancel()
            await asyncio.gather(server, return_exceptions=True)

    return asyncio.run(main())


def test_a_page_comes_whole_and_the_connection_is_closed_behind_it() -> None:
    answer = serving(well, Served.ask)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close" in head
    assert body == b"5\r\nup 1\n\r\n7\r\ndown 0\n\r\n0\r\n\r\n"


def test_who_asks_for_a_web_socket_gets_the_page() -> None:
    answer = serving(well, lambda served: served.ask(GET.removesuffix(b"\r\n") + WEB_SOCKET))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_empty_page_is_still_an_answer() -> None:
    assert serving(empty, Served.ask).endswith(b"\r\n\r\n0\r\n\r\n")


def test_a_page_that_cannot_begin_is_an_error_not_a_torn_answer() -> None:
    assert serving(broken, Served.ask).startswith(b"HTTP/1.1 500 ")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [("GET /", b"404"), ("POST /metrics", b"405"), ("HEAD /metrics", b"200"), ("DELETE /metrics", b"405")],
)
def test_nothing_but_the_page_is_served(request_line: str, status: bytes) -> None:
    answer = serving(well, lambda served: served.ask(f"{request_line} HTTP/1.1\r\nHost: x\r\n\r\n".encode()))
    assert answer.split()[1] == status


@pytest.mark.parametrize("first_words", [b"", b"GET /metr"])
def test_a_scrape_is_answered_among_seventy_connections_that_never_ask(first_words: bytes) -> None:
    async def scene(served: Served) -> bytes:
        silent = [await served.connect() for _ in range(MAX_CONNECTIONS + 6)]
        for _, writer in silent:
            writer.write(first_words)
        answer = await served.ask()
        for _, writer in silent:
            writer.transport.abort()
        return answer

    assert serving(well, scene).startswith(b"HTTP/1.1 200 ")


def test_the_oldest_silent_connection_makes_room_for_the_newest() -> None:
    async def scene(served: Served) -> tuple[bytes, bool]:
        oldest, its_writer = await served.connect()
        later = [await served.connect() for _ in range(MAX_CONNECTIONS)]
        try:
            gone = await oldest.read()
        except ConnectionResetError:
            gone = b""
        its_writer.close()
        newest_reader, newest_writer = later[-1]
        newest_writer.write(GET)
        served_still = (await newest_reader.read()).startswith(b"HTTP/1.1 200 ")
        for _, writer in later:
            writer.transport.abort()
        return gone, served_still

    assert serving(well, scene) == (b"", True)


def test_a_head_without_an_end_is_cut_off() -> None:
    async def scene(served: Served) -> bytes:
        reader, writer = await served.connect()
        writer.write(b"GET /metrics HTTP/1.1\r\n" + b"X-Long: y\r\n" * (MAX_HEAD_BYTES // 5))
        try:
            answer = await reader.read()
        except ConnectionResetError:
            answer = b""
        writer.transport.abort()
        return answer

    assert serving(well, scene) == b""
