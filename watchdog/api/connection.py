"""One connection to the API: who is at its other end, and how long an answer may take."""

import asyncio

from watchdog.api.peer import peer_of
from watchdog.web.connection import Connection


class ApiConnection(Connection):
    """Bounded like all connections, but a reload of ten thousand checks takes its time."""

    take_within_s = 300.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        sock = transport.get_extra_info("socket")
        peer = None if sock is None else peer_of(sock.fileno())
        self.app_state = {**self.app_state, "peer": peer}
        super().connection_made(transport)
