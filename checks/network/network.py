"""The one transport of probes: shared parts in Transport, one ProbeNetwork per run."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from checks.network.connection import Closable, IdleProtocol, OpenConnection
from checks.network.dial import dial
from checks.network.resolver import Resolver
from checks.network.transcript import Stopwatch, Transcript
from checks.network.values import Connection, Family, HttpRequest, HttpResponse, LineDialogue, TlsTerms


class Transport:
    """What outlives a run: resolver, trust stores, caches. One for the whole daemon."""

    def __init__(
        self, resolver: Resolver, clock: Callable[[], datetime], *, stopwatch: Stopwatch = time.perf_counter
    ) -> None:
        """`clock` answers aware UTC; it decides whether a certificate is in date before credentials are sent."""
        self.resolver = resolver
        self.clock = clock
        self.stopwatch = stopwatch

    def session(self) -> "ProbeNetwork":
        """A network for one run, with a transcript of its own. Close it, or use `async with`."""
        return ProbeNetwork(self)

    def close(self) -> None:
        """End look-ups still under way."""
        self.resolver.close()


class ProbeNetwork:
    """checks.plugin.Network for one run. Every connection it opened ends with it."""

    def __init__(self, transport: Transport) -> None:
        self._shared = transport
        self._transcript = Transcript(transport.stopwatch)
        self._opened: list[Closable] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for connection in self._opened:
            connection.close()
        self._opened.clear()

    def transcript(self) -> str:
        return self._transcript.text()

    async def addresses(self, host: str, family: Family) -> Sequence[str]:
        resolved = await self._shared.resolver.addresses(host, family)
        self._transcript.add("{} is at {}", host, ", ".join(resolved.addresses))
        if resolved.stale:
            self._transcript.add("{}", resolved.stale)
        return resolved.addresses

    async def connect(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> Connection:
        addresses = await self.addresses(host, family)
        started = self._shared.stopwatch()
        place = f"{host}:{port}"
        dialled = await dial(addresses, port, IdleProtocol, place)
        connect_s = self._shared.stopwatch() - started
        self._transcript.add("connected to {} port {} in {:.1f} ms", dialled.address, port, connect_s * 1000)
        connection = OpenConnection(dialled.transport, dialled.address, connect_s)
        self._opened.append(connection)
        return connection

    async def dialogue(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> LineDialogue:
        raise NotImplementedError

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError
