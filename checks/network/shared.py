"""What all runs share: resolver, handshakes, clocks and requests once built."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from checks.network.handshake import Handshakes
from checks.network.http_request import HttpHopRequest, first_hop
from checks.network.office_shared import OfficeShared
from checks.network.old_address import noted_addresses
from checks.network.pace import Pace
from checks.network.query import Questions
from checks.network.resolver import Resolver
from checks.network.transcript import Stopwatch, Transcript
from checks.network.values import Family, HttpRequest

_MAX_REQUESTS = 20_000

_RequestKey: TypeAlias = tuple[str, str, bool, tuple[tuple[str, str], ...]]


class Shared:
    """One for the whole daemon. `clock` answers aware UTC, `stopwatch` never jumps."""

    def __init__(self, resolver: Resolver, clock: Callable[[], datetime], stopwatch: Stopwatch) -> None:
        self.resolver = resolver
        self.clock = clock
        self.stopwatch = stopwatch
        self.handshakes = Handshakes(stopwatch, clock)
        self.questions = Questions(resolver, stopwatch)
        self.pace = Pace()
        self.office = OfficeShared()
        self._requests: dict[_RequestKey, HttpHopRequest] = {}

    async def addresses(self, host: str, family: Family, transcript: Transcript) -> tuple[str, ...]:
        """Numeric addresses of `host`; that they are old becomes a fact of the finding. Raises ProbeError."""
        return await noted_addresses(self.resolver, host, family, transcript)

    def first_hop(self, request: HttpRequest) -> HttpHopRequest:
        """`request` ready to be sent; kept for the next run unless it is confidential."""
        if request.body:
            return first_hop(request)
        key = (request.url, request.method, request.want_body, tuple(request.headers.items()))
        hop = self._requests.get(key)
        if hop is None:
            hop = first_hop(request)
            if len(self._requests) >= _MAX_REQUESTS:
                self._requests.clear()
            if not hop.is_confidential:
                self._requests[key] = hop
        return hop
