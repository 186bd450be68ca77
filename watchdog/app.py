"""Composition root: builds the daemon over the real world, starts it, reloads it, stops it, in that order."""

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import socket as Socket  # noqa: N812  # a type here, nothing is opened

import structlog

from alerts.channel import Channel
from alerts.delivery import DeliveryLoop
from alerts.outbox import OutcomeRefusedError
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.registry import Registry
from watchdog import collector
from watchdog.channels import Channels
from watchdog.clock import Clock, random_ids, system_clock
from watchdog.daemon import Daemon, World
from watchdog.engine.outgoing import NewLoop
from watchdog.engine.writer import StoreWriter
from watchdog.housekeeping import prune_forever
from watchdog.metrics.counters import Counters
from watchdog.metrics.exposition import CONTENT_TYPE
from watchdog.metrics.page import MetricsPage
from watchdog.outbox_upkeep import OutboxUpkeep
from watchdog.own_checks import resolver_check
from watchdog.reload import Reloading, summary
from watchdog.sd_notify import ServiceManager
from watchdog.settings.load import load
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreBusyError, StoreError
from watchdog.store.executor import DurableOutbox, StoreThread
from watchdog.store.lock import StateLock
from watchdog.store.store import Store, open_store
from watchdog.version import version
from watchdog.web.server import MetricsApp, listen, serve_app

log: structlog.stdlib.BoundLogger = structlog.get_logger()


#: Each try waits for the store's own busy timeout of 5 s.
OPEN_TRIES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What one start of the daemon was told."""

    settings: Settings
    registry: Registry
    state_dir: Path
    environ: Mapping[str, str]
    clock: Clock = system_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is opened before the daemon is built, and closed after it has ended."""

    store: Store
    writing: StoreThread
    reading: StoreThread
    resolver: Resolver
    transport: Transport
    counters: Counters

    @staticmethod
    @contextlib.contextmanager
    def opened(start: Start) -> "Iterator[Ground]":
        with contextlib.ExitStack() as closing:
            store = _open_patiently(start.state_dir)
            closing.callback(store.close)
            writing, reading = StoreThread("store"), StoreThread("listings")
            closing.callback(writing.close)
            closing.callback(reading.close)
            resolver = Resolver(servers=start.settings.resolver.servers, hosts_file=start.settings.resolver.hosts_file)
            transport = Transport(resolver, start.clock)
            closing.callback(transport.close)
            yield Ground(
                store=store,
                writing=writing,
                reading=reading,
                resolver=resolver,
                transport=transport,
                counters=Counters(version()),
            )


def _open_patiently(folder: Path) -> Store:
    """A backup or a shell may hold the database for a while; nothing runs yet that waiting could delay."""
    for _ in range(OPEN_TRIES - 1):
        try:
            return open_store(folder)
        except StoreBusyError as error:
            log.warning("the database is locked, waiting", error=str(error))
    return open_store(folder)


def build_daemon(start: Start, ground: Ground, gate: asyncio.Event) -> Daemon:
    """The daemon over `ground`, with the state of its last life; must be called in the running loop.

    It sends nothing before `gate` opens, and shuts it itself when ways out change.
    """
    clock = start.clock
    ground.store.quarantine_crashed(clock())
    world = World(
        clock=clock,
        ids=random_ids(random.SystemRandom()),
        new_writer=partial(StoreWriter, ground.store, ground.writing),
        records=ground.store.load_records(),
        memories=ground.store.load_memories(),
        open_network=ground.transport.session,
        open_channels=Channels(ground.resolver, ground.transport, clock).open,
        new_delivery_loop=_loop_maker(start, ground, gate),
        on_late=ground.counters.late,
        own_checks=(resolver_check(ground.resolver, clock()),),
    )
    daemon = Daemon(world, start.settings)
    ground.counters.settings_loaded(clock().timestamp())
    return daemon


def _loop_maker(start: Start, ground: Ground, gate: asyncio.Event) -> NewLoop:
    outbox = DurableOutbox(ground.store, ground.writing, gate)
    rng = random.SystemRandom()

    def new_loop(channel: Channel, wake: asyncio.Event) -> DeliveryLoop:
        gate.clear()  # what waits under this name may be meant for a former channel's address
        return DeliveryLoop(
            outbox,
            channel,
            start.clock,
            rng=rng,
            wake=wake,
            on_outcome=ground.counters.delivered,
            on_store_error=_log_store_error,
        )

    return new_loop


def _log_store_error(channel: str, error: Exception) -> None:
    if isinstance(error, OutcomeRefusedError):
        log.error("the rest of this thread waits for the next start", channel=channel, error=str(error))
        return
    log.warning("the outbox failed, trying again", channel=channel, error=str(error))


async def serve(start: Start) -> None:
    """Watch until SIGTERM or SIGINT; SIGHUP reads the settings anew.

    Raises StoreError (another daemon runs on this state, the store is damaged, newer or broken) and OSError (the
    metrics port is taken) before anything is started.
    """
    with contextlib.ExitStack() as resources:
        resources.enter_context(StateLock(start.state_dir))
        sock = listen(start.settings.listen.host, start.settings.listen.port)
        resources.callback(sock.close)
        ground = resources.enter_context(Ground.opened(start))
        gate = asyncio.Event()
        daemon = build_daemon(start, ground, gate)
        upkeep = OutboxUpkeep(
            store=ground.store,
            caller=ground.writing,
            clock=start.clock,
            directory=lambda: daemon.directory,
            distress=daemon.distress,
            wake=daemon.wake,
            gate=gate,
        )
        try:
            await _watch(daemon, upkeep, start, ground, sock)
        finally:
            await _last_words(upkeep)


async def _last_words(upkeep: OutboxUpkeep) -> None:
    """Distress that came with the end is written down, if the store lets it."""
    try:
        await upkeep.record_distress()
    except StoreError as error:
        log.warning("what was told at the end is not on record", error=str(error))


async def _watch(daemon: Daemon, upkeep: OutboxUpkeep, start: Start, ground: Ground, sock: Socket) -> None:
    manager = ServiceManager.from_environment(start.environ)
    after = partial(_settle, daemon, upkeep)
    reloading = Reloading(daemon, start.settings, ground.counters, manager, partial(_load, start), start.clock, after)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reloading.request)
    await after(start.settings)
    async with _beside(
        stop,
        serve_app(MetricsApp(_page(daemon, ground), CONTENT_TYPE), sock),
        reloading.forever(),
        upkeep.forever(),
        prune_forever(ground.store, ground.writing, start.clock),
        _keep_alive(manager),
    ):
        manager.ready(summary(daemon.settings))
        log.info(
            "watching", checks=len(daemon.settings.checks), settings=str(start.settings.source), metrics=_place(sock)
        )
        await daemon.run(stop)
        manager.stopping()
    log.info("stopped")


def _place(sock: Socket) -> str:
    """Where metrics are: port 0 of the settings has become a real one."""
    host, port, *_ = sock.getsockname()
    return f"{host}:{port}"


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


async def _settle(daemon: Daemon, upkeep: OutboxUpkeep, _settings: Settings) -> None:
    """Once at the start and after every reload. Raises StoreError; the outbox is then kept up a little later."""
    collector.settle()
    await daemon.settled()
    await upkeep.go_round()


def _load(start: Start) -> Settings:
    return load(start.settings.source, start.registry, start.environ, clock=start.clock)


def _page(daemon: Daemon, ground: Ground) -> MetricsPage:
    return MetricsPage(
        daemon.subjects,
        specs=lambda: daemon.specs,
        read_backlog=partial(ground.reading.call, ground.store.listings.outbox_pending),
        counters=ground.counters.exposition,
    )


async def _keep_alive(manager: ServiceManager) -> None:
    """Twice per watchdog period, from the very loop that must not be stuck."""
    if manager.watchdog_s is None:
        return
    while True:
        manager.alive()
        await asyncio.sleep(manager.watchdog_s / 2)
