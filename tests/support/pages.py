"""A web site on loopback whose pages a test takes down and brings back."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(slots=True)
class Pages:
    """Every path is a page: 200, or 503 while it is in `down`. Safe to change from another thread."""

    down: frozenset[str] = frozenset()
    looks: int = 0
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.looks += 1
            status = "503 Out" if head.split(b" ")[1].decode() in self.down else "200 Up"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def running_pages() -> AsyncIterator[Pages]:
    pages = Pages()
    server = await asyncio.start_server(pages.talk, "127.0.0.1", 0)
    async with server:
        pages.port = server.sockets[0].getsockname()[1]
        yield pages
        await asyncio.sleep(0.01)


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
