"""What the demo's servers have in common: they listen on free ports of loopback, in the demo's own loop."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable

LOOPBACK = "127.0.0.1"

_REQUEST_S = 5.0


def port_of(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


@contextlib.asynccontextmanager
async def answering_server(
    until: bytes, answer: Callable[[bytes], bytes], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """The port of a server that reads up to `until`, sends `answer` of what it read, and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_REQUEST_S):
                writer.write(answer(await reader.readuntil(until)))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a caller that went away; the answer is for whoever comes next
        finally:
            writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0, ssl=tls)
    async with server:
        yield port_of(server)


@contextlib.asynccontextmanager
async def web_server(
    content_type: str, body: Callable[[], bytes], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """The port of a web server that answers everything with the present `body`."""

    def answer(_request: bytes) -> bytes:
        content = body()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n"
        return head.encode() + b"Connection: close\r\n\r\n" + content

    async with answering_server(b"\r\n\r\n", answer, tls) as port:
        yield port
