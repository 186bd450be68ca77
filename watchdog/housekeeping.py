"""What grows is let go of, a little at a time and never in a check's way."""

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from watchdog.clock import Clock
from watchdog.store.errors import StoreError
from watchdog.store.executor import Caller

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: Observations are kept this long as they were made; incidents, events and deliveries are kept for ever.
KEEP_OBSERVATIONS = timedelta(days=7)

PRUNE_EVERY_S = 600.0

#: Between two chunks the store belongs to whoever waits for it.
BREATH_S = 0.2


class Pruning(Protocol):
    """The store as housekeeping needs it."""

    def prune(self, older_than: datetime) -> int: ...


async def prune_forever(store: Pruning, caller: Caller, clock: Clock) -> None:
    """Every ten minutes, chunk by chunk. A store that fails is left to those who must write."""
    while True:
        try:
            while await caller.call(store.prune, clock() - KEEP_OBSERVATIONS):  # noqa: ASYNC110  # a pace, no wait
                await asyncio.sleep(BREATH_S)
        except StoreError as error:
            log.warning("old observations stay for now", error=str(error))
        await asyncio.sleep(PRUNE_EVERY_S)
