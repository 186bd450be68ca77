"""A dialled connection that nothing is said over yet."""

import asyncio
from typing import Protocol, cast

from checks.network.values import TlsSession


class Closable(Protocol):
    def close(self) -> None: ...


class IdleProtocol(asyncio.Protocol):
    """Takes what comes and drops it: a bare connection is only opened and closed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Nobody reads, so nothing need arrive. A cast, since uvloop's transports are none of asyncio's classes.
        cast("asyncio.ReadTransport", transport).pause_reading()


class OpenConnection:
    """What `connect` answers; see checks.network.values.Connection."""

    __slots__ = ("_transport", "address", "connect_s", "tls")

    def __init__(
        self, transport: asyncio.BaseTransport, address: str, connect_s: float, tls: TlsSession | None = None
    ) -> None:
        self._transport = transport
        self.address = address
        self.connect_s = connect_s
        self.tls = tls

    def close(self) -> None:
        self._transport.close()
