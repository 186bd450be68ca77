"""An office that pays bills, in virtual time: the daemon over a real ledger, fed as people feed it.

What goes round every few seconds or minutes in an office does so every few minutes or once an hour here: in virtual
time nothing else is lost by it, and months pass in seconds.
"""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.message import Notification
from checks.billing.intake.request import Layout
from checks.ledger.event import LedgerEvent
from checks.ledger.taxpayers import ListKind, Lookup
from checks.plugin import Ledger
from tests.support.money_stories import Everybody
from tests.support.telling import local
from tests.support.virtual_estate import Month, lay
from tests.support.virtual_loop import virtual_clock
from watchdog.api.ledger_desk import LedgerDesk
from watchdog.billing.importing import Imported, Importer
from watchdog.billing.keeper import LedgerKeeper
from watchdog.billing.prompt_looks import PromptLooks
from watchdog.billing.spoken import NewBill, Word
from watchdog.clock import Clock, random_ids
from watchdog.daemon import Daemon
from watchdog.digests import Digests
from watchdog.duty import Escalations
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline
from watchdog.store.store import Store

_ROUND_S = 900.0
_LOOK_S = 3600.0


def import_list(store: Store, settings: Settings, csv: str, *, at: str, author: str) -> Imported:
    """`csv` handed in at local time `at`, as `nigehban invoices import` does: read by a process of its own, so not in
    virtual time.
    """

    def clock() -> datetime:
        return local(at)

    async def take() -> Imported:
        keeper = LedgerKeeper.loaded(store.ledger, Inline(), clock)
        importer = Importer(ledger=keeper, settings=lambda: settings, reading=Inline(), clock=clock)
        with tempfile.TemporaryFile() as file:
            file.write(csv.encode())
            file.flush()
            return await importer.take(file, Layout(), name="bills.csv", author=author)

    return asyncio.run(take())


@dataclass(slots=True)
class PayingOffice:
    """The daemon, and the desk at which people say what became of bills."""

    daemon: Daemon
    month: Month
    keeper: LedgerKeeper
    desk: LedgerDesk
    clock: Clock

    async def until(self, at: str) -> None:
        """Local time `at` comes."""
        await asyncio.sleep((local(at) - self.clock()).total_seconds())

    async def say(self, about: str, event: str, by: str = "so.finance", **more: str) -> str:
        """What a person puts on record; the answer is what `nigehban invoices record` prints."""
        recorded = await self.desk.say([about], Word(event=event, **more), by)
        return self.desk.words_of(recorded)

    async def add(self, by: str = "so.finance", **said: str) -> None:
        """A bill that came in, as `nigehban invoices add` writes it down."""
        await self.desk.add(NewBill(**said), by)

    async def confirm(self, by: str) -> tuple[LedgerEvent, ...]:
        """The one word that waits."""
        (waits,) = await self.keeper.proposals()
        return tuple((await self.keeper.confirm(waits.id, by)).events)

    @property
    def sent(self) -> list[Notification]:
        return [one.notification for one in sorted(self.month.sent, key=lambda one: one.at)]


@dataclass(frozen=True, slots=True)
class _FreshLists:
    """Lists of active taxpayers, downloaded every day; everybody stands on them."""

    clock: Clock

    async def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:
        return await Everybody(self.clock().date()).look_up(kind, numbers)


@dataclass(slots=True)
class _Ledgers:
    clock: Clock
    keepers: list[LedgerKeeper] = field(default_factory=list)

    def of(self, store: Store, written: Settings) -> Ledger:
        if not self.keepers:
            self.keepers.append(LedgerKeeper.loaded(store.ledger, Inline(), self.clock))
        return self.keepers[0].beside(written.invoices)


@asynccontextmanager
async def paying_office(
    settings: Settings, *, start: datetime, store: Store | None = None, seed: int = 7
) -> AsyncIterator[PayingOffice]:
    """It runs from `start` until the body ends, over what `store` has; must be entered in a virtual loop. Each life
    over one store needs a `seed` of its own, or its events have the ids of those before.
    """
    clock = virtual_clock(start)
    ledgers = _Ledgers(clock)
    checks = tuple(replace(one, spec=replace(one.spec, interval_s=_LOOK_S)) for one in settings.checks)
    settings = replace(settings, checks=checks)
    lists = _FreshLists(clock)
    daemon, month = lay(settings, seed=seed, ledger_of=ledgers.of, taxpayers=lists, start=start, store=store)
    (keeper,) = ledgers.keepers
    keeper.rules = lambda: daemon.settings.estate.billing
    desk = LedgerDesk(daemon=daemon, ledger=keeper, rows=month.store.ledger, reading=Inline(), clock=clock)
    office = PayingOffice(daemon, month, keeper, desk, clock)
    stop = asyncio.Event()
    running = asyncio.create_task(daemon.run(stop))
    chores = [asyncio.create_task(one) for one in (PromptLooks(daemon, keeper).forever(), _rounds(office))]
    try:
        yield office
    finally:
        for chore in chores:
            chore.cancel()
        stop.set()
        await running
        for ended in await asyncio.gather(*chores, return_exceptions=True):
            assert isinstance(ended, asyncio.CancelledError), ended


async def _rounds(office: PayingOffice) -> None:
    lists = Digests(
        daemon=office.daemon,
        listings=office.month.store.listings,
        reading=Inline(),
        clock=office.clock,
        on_record=office.keeper.on_record,
    )
    climbing = Escalations(office.daemon, office.clock, random_ids(random.Random(11)))
    while True:
        await asyncio.sleep(_ROUND_S)
        await lists.round()
        await climbing.look()
