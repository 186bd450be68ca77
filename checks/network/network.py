"""The one transport of probes: Transport for the whole daemon, one ProbeNetwork per run."""

import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from checks.network.connection import Closable, IdleProtocol, OpenConnection
from checks.network.dial import dial
from checks.network.errors import ProbeError, StarvedError
from checks.network.http import HttpFetch
from checks.network.lines import LineBuffer, OpenDialogue
from checks.network.office_api import OfficeCall
from checks.network.resolver import Resolver
from checks.network.shared import Shared
from checks.network.transcript import Stopwatch, Transcript
from checks.network.values import (
    ApiAnswer,
    ApiRequest,
    Connection,
    DnsAnswer,
    DnsQuestion,
    Family,
    HttpRequest,
    HttpResponse,
    LineDialogue,
    TlsTerms,
)
from checks.target import host_and_port

ResultT = TypeVar("ResultT")


class Transport:
    """What outlives a run: resolver, trust stores, caches. One for the whole daemon."""

    def __init__(
        self, resolver: Resolver, clock: Callable[[], datetime], *, stopwatch: Stopwatch = time.perf_counter
    ) -> None:
        """`clock` answers aware UTC; it decides whether a certificate is in date before anything secret is sent."""
        self._shared = Shared(resolver, clock, stopwatch)

    def session(self) -> "ProbeNetwork":
        """A network for one run, with a transcript of its own. Close it, or use `async with`."""
        return ProbeNetwork(self._shared)

    def close(self) -> None:
        """End look-ups still under way."""
        self._shared.resolver.close()


class ProbeNetwork:
    """checks.plugin.Network for one run. Every connection it opened ends with it."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._transcript = Transcript(shared.stopwatch)
        self._opened: list[Closable] = []
        self.starved = ""
        """What we ran out of, as the first StarvedError said: the run may go on, yet people must hear of it."""

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

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What every finding of the run must carry, good ones too: that an address is old."""
        return tuple(("Address", text) for text in self._transcript.old_addresses.values())

    def transcript(self) -> str:
        return self._transcript.text()

    def addresses(self, host: str, family: Family) -> Coroutine[Any, Any, Sequence[str]]:
        return self._noted(self._addresses(host, family))

    def connect(
        self, host: str, port: int, family: Family, tls: TlsTerms | None = None
    ) -> Coroutine[Any, Any, Connection]:
        return self._noted(self._connect(host, port, family, tls))

    def dialogue(
        self, host: str, port: int, family: Family, tls: TlsTerms | None = None
    ) -> Coroutine[Any, Any, LineDialogue]:
        return self._noted(self._dialogue(host, port, family, tls))

    def fetch(self, request: HttpRequest) -> Coroutine[Any, Any, HttpResponse]:
        return self._noted(HttpFetch(self._shared, self._transcript, request).run())

    def query(self, question: DnsQuestion) -> Coroutine[Any, Any, DnsAnswer]:
        return self._noted(self._shared.questions.answer(question, self._transcript))

    def ask_api(self, request: ApiRequest) -> Coroutine[Any, Any, ApiAnswer]:
        return self._noted(OfficeCall(self._shared, self._transcript, request).run())

    def turn(self, place: str, gap_s: float, patience_s: float) -> Coroutine[Any, Any, bool]:
        return self._shared.pace.turn(place, gap_s, patience_s)

    def rest(self, place: str, length_s: float) -> None:
        self._shared.pace.rest(place, length_s)

    async def _noted(self, look: Coroutine[Any, Any, ResultT]) -> ResultT:
        try:
            return await look
        except ProbeError as error:
            self._transcript.add("{}: {}", error.cause.value, error.detail)
            if isinstance(error, StarvedError) and not self.starved:
                self.starved = error.detail
            raise

    async def _addresses(self, host: str, family: Family) -> Sequence[str]:
        addresses = await self._shared.addresses(host, family, self._transcript)
        if addresses != (host,):
            self._transcript.add("{} is at {}", host, ", ".join(addresses))
        return addresses

    async def _connect(self, host: str, port: int, family: Family, tls: TlsTerms | None) -> Connection:
        if tls is not None:
            return await self._dialogue(host, port, family, tls)
        addresses = await self._addresses(host, family)
        started = self._shared.stopwatch()
        dialled = await dial(addresses, port, IdleProtocol, host_and_port(host, port))
        connection = OpenConnection(dialled.transport, dialled.address, self._connected(dialled.address, port, started))
        self._opened.append(connection)
        return connection

    async def _dialogue(self, host: str, port: int, family: Family, tls: TlsTerms | None) -> OpenDialogue:
        addresses = await self._addresses(host, family)
        started = self._shared.stopwatch()
        place, handshakes = host_and_port(host, port), self._shared.handshakes
        if tls is None:
            plain = await dial(addresses, port, lambda: LineBuffer(place), place)
            transport, address, buffer, layer = plain.transport, plain.address, plain.protocol, None
        else:
            layered = await dial(addresses, port, lambda: handshakes.layer(tls, LineBuffer(place), place), place)
            layer = layered.protocol
            transport, address, buffer = layered.transport, layered.address, layer.inner
        dialogue = OpenDialogue(
            transport,
            buffer,
            address=address,
            place=place,
            connect_s=self._connected(address, port, started),
            handshakes=handshakes,
            transcript=self._transcript,
        )
        self._opened.append(dialogue)
        if tls is not None and layer is not None:
            await dialogue.secure(layer, tls)
        return dialogue

    def _connected(self, address: str, port: int, started: float) -> float:
        connect_s = self._shared.stopwatch() - started
        self._transcript.add("connected to {} port {} in {:.1f} ms", address, port, connect_s * 1000)
        return connect_s
