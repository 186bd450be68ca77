"""What runs beside the daemon: the faces it shows to the outside, and the chores of its house."""

import random
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from socket import socket as Socket  # noqa: N812  # a type here, nothing is opened
from typing import TypeAlias

from watchdog.api.desk import Desk
from watchdog.api.drill_desk import DrillDesk
from watchdog.api.face import api_face
from watchdog.api.import_desk import ImportDesk
from watchdog.api.ledger_desk import LedgerDesk
from watchdog.api.mute_desk import MuteDesk
from watchdog.api.payee_desk import PayeeDesk
from watchdog.backups import Backups
from watchdog.behind_links import door_of, feed_of
from watchdog.billing.importing import Importer
from watchdog.billing.prompt_looks import PromptLooks
from watchdog.billing.sources import BillSources
from watchdog.calendars import CalendarKeeper
from watchdog.canary import Canary
from watchdog.canary_mailbox import look
from watchdog.clock import random_ids
from watchdog.daemon import Daemon
from watchdog.duty import Escalations
from watchdog.duty_feeds import DutyFeeds
from watchdog.engine.ways import Ways
from watchdog.ground import Ground, Start
from watchdog.hand_offs import HandOffs
from watchdog.heartbeat import keep_alive
from watchdog.housekeeping import Housekeeping
from watchdog.lasting_alerts import LastingAlerts
from watchdog.metrics.page import MetricsPage
from watchdog.metrics.text import CONTENT_TYPE
from watchdog.mute_keeper import MuteKeeper
from watchdog.outbox_upkeep import OutboxUpkeep
from watchdog.proving import Proving
from watchdog.regular import digests_of, drills_of, fetch_by, heartbeat_of
from watchdog.reload import Reloading
from watchdog.restoration import Homecoming
from watchdog.sd_notify import ServiceManager
from watchdog.unwritten import Unwritten
from watchdog.version import version
from watchdog.web.bar_reading import Bars
from watchdog.web.face import site_face
from watchdog.web.gather import Sources
from watchdog.web.server import MetricsApp
from watchdog.web.telling_view import Telling

Loops: TypeAlias = Sequence[Coroutine[None, None, None]]
"""Each runs until it is cancelled; one that breaks ends the daemon, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A daemon that is about to watch, with all that was built around it."""

    start: Start
    ground: Ground
    daemon: Daemon
    upkeep: OutboxUpkeep
    reloading: Reloading
    manager: ServiceManager
    ways: Ways
    importer: Importer


def faces(running: Running, sock: Socket) -> Loops:
    """What people and programs outside see. `sock` listens on the settings' address."""
    return (
        _site(running, sock),
        api_face(_desk(running), running.start.environ),
    )


def chores(running: Running) -> Loops:
    """What keeps the house in order."""
    return (
        running.upkeep.forever(),
        _housekeeping(running).forever(),
        keep_alive(running.manager, lambda: running.daemon.vitals),
        heartbeat_of(running.daemon, running.ground, running.start.clock, fetch_by(running.ground)).forever(),
        _homecoming(running).forever(),
        _lasting_alerts(running).forever(),
        _proving(running).forever(),
        _canary(running).forever(),
        Unwritten(engine=running.daemon, clock=running.start.clock).forever(),
        _backups(running).forever(),
        digests_of(running.daemon, running.ground, running.start.clock).forever(),
        _mute_keeper(running).forever(),
        _calendar_keeper(running).forever(),
        _escalations(running).forever(),
        _hand_offs(running).forever(),
        _duty_feeds(running).forever(),
        PromptLooks(running.daemon, running.ground.ledger).forever(),
        _bill_sources(running).forever(),
        drills_of(running.daemon, running.ground, running.start.clock).forever(),
    )


def _proving(running: Running) -> Proving:
    daemon = running.daemon
    return Proving(daemon=daemon, settings=lambda: daemon.settings, clock=running.start.clock)


def _canary(running: Running) -> Canary:
    start, ground, daemon = running.start, running.ground, running.daemon
    return Canary(
        settings=lambda: daemon.settings.canary,
        daemon=daemon,
        own_mail=running.ways.own_mail,
        look=partial(look, transport=ground.transport, clock=start.clock),
        clock=start.clock,
        ids=random_ids(random.SystemRandom()),
        on_back=ground.counters.canary_back,
    )


def _lasting_alerts(running: Running) -> LastingAlerts:
    start, ground = running.start, running.ground
    return LastingAlerts(
        ways=running.ways,
        store=ground.store,
        caller=ground.writing,
        clock=start.clock,
        mutes=running.daemon.mutes,
        started_at=start.clock(),
    )


def _housekeeping(running: Running) -> Housekeeping:
    start, ground, daemon = running.start, running.ground, running.daemon
    return Housekeeping(
        ground.store.attic,
        writing=ground.writing,
        packing=ground.packing,
        clock=start.clock,
        rules=lambda: (daemon.settings.estate.time_zone, daemon.settings.history),
    )


def _mute_keeper(running: Running) -> MuteKeeper:
    ground = running.ground
    return MuteKeeper(running.daemon, ground.store, ground.writing, running.start.clock, ground.calendars.awaited)


def _calendar_keeper(running: Running) -> CalendarKeeper:
    ground, daemon = running.ground, running.daemon
    return CalendarKeeper(
        calendars=ground.calendars,
        settings=lambda: daemon.settings,
        mutes=daemon.mutes,
        fetch=fetch_by(ground),
        caller=ground.reading,
        clock=running.start.clock,
        announce=daemon.announce,
    )


def _escalations(running: Running) -> Escalations:
    ground = running.ground
    return Escalations(
        running.daemon,
        running.start.clock,
        random_ids(random.SystemRandom()),
        ask_heard=lambda ids: ground.reading.call(ground.store.reach.reached, ids),
    )


def _duty_feeds(running: Running) -> DutyFeeds:
    ground = running.ground
    return DutyFeeds(
        daemon=running.daemon,
        folder=running.start.state_dir / "rotas",
        fetch=fetch_by(ground),
        caller=ground.reading,
        clock=running.start.clock,
    ).recalled()


def _bill_sources(running: Running) -> BillSources:
    daemon = running.daemon
    return BillSources(
        settings=lambda: daemon.settings,
        importer=running.importer,
        open_network=running.ground.transport.session,
        announce=daemon.announce,
        clock=running.start.clock,
    )


def _hand_offs(running: Running) -> HandOffs:
    ground = running.ground
    return HandOffs(running.daemon, ground.store, ground.writing, ground.packing, running.start.clock)


def _homecoming(running: Running) -> Homecoming:
    daemon, ground = running.daemon, running.ground
    return Homecoming(
        daemon=daemon, quiet=daemon.quiet, store=ground.store, caller=ground.writing, clock=running.start.clock
    )


def _backups(running: Running) -> Backups:
    daemon, start = running.daemon, running.start
    return Backups(
        state_dir=start.state_dir,
        settings=lambda: daemon.settings,
        caller=running.ground.copying,
        clock=start.clock,
        announce=daemon.announce,
        on_newest=running.ground.counters.copied,
        is_given_up=running.ground.is_ending.is_set,
    )


def place(sock: Socket) -> str:
    """Where a socket listens: port 0 of the settings has become a real one."""
    host, port, *_ = sock.getsockname()
    return f"{host}:{port}"


def _desk(running: Running) -> Desk:
    start, ground = running.start, running.ground
    return Desk(
        daemon=running.daemon,
        reloading=running.reloading,
        listings=ground.store.listings,
        reading=ground.reading,
        plays=ground.plays,
        clock=start.clock,
        state_dir=start.state_dir,
        version=version(),
        started_at=start.clock(),
        doubted=start.doubted,
        copying=_backups(running),
        mutes=MuteDesk(
            daemon=running.daemon,
            store=ground.store,
            writing=ground.writing,
            clock=start.clock,
            ids=random_ids(random.SystemRandom()),
        ),
        payees=PayeeDesk(
            daemon=running.daemon,
            rows=ground.store.taxpayers,
            writing=ground.writing,
            clock=start.clock,
            ids=random_ids(random.SystemRandom()),
        ),
        ledger=LedgerDesk(
            daemon=running.daemon,
            ledger=ground.ledger,
            rows=ground.store.listings.ledger,
            reading=ground.reading,
            clock=start.clock,
        ),
        imports=ImportDesk(importer=running.importer, clock=start.clock, ids=random_ids(random.SystemRandom())),
        drills=DrillDesk(running.daemon, drills_of(running.daemon, ground, start.clock), start.clock),
    )


def _site(running: Running, sock: Socket) -> Coroutine[None, None, None]:
    start, ground, daemon = running.start, running.ground, running.daemon
    sources = Sources(
        daemon=daemon,
        reloaded=lambda: running.reloading.last,
        listings=ground.store.listings,
        bars=Bars(ground.store.past),
        reading=ground.reading,
        clock=start.clock,
        titles=daemon.directory.titles,
        started_at=start.clock(),
        doubted=start.doubted,
        telling=partial(_telling, running),
    )
    metrics = MetricsApp(_metrics(running), CONTENT_TYPE)
    ids = random_ids(random.SystemRandom())
    door = door_of(daemon, ground, desk=_desk(running), clock=start.clock)
    feed = feed_of(daemon, ground, start.clock)
    return site_face(metrics, sources, listen=start.settings.listen, ids=ids, sock=sock, door=door, feed=feed)


def _telling(running: Running) -> Telling:
    daemon = running.daemon
    mutes = tuple(daemon.mutes.all.values())
    return Telling(directory=daemon.directory, mutes=mutes, health=running.ways.health)


def _metrics(running: Running) -> MetricsPage:
    daemon, ground = running.daemon, running.ground
    return MetricsPage(
        daemon.subjects,
        specs=lambda: daemon.specs,
        read_backlog=partial(ground.reading.call, ground.store.listings.outbox_pending),
        counters=ground.counters.exposition,
        standstill=lambda: daemon.standstill,
    )
