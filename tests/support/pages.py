"""A web site on loopback whose pages a test takes down and brings back."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Pages:
    """Every path is a page: 200, or 503 while it is in `down`. Safe to change from another thread."""

    down: frozenset[str] = frozenset()
    looks: int = 0
    port: int = 0
    hold_s: float = 0.0
    """How long an answer takes."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.looks += 1
            await asyncio.sleep(self.hold_s)
            status = "503 Out" if head.split(b" ")[1].decode() in self.down else "200 Up"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def running_pages(hosts: Sequence[str] = ("127.0.0.1",), hold_s: float = 0.0) -> AsyncIterator[Pages]:
    """The same pages at every address of `hosts`, on one port."""
    pages = Pages(hold_s=hold_s)
    async with contextlib.AsyncExitStack() as stack:
        for host in hosts:
            server = await asyncio.start_server(pages.talk, host, pages.port, backlog=1000)
            await stack.enter_async_context(server)
            pages.port = server.sockets[0].getsockname()[1]
        yield pages
        await asyncio.sleep(0.01 + pages.hold_s)


@contextlib.asynccontextmanager
async def flipping(pages: Pages, paths: list[str], rng: random.Random, every_s: float = 0.1) -> AsyncIterator[None]:
    """Some page goes down or comes back all the time."""

    async def flip() -> None:
        while True:
            pages.down ^= frozenset(rng.sample(paths, 3))
            await asyncio.sleep(every_s)

    task = asyncio.ensure_future(flip())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
