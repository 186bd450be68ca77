"""One connection to the API: who is at its other end, and how long an answer may take."""

import asyncio

from watchdog.api.bounded import error_body
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

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets the form that every other mistake gets."""
        del msg
        body = error_body("this is no HTTP/1.1 request; docs/api.md lists what there is")
        head = ["HTTP/1.1 400 Bad Request", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        self.transport.write("\r\n".join([*head, "Connection: close", "", ""]).encode() + body)
        self.transport.close()
