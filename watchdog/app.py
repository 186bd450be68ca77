"""Composition root: builds the daemon over the real world, starts it, reloads it, stops it, in that order."""

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from functools import partial
from socket import socket as Socket  # noqa: N812  # a type here, nothing is opened

import structlog

from alerts.channel import Channel
from alerts.delivery import DeliveryLoop
from alerts.outbox import OutcomeRefusedError
from checks.billing.path.learnt_pace import PACE, newest_kept
from watchdog import collector
from watchdog.billing.importing import Importer
from watchdog.billing.taxpayers import TaxpayerRegister
from watchdog.channels import Channels
from watchdog.clock import random_ids, since_boot_s
from watchdog.daemon import Daemon
from watchdog.engine.hold import Hold
from watchdog.engine.mutes import Mutes
from watchdog.engine.outgoing import NewLoop
from watchdog.engine.quiet import Quiet
from watchdog.engine.ways import Ways
from watchdog.engine.writer import StoreWriter
from watchdog.faces import Running, chores, faces, place
from watchdog.ground import Ground, Start
from watchdog.outbox_upkeep import OutboxUpkeep
from watchdog.own_checks import resolver_check
from watchdog.reload import Reloading, summary
from watchdog.sd_notify import ServiceManager
from watchdog.settings.load import load
from watchdog.settings.values import Settings
from watchdog.steady_clock import SteadyClock
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.store.executor import DurableOutbox
from watchdog.store.lock import StateLock
from watchdog.store.sound_opening import leave_mark
from watchdog.web.server import listen
from watchdog.world import World

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def build_daemon(start: Start, ground: Ground, gate: asyncio.Event, steady: SteadyClock, ways: Ways) -> Daemon:
    """The daemon over `ground`, with the state of its last life; must be called in the running loop.

    It sends nothing before `gate` opens, and shuts it itself when ways out change.
    """
    clock, hold, mutes = start.clock, Hold(), Mutes()
    channels = Channels(ground.resolver, ground.transport, clock)
    records = ground.records
    steady.begin(max((record.seen_at for record in records), default=None), start.is_vouched)
    ground.store.quarantine_crashed(clock())
    mutes.remember(ground.store.standing_mutes(clock()))
    world = World(
        clock=clock,
        ids=random_ids(random.SystemRandom()),
        new_writer=partial(StoreWriter, ground.store, ground.writing, clock),
        records=records,
        memories=ground.memories,
        quiet=Quiet(ground.store.restoration(), records),
        open_network=ground.transport.session,
        open_channels=channels.open,
        new_delivery_loop=_loop_maker(start, ground, gate, channels, ways, hold=hold, mutes=mutes),
        on_late=ground.counters.late,
        own_checks=(resolver_check(ground.resolver, clock()),),
        hold=hold,
        mutes=mutes,
        windows=ground.calendars.times,
        ledger_of=lambda settings: ground.ledger.beside(settings.invoices),
        taxpayers=TaxpayerRegister(ground.store.listings.taxpayers, ground.reading),
        on_sight=ground.counters.sight,
        steady=steady,
        is_vouched=start.is_vouched,
    )
    daemon = Daemon(world, start.settings)
    ways.lasting, ways.own_mail = channels.lasting, lambda: channels.canary(daemon.settings)
    ways.directory, ways.is_held = lambda: daemon.directory, lambda: hold.is_shut
    ground.ledger.rules = lambda: daemon.settings.estate.rules
    ground.ledger.lessons.kept[PACE] = newest_kept(of.get(PACE) for of in ground.memories.values())
    ground.counters.watch_channels(lambda: ways.open_ones)
    ground.counters.settings_loaded(clock().timestamp())
    ground.counters.watch_clock(lambda: start.doubted() is not None)
    return daemon


def _loop_maker(
    start: Start, ground: Ground, gate: asyncio.Event, channels: Channels, ways: Ways, *, hold: Hold, mutes: Mutes
) -> NewLoop:
    outbox = DurableOutbox(ground.store, ground.writing, gate, hold, mutes, compose=ways.digest)
    rng = random.SystemRandom()

    def new_loop(channel: Channel, wake: asyncio.Event) -> DeliveryLoop:
        gate.clear()  # what waits under this name may be meant for a former channel's address
        return DeliveryLoop(
            outbox,
            channel,
            start.clock,
            rng=rng,
            wake=wake,
            flow=ways.flow(channel.name, channels.per_minute(channel.name), gathers=channels.gathers(channel.name)),
            on_outcome=ground.counters.delivered,
            on_store_error=_log_store_error,
        )

    return new_loop


def _log_store_error(channel: str, error: Exception) -> None:
    """Damage ends the daemon: the next start puts something whole in its place."""
    if isinstance(error, StoreDamagedError):
        raise error
    if isinstance(error, OutcomeRefusedError):
        log.error("the rest of this thread waits for the next start", channel=channel, error=str(error))
        return
    log.warning("the outbox failed, trying again", channel=channel, error=str(error))


async def serve(start: Start) -> None:
    """Watch until SIGTERM or SIGINT; SIGHUP reads the settings anew.

    Raises StoreError (another daemon runs on this state, the store is damaged, newer or broken) and OSError (the
    metrics port is taken) before anything is started.
    """
    steady = SteadyClock(start.clock, since_boot_s)
    start = replace(start, clock=steady, doubted=lambda: steady.doubted)
    with contextlib.ExitStack() as resources:
        resources.enter_context(StateLock(start.state_dir))
        sock = listen(start.settings.listen.host, start.settings.listen.port)
        resources.callback(sock.close)
        ground = resources.enter_context(Ground.opened(start))
        gate, ways = asyncio.Event(), Ways()
        daemon = build_daemon(start, ground, gate, steady, ways)
        upkeep = OutboxUpkeep(
            store=ground.store,
            caller=ground.writing,
            clock=start.clock,
            directory=lambda: daemon.directory,
            distress=daemon.distress,
            wake=daemon.wake,
            gate=gate,
            out_for_long=ways.out_for_long,
            sends_since=ways.sends_since,
        )
        try:
            await _watch(daemon, upkeep, start, ground, sock, ways=ways)
        except StoreDamagedError as error:
            _mark(start, error)
            raise
        finally:
            await _last_words(upkeep)


def _mark(start: Start, error: StoreDamagedError) -> None:
    """What ended the daemon is told, not what keeps the mark from being made."""
    try:
        leave_mark(start.state_dir, error)
    except OSError as refused:
        log.error("the next start is not told of the damage", error=str(refused))


async def _last_words(upkeep: OutboxUpkeep) -> None:
    """Distress that came with the end is written down, if the store lets it."""
    try:
        await upkeep.record_distress()
    except StoreError as error:
        log.warning("what was told at the end is not on record", error=str(error))


async def _watch(
    daemon: Daemon, upkeep: OutboxUpkeep, start: Start, ground: Ground, sock: Socket, *, ways: Ways
) -> None:
    manager = ServiceManager.from_environment(start.environ)
    after = partial(_settle, upkeep)
    reloading = Reloading(daemon, start.settings, ground.counters, manager, partial(_load, start), start.clock, after)
    running = Running(
        start=start,
        ground=ground,
        daemon=daemon,
        upkeep=upkeep,
        reloading=reloading,
        manager=manager,
        ways=ways,
        importer=Importer(
            ledger=ground.ledger, settings=lambda: daemon.settings, reading=ground.packing, clock=start.clock
        ),
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reloading.request)
    collector.settle()
    await daemon.settled()
    await after(start.settings)
    async with _beside(
        stop,
        *faces(running, sock),
        *chores(running),
        reloading.forever(),
    ):
        manager.ready(summary(daemon.settings))
        log.info(
            "watching", checks=len(daemon.settings.checks), settings=str(start.settings.source), metrics=place(sock)
        )
        await daemon.run(stop)
        manager.stopping()
    log.info("stopped")


@contextlib.asynccontextmanager
async def _beside(stop: asyncio.Event, *loops: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run `loops` beside the daemon. One that breaks stops it, and is raised once the daemon has ended in order."""
    tasks = [asyncio.create_task(loop) for loop in loops]

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            stop.set()

    for task in tasks:
        task.add_done_callback(ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _settle(upkeep: OutboxUpkeep, _settings: Settings) -> None:
    """Once at the start and after every reload. Raises StoreError; the outbox is then kept up a little later."""
    collector.keep()
    await upkeep.go_round()


def _load(start: Start) -> Settings:
    return load(start.settings.source, start.registry, start.environ, clock=start.clock)
