"""The calendar feed behind a signed address: to read, for whoever has it, and for nobody else."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from alerts.bill_days import bill_calendar
from alerts.calendar_links import FEED_ENDING, FEED_PATH, read_feed
from alerts.links import Links
from alerts.route import Language, Receiver
from checks.billing.path.pace import PaceOf
from checks.estate import Estate
from checks.ledger.state import BillOnRecord
from checks.plugin import Calendars
from watchdog.store.executor import Caller

ICALENDAR: Final = "text/calendar; charset=utf-8"
#: A feed that is asked for more often is answered as it was.
KEPT_S: Final = 60.0


@dataclass(slots=True, kw_only=True)
class Feed:
    """Made at most once in KEPT_S for each language, whoever asks."""

    links: Callable[[], Links | None]
    """By the settings in force; None where there are none, and no feed."""
    receivers: Callable[[], Mapping[str, Receiver]]
    bills: Callable[[], Sequence[BillOnRecord]]
    estate: Callable[[], Estate]
    calendars: Callable[[], Calendars]
    pace: Callable[[], Awaitable[PaceOf]]
    """What checks go by."""
    obstacles: Callable[[], Awaitable[Mapping[str, str]]]
    """Why a vendor cannot be paid, by its id, as checks judge it."""
    working: Caller
    """Makes the text, off the loop."""
    _kept: dict[Language, tuple[float, bytes]] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def body(self, path: str) -> bytes | None:
        """None for an address that is none of ours, or whose receiver the settings do not have any more."""
        links = self.links()
        token = path.removeprefix(FEED_PATH).removesuffix(FEED_ENDING)
        if links is None or path != f"{FEED_PATH}{token}{FEED_ENDING}":
            return None
        receiver = self.receivers().get(read_feed(links, token) or "")
        return None if receiver is None else await self._made(receiver.language)

    async def _made(self, language: Language) -> bytes:
        async with self._one_at_a_time:
            now_s = asyncio.get_running_loop().time()
            kept = self._kept.get(language)
            if kept is not None and kept[0] > now_s - KEPT_S:
                return kept[1]
            pace, why = await self.pace(), await self.obstacles()
            making = partial(bill_calendar, self.bills(), self.estate(), self.calendars(), language, pace, why)
            text = await self.working.call(making)
            self._kept[language] = (now_s, text.encode())
            return self._kept[language][1]
