"""What one request may cost: its body is taken whole, small and soon, or not at all."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

from watchdog.web.server import Asgi, Receive, Scope, Send

MAX_BODY_BYTES = 64 * 1024
BODY_WITHIN_S = 5.0

#: So much is read of a body that is too long before its sender is cut off.
MAX_READ_BYTES = 16 * 1024 * 1024

_HEADERS = ((b"connection", b"close"), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class Bounded:
    """An ASGI application around another one. One request per connection, as watchdog.web.connection has it."""

    def __init__(self, app: Asgi) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                body = await _body(receive)
        except TimeoutError:
            await _refuse(send, 408, f"the body did not come within {BODY_WITHIN_S:g} s")
            return
        if body is None:
            await _refuse(send, 413, f"the body is longer than {MAX_BODY_BYTES} bytes")
        else:
            await self.app(_as_json(scope), _again(body, receive), _closing(send))


async def _body(receive: Receive) -> bytes | None:
    """None where it is too long: then the rest is read and let go, so that whoever sends it lives to hear of it."""
    body, size = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        piece = message.get("body", b"")
        size += len(piece)
        if size <= MAX_BODY_BYTES:
            body += piece
        if size > MAX_READ_BYTES or not message.get("more_body", False):
            return bytes(body) if size <= MAX_BODY_BYTES else None


def _as_json(scope: Scope) -> Scope:
    """Nothing but JSON is taken here, whatever a header calls it: no browser reaches a Unix socket."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
    return {**scope, "headers": [*headers, (b"content-type", b"application/json")]}


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands out the body that was read already, then what comes after it."""
    handed: list[bytes] = []

    async def once() -> MutableMapping[str, Any]:
        if handed:
            return await receive()
        handed.append(body)
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _closing(send: Send) -> Send:
    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
        await send(message)

    return sent


def error_body(error: str) -> bytes:
    return json.dumps({"error": error, "problems": []}).encode()


async def _refuse(send: Send, status: int, error: str) -> None:
    body = error_body(error)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await _closing(send)({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
