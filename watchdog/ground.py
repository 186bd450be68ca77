"""What one start of the daemon was told, and what it stands on: opened before it is built, closed after it ended."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.registry import Registry
from watchdog.clock import Clock, system_clock
from watchdog.metrics.counters import Counters
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreBusyError
from watchdog.store.executor import StoreThread
from watchdog.store.store import Store, open_store
from watchdog.version import version

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
    packing: StoreThread
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
            packing = StoreThread("history")
            closing.callback(packing.close)
            resolver = Resolver(servers=start.settings.resolver.servers, hosts_file=start.settings.resolver.hosts_file)
            transport = Transport(resolver, start.clock)
            closing.callback(transport.close)
            yield Ground(
                store=store,
                writing=writing,
                reading=reading,
                packing=packing,
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
