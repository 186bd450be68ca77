"""The page of all metrics: what the daemon knows by itself, and what only its store can tell."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import structlog

from checks.model import CheckId
from checks.spec import CheckSpec
from watchdog.engine.subjects import Subjects
from watchdog.engine.writer import Standstill
from watchdog.metrics.exposition import Exposition
from watchdog.store.errors import StoreError
from watchdog.store.views import Waiting

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A scraper waits ten seconds by default for the whole page (Prometheus, scrape_timeout).
BACKLOG_WITHIN_S = 2.0

BacklogReader = Callable[[], Awaitable[Mapping[str, Waiting]]]


class MetricsPage:
    """Written anew for each scrape. A store that is locked, broken or slow costs its own families, not the page."""

    def __init__(
        self,
        subjects: Subjects,
        *,
        specs: Callable[[], Mapping[CheckId, CheckSpec]],
        read_backlog: BacklogReader,
        counters: Callable[[], bytes],
        standstill: Callable[[], Standstill | None] = lambda: None,
    ) -> None:
        self._exposition = Exposition(subjects)
        self._specs = specs
        self._read_backlog = read_backlog
        self._counters = counters
        self._standstill = standstill
        self._reading: asyncio.Task[Mapping[str, Waiting] | None] | None = None

    async def __call__(self) -> AsyncIterator[bytes]:
        backlog = await self._backlog()
        async for chunk in self._exposition.chunks(self._specs(), backlog, self._standstill()):
            yield chunk
        yield self._counters()

    async def _backlog(self) -> Mapping[str, Waiting] | None:
        """What waits in the outbox; None where the store cannot say. At most one question to it is under way."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._ask())
        try:
            async with asyncio.timeout(BACKLOG_WITHIN_S):
                return await asyncio.shield(self._reading)
        except TimeoutError:
            log.warning("the store is slow, metrics are served without the outbox")
            return None

    async def _ask(self) -> Mapping[str, Waiting] | None:
        try:
            return await self._read_backlog()
        except StoreError as error:
            log.warning("the store cannot be read, metrics are served without the outbox", error=str(error))
            return None
