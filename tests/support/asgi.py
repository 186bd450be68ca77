"""An ASGI application asked without a server: one request, its status and its JSON."""

import asyncio
import json
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from watchdog.api.peer import Peer
from watchdog.web.server import Asgi

#: Any process of any user; uid 0 has a name everywhere.
ROOT = Peer(pid=1, uid=0)


@dataclass(frozen=True, slots=True)
class Told:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        return json.loads(self.raw)


async def request(
    app: Asgi,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    query: str = "",
    content_type: str = "application/json",
    peer: Peer | None = ROOT,
) -> Told:
    """What `app` answers `peer`. The body comes in one piece."""
    pieces = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        if pieces:
            return pieces.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "root_path": "",
        "query_string": query.encode("ascii"),
        "headers": [(b"host", b"nigehban"), (b"content-type", content_type.encode("latin-1"))],
        "client": None,
        "server": ("nigehban.sock", None),
        "state": {"peer": peer},
    }
    await app(scope, receive, send)
    start, *rest = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Told(start["status"], headers, b"".join(one.get("body", b"") for one in rest))
