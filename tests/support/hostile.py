"""Servers that mean no good: each a handler for one connection, served from a thread of their own on loopback."""

import asyncio
import contextlib
import gzip
import itertools
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.support.certificates import Pair

Handler: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_BLOCK = b"a" * 65_536
_DRIP_S = 0.5


async def tarpit(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Accepts and says nothing."""
    await asyncio.Event().wait()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ends the connection by a RST, in answer to whatever comes first or, where nothing comes, soon."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRIP_S):
            await reader.read(65_536)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def drip(text: bytes) -> Handler:
    """One byte each half second, so that every single read succeeds."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in itertools.cycle(text):
            if writer.is_closing():
                return
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(_DRIP_S)

    return serve


def endless(block: bytes, first: bytes = b"") -> Handler:
    """`first` once, then `block` as fast as it is taken."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while not (writer.is_closing() or reader.at_eof()):
            writer.write(block)
            await writer.drain()
            await asyncio.sleep(0)  # drain alone need not yield, and then nobody hears that the client has left

    return serve


def answers(text: bytes, *, stays: bool = False) -> Handler:
    """`text` to whatever first comes, then the end; or silence, where it `stays`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(text)
        await writer.drain()
        if stays:
            await tarpit(reader, writer)

    return serve


#: For comparison: a page as it should be.
HEALTHY = answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
ENDLESS_BANNER = endless(_BLOCK, b"220 ")
ENDLESS_REPLY = endless(b"220-and so on\r\n" * 1000)
HEADER_BOMB = endless(b"Set-Cookie: a=" + b"x" * 1000 + b"\r\n", b"HTTP/1.1 200 OK\r\n")
BIG_BODY = endless(_BLOCK, b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
CHUNKED_BODY = endless(b"10000\r\n" + _BLOCK + b"\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
REDIRECT_LOOP = answers(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
#: Interim answers without end (RFC 9110 §15.2).
INTERIM = endless(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)
#: A body in chunks of one byte: mostly framing.
TINY_CHUNKS = endless(b"1\r\na\r\n" * 10_000, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
#: Chunks whose extensions have no end (RFC 9112 §7.1.1).
CHUNK_EXTENSION = endless(b";" + b"e" * 65_535, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1")
TRAILERS = endless(b"X: " + b"y" * 1000 + b"\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
GARBAGE = answers(bytes(range(256)) * 100)
#: A TLS record that announces a ServerHello of 4 KiB and brings ten bytes of it.
HALF_HANDSHAKE = answers(b"\x16\x03\x03\x10\x00\x02\x00\x0f\xfc\x03\x03" + b"\x00" * 6, stays=True)


def gzip_bomb(unpacked_bytes: int = 1 << 26) -> Handler:
    packed = gzip.compress(b"\0" * unpacked_bytes, 9)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    return answers(head.encode() + packed)


def cookies(count: int = 100_000) -> Handler:
    """All of them in one answer that is well otherwise."""
    fields = b"".join(b"Set-Cookie: c%d=x\r\n" % number for number in range(count))
    return answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + fields + b"\r\nok")


@dataclass(slots=True)
class SmtpPeer:
    """A mail server for one purpose; `lines` are all it was ever told, over TLS or not."""

    offers: tuple[bytes, ...] = (b"STARTTLS", b"AUTH PLAIN LOGIN")
    context: ssl.SSLContext | None = None
    after_go_ahead: Handler | None = None
    """What follows the go-ahead to STARTTLS instead of a handshake."""
    after_handshake: Handler | None = None
    """What follows a handshake done well."""
    injected: bytes = b""
    """Plain text sent in one piece with the go-ahead (CVE-2011-0411)."""
    lines: list[str] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        while line := (await reader.readline()).decode("latin-1").strip():
            self.lines.append(line)
            if line.upper() != "STARTTLS":
                writer.write(self._answer(line.upper()))
                continue
            writer.write(b"220 go ahead\r\n" + self.injected)
            await writer.drain()
            if self.after_go_ahead is not None:
                await self.after_go_ahead(reader, writer)
            assert self.context is not None
            await writer.start_tls(self.context)
            if self.after_handshake is not None:
                await self.after_handshake(reader, writer)

    def _answer(self, line: str) -> bytes:
        if line.startswith("EHLO"):
            texts = [b"mail.example", *self.offers]
            return b"".join(b"250-" + text + b"\r\n" for text in texts[:-1]) + b"250 " + texts[-1] + b"\r\n"
        return b"235 welcome\r\n" if line.startswith("AUTH") else b"250 fine\r\n"


def server_context(pair: Pair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.chain_file, pair.key_file)
    return context


class HostileHost:
    """Serves handlers until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="hostile", daemon=True)
        self._thread.start()

    def serve(self, handler: Handler, context: ssl.SSLContext | None = None) -> int:
        """Serve `handler` on 127.0.0.1, over TLS with a `context`; answers the port."""
        return asyncio.run_coroutine_threadsafe(self._serve(handler, context), self._loop).result(60)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _serve(self, handler: Handler, context: ssl.SSLContext | None) -> int:
        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self._loop.create_task(_until_gone(handler, reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._loop.set_exception_handler(lambda _loop, _context: None)
        # ssl_handshake_timeout bounds what a client that leaves half-way keeps open here.
        timeout_s = None if context is None else 5.0
        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context, ssl_handshake_timeout=timeout_s)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks(self._loop) if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.05)  # transports close in later turns of the loop


async def _until_gone(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await handler(reader, writer)
    except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, ValueError):
        pass  # the client has left, which is what we wait for
    except asyncio.CancelledError:
        writer.transport.abort()
        raise
    finally:
        writer.transport.abort() if writer.is_closing() or reader.at_eof() else writer.close()


@contextmanager
def hostile_host() -> Iterator[HostileHost]:
    host = HostileHost()
    try:
        yield host
    finally:
        host.close()
