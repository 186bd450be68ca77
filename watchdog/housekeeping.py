"""History is packed, rolled up and let go of: a little at a time and never in a check's way."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import structlog

from watchdog.clock import Clock
from watchdog.settings.values import Retention
from watchdog.store.attic import Attic
from watchdog.store.errors import StoreDamagedError, StoreError, StoreUnreadableError
from watchdog.store.executor import Caller
from watchdog.store.packing import SERIES_AT_ONCE, packed
from watchdog.store.rolling import rolled

log: structlog.stdlib.BoundLogger = structlog.get_logger()

ROUND_EVERY_S: Final = 60.0

#: Between two chunks the store belongs to whoever waits for it.
BREATH_S: Final = 0.2

#: Packing is work for the processor: some 1 ms of it, then the loop has it alone for a while.
ROWS_IN_ONE_GO: Final = 5
BREATH_OF_PACKING_S: Final = 0.01

RowT = TypeVar("RowT")


class Housekeeping:
    """`writing` runs where looks are written, `packing` beside it. Zone and retention are asked for at every round."""

    def __init__(
        self,
        attic: Attic,
        *,
        writing: Caller,
        packing: Caller,
        clock: Clock,
        rules: Callable[[], tuple[ZoneInfo, Retention]],
        breath_s: float = BREATH_S,
    ) -> None:
        self._attic = attic
        self._writing = writing
        self._packing = packing
        self._clock = clock
        self._rules = rules
        self._breath_s = breath_s
        self._may_roll = True

    async def forever(self) -> None:
        while True:
            await self.go_round()
            await asyncio.sleep(ROUND_EVERY_S)

    async def go_round(self) -> None:
        """All that is due now. A store that fails is left to those who must write, until the next round."""
        zone, keep = self._rules()
        now = self._clock()
        await _tried("old history stays for now", partial(self._prune, now, zone, keep))
        await _tried("an hour is not packed yet", partial(self._pack, now, zone))
        await _tried("late looks wait to be packed", partial(self._repeat, partial(self._attic.merge_late, zone)))
        await _tried("packed looks stay in the tail for now", partial(self._repeat, self._attic.sweep))
        await _tried("a day is not rolled up yet", partial(self._roll, now, zone))

    async def _repeat(self, verb: Callable[[], int]) -> None:
        while await self._writing.call(verb):  # noqa: ASYNC110  # a pace, no wait
            await asyncio.sleep(self._breath_s)

    async def _prune(self, now: datetime, zone: ZoneInfo, keep: Retention) -> None:
        days_since = (now - keep.days).astimezone(zone).date()
        await self._repeat(partial(self._attic.prune, now - keep.looks, now - keep.hours, days_since))

    async def _pack(self, now: datetime, zone: ZoneInfo) -> None:
        while (hour := await self._writing.call(self._attic.shut_hour, now)) is not None:
            up_to = await self._packing.call(self._attic.series_up_to)
            for after in range(0, up_to, SERIES_AT_ONCE):
                rows = await self._packing.call(self._attic.tail_rows, hour, after, min(after + SERIES_AT_ONCE, up_to))
                kept = await self._made(packed(hour, rows))
                await self._writing.call(self._attic.keep, kept)
            await self._writing.call(self._attic.mark_packed, hour, zone)
            self._may_roll = True
            await self._repeat(self._attic.sweep)
            await asyncio.sleep(self._breath_s)

    async def _roll(self, now: datetime, zone: ZoneInfo) -> None:
        """Days end with an hour, so that there is nothing to look for until another was packed."""
        while self._may_roll:
            day = await self._packing.call(self._attic.unrolled_day, now, zone)
            if day is None:
                self._may_roll = False
                return
            up_to = await self._packing.call(self._attic.series_up_to)
            for after in range(0, up_to, SERIES_AT_ONCE):
                until = min(after + SERIES_AT_ONCE, up_to)
                rows = await self._packing.call(self._attic.hour_rows, day, zone, after, until)
                kept = await self._made(rolled(day, rows))
                await self._writing.call(self._attic.keep_days, kept)
            await self._writing.call(self._attic.mark_rolled, day)

    async def _made(self, rows: Iterator[RowT]) -> list[RowT]:
        made: list[RowT] = []
        while more := await self._packing.call(_some, rows):
            made += more
            await asyncio.sleep(min(BREATH_OF_PACKING_S, self._breath_s))
        return made


def _some(rows: Iterable[RowT]) -> list[RowT]:
    return list(islice(rows, ROWS_IN_ONE_GO))


async def _tried(what: str, chore: Callable[[], Awaitable[None]]) -> None:
    try:
        await chore()
    except StoreError as error:
        # A file that is not whole ends the daemon, so that the next start puts a whole one in its place.
        if isinstance(error, StoreDamagedError) and not isinstance(error, StoreUnreadableError):
            raise
        log.warning(what, error=str(error))
