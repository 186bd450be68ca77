"""One connection of a scraper, bounded in what it may take: uvicorn by itself waits for a request for ever."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

#: A request is complete this long after its connection was made.
ASK_WITHIN_S = 5.0

#: Its answer is taken in this time; a scraper on a narrow line needs some seconds for 13 MB.
TAKE_WITHIN_S = 60.0

#: The head of a request, as in the probes of this house.
MAX_HEAD_BYTES = 64 * 1024


class Connection(HttpToolsProtocol):
    """Serves one request and closes. Who says nothing makes room for who comes later, and goes when its time is up."""

    take_within_s = TAKE_WITHIN_S

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.has_asked = False
        self.made_at_s = 0.0
        self._head_bytes = 0
        self._time_is_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.made_at_s = self.loop.time()
        self._give_until(ASK_WITHIN_S)
        self._make_room()

    def data_received(self, data: bytes) -> None:
        if not self.has_asked:
            left = MAX_HEAD_BYTES - self._head_bytes
            self._head_bytes += len(data)
            super().data_received(data[:left])
            data = data[left:]
            if not data or self.transport.is_closing():
                return
            if not self.has_asked:  # what is left is no body yet
                self.give_up()
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        if not self.has_asked:
            self.has_asked = True
            self._give_until(self.take_within_s)
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._time_is_up is not None:
            self._time_is_up.cancel()
        super().connection_lost(exc)

    def give_up(self) -> None:
        """Close at once, whatever is under way."""
        self.connections.discard(self)
        self.transport.abort()

    def _give_until(self, delay_s: float) -> None:
        if self._time_is_up is not None:
            self._time_is_up.cancel()
        self._time_is_up = self.loop.call_later(delay_s, self.give_up)

    def _make_room(self) -> None:
        """Requests are refused by uvicorn once there are `limit_concurrency` connections, this one included."""
        limit = self.config.limit_concurrency
        if limit is None or len(self.connections) < limit:
            return
        others = (one for one in self.connections if isinstance(one, Connection) and one is not self)
        silent = [one for one in others if not one.has_asked]
        if silent:
            min(silent, key=lambda one: one.made_at_s).give_up()
