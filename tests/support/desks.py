"""A whole daemon in virtual time with somebody at its desk: one check that is down, and a service that is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from checks.model import Finding, Status
from checks.plugin import CheckContext
from tests.support.scripted import Answer, finding, spec_of
from tests.support.virtual_estate import Month, lay, settings_of
from tests.support.virtual_loop import EPOCH, virtual_clock
from watchdog.api.application import application
from watchdog.api.desk import Desk
from watchdog.api.drill_desk import DrillDesk
from watchdog.api.import_desk import ImportDesk
from watchdog.api.ledger_desk import LedgerDesk
from watchdog.api.mute_desk import MuteDesk
from watchdog.api.payee_desk import PayeeDesk
from watchdog.backups import Made
from watchdog.billing.importing import Importer
from watchdog.billing.keeper import LedgerKeeper
from watchdog.daemon import Daemon
from watchdog.drills.keeping import Drills
from watchdog.engine.writer import Committing
from watchdog.foretelling import Plays
from watchdog.metrics.counters import Counters
from watchdog.mute_keeper import MuteKeeper
from watchdog.reload import Reloading
from watchdog.sd_notify import ServiceManager
from watchdog.settings.values import ConfiguredCheck, Settings
from watchdog.store.database_file import Held
from watchdog.store.executor import Inline
from watchdog.store.store import Store
from watchdog.web.server import Asgi


async def down(_ctx: CheckContext) -> Sequence[Finding]:
    return (finding(Status.CRITICAL),)


def watching(*answers: tuple[str, Answer]) -> Settings:
    """Checks at 60 s by id, each giving its answer."""
    whole = settings_of((), ("mx",), interval_s=60, lapses=EPOCH + timedelta(days=300))
    rule = whole.checks[0].threshold
    checks = [ConfiguredCheck(spec=spec_of(answer, check_id=name), threshold=rule) for name, answer in answers]
    return replace(whole, checks=tuple(checks), invoices=())


@dataclass(slots=True)
class Scene:
    """`to_load` is what the settings' place holds: settings, or what reading them raises."""

    daemon: Daemon
    month: Month
    reloading: Reloading
    desk: Desk
    app: Asgi
    to_load: list[Settings | Exception] = field(default_factory=list)
    loads: int = 0

    @property
    def incident(self) -> str:
        """The id of the one that is open."""
        (standing,) = self.month.store.listings.open_incidents()
        return standing.id


class Copies:
    """Says that it made one."""

    async def make(self) -> Made:
        held = Held(size_b=4096, revision="0005", newest=None, subjects=1, open_incidents=1, waiting=0)
        return Made(path=Path("backups", "copy"), held=held)


@asynccontextmanager
async def scene(
    settings: Settings, *, lasting_s: float = 300.0, disk: Callable[[Store], Committing] = lambda store: store
) -> AsyncIterator[Scene]:
    """A daemon that has watched for `lasting_s`, and goes on while the body runs. `disk` stands before its store."""
    daemon, month = lay(settings, seed=1, disk=disk)
    here: Scene

    def load() -> Settings:
        here.loads += 1
        held = here.to_load[0] if here.to_load else settings
        if isinstance(held, Exception):
            raise held
        return held

    async def after(_settings: Settings) -> None:
        """Nothing is left over here."""

    clock = virtual_clock()
    reloading = Reloading(daemon, settings, Counters("0"), ServiceManager.from_environment({}), load, clock, after)
    ledger = LedgerKeeper.loaded(month.store.ledger, Inline(), clock)
    ledger.rules = lambda: daemon.settings.estate.rules
    drills = Drills(daemon, month.store.listings, Inline(), clock, map("d-{}".format, count(1)).__next__)
    desk = Desk(
        daemon=daemon,
        reloading=reloading,
        listings=month.store.listings,
        reading=Inline(),
        plays=Plays(Inline()),
        clock=clock,
        state_dir=Path("state"),
        version="0",
        started_at=clock(),
        copying=Copies(),
        mutes=MuteDesk(
            daemon=daemon, store=month.store, writing=Inline(), clock=clock, ids=map("m-{}".format, count(1)).__next__
        ),
        payees=PayeeDesk(
            daemon=daemon,
            rows=month.store.taxpayers,
            writing=Inline(),
            clock=clock,
            ids=map("t-{}".format, count(1)).__next__,
        ),
        ledger=LedgerDesk(
            daemon=daemon,
            ledger=ledger,
            rows=month.store.ledger,
            reading=Inline(),
            clock=clock,
        ),
        imports=ImportDesk(
            importer=Importer(ledger=ledger, settings=lambda: daemon.settings, reading=Inline(), clock=clock),
            clock=clock,
            ids=map("i-{}".format, count(1)).__next__,
        ),
        drills=DrillDesk(daemon, drills, clock),
    )
    keeper = MuteKeeper(daemon, month.store, Inline(), clock)
    here = Scene(daemon, month, reloading, desk, application(desk))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(daemon.run(stop))
        serving = [
            group.create_task(reloading.forever()),
            group.create_task(keeper.forever()),
            group.create_task(drills.forever()),
        ]
        await asyncio.sleep(lasting_s)
        try:
            yield here
        finally:
            for task in serving:
                task.cancel()
            stop.set()
            await running
