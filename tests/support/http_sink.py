"""An HTTP server on loopback, in the test's own loop, that answers as it is told and keeps what it was sent."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any


@dataclass(frozen=True, slots=True)
class Posted:
    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever was posted
        return json.loads(self.body)


@dataclass(slots=True)
class HttpSink:
    """Answers `status` with `headers` to everything: after `delay_s`, once `until` is set.

    With `drip`, what it answers is one byte each 0.05 s of a head without end.
    """

    status: int = 204
    headers: Sequence[str] = ()
    body: bytes = b""
    delay_s: float = 0.0
    until: asyncio.Event | None = None
    drip: bool = False
    posted: list[Posted] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    def url(self, path: str = "/hook") -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
                self.posted.append(await _request(reader))
                await asyncio.sleep(self.delay_s)
                if self.until is not None:
                    await self.until.wait()
                await self._answer(writer)
        finally:
            writer.transport.abort() if self.drip else writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        fields = "".join(f"{header}\r\n" for header in self.headers)
        wire = f"HTTP/1.1 {self.status} Said\r\n{fields}Content-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
        if not self.drip:
            writer.write(wire.encode() + self.body)
            await writer.drain()
            return
        for byte in chain(wire.removesuffix("\r\n\r\n").encode(), repeat(ord("x"))):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)


async def _request(reader: asyncio.StreamReader) -> Posted:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Posted(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


@contextlib.asynccontextmanager
async def running_http(sink: HttpSink | None = None, tls: ssl.SSLContext | None = None) -> AsyncIterator[HttpSink]:
    sink = sink or HttpSink()
    talks: list[asyncio.Task[None]] = []

    def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(sink.talk(reader, writer)))

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    async with server:
        sink.port = server.sockets[0].getsockname()[1]
        sink.scheme = "https" if tls else "http"
        yield sink
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0.01)
