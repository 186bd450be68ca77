"""Serves /metrics to dashboards: plain HTTP on 127.0.0.1 unless the settings say otherwise, read-only."""

import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import uvicorn

from watchdog.web.connection import Connection

#: ASGI's own shapes (asgi.readthedocs.io, HTTP connection scope).
Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

#: A scraper that does not read, or never finishes asking, holds one of these, and not for long (Connection).
MAX_CONNECTIONS = 64

Page = Callable[[], AsyncIterator[bytes]]

#: Scrapes are many seconds apart: a connection kept open between them would only take a place.
_CLOSE = (b"connection", b"close")


class MetricsApp:
    """An ASGI application of one page."""

    def __init__(self, page: Page, content_type: str) -> None:
        self._page = page
        self._content_type = content_type.encode()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, b"only GET is served here\n")
        elif scope["path"] != "/metrics":
            await _answer(send, 404, b"metrics are at /metrics\n")
        else:
            await self._send_page(send)

    async def _send_page(self, send: Send) -> None:
        """The status goes out with the first piece: a page that cannot even begin is an error, not a torn answer."""
        chunks = self._page()
        first = await anext(chunks, b"")
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", self._content_type), (b"cache-control", b"no-store"), _CLOSE],
            }
        )
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _answer(send: Send, status: int, text: bytes) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"text/plain; charset=utf-8"), _CLOSE],
        }
    )
    await send({"type": "http.response.body", "body": text})


class _Server(uvicorn.Server):
    """uvicorn inside a daemon that handles its own signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def cut_off(self) -> None:
        """Whoever is still connected; cancelled, uvicorn itself leaves their sockets to the garbage collector."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on a numeric address; port 0 takes a free one. Raises OSError if the place is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(MAX_CONNECTIONS)
        sock.setblocking(False)  # noqa: FBT003  # the standard library's own signature
    except OSError:
        sock.close()
        raise
    return sock


async def serve_app(app: Asgi, sock: socket.socket, connection: type[Connection] = Connection) -> None:
    """Serve on `sock` until cancelled. Forwarded headers are ignored: nobody is who a header says."""
    config = uvicorn.Config(
        app,
        http=connection,
        ws="none",
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    try:
        await server.serve(sockets=[sock])
    finally:
        server.cut_off()
        sock.close()
