"""What one start of the daemon was told, and what it stands on: opened before it is built, closed after it ended."""

import contextlib
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from alerts.record import SubjectRecord
from checks.model import CheckId
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.plugin import Json
from checks.registry import Registry
from watchdog.backups import backup_folder
from watchdog.billing.keeper import LedgerKeeper
from watchdog.calendars import Calendars
from watchdog.clock import Clock, is_vouched_for, random_ids, system_clock, time_limit
from watchdog.foretelling import Plays
from watchdog.metrics.counters import Counters
from watchdog.settings.values import Settings
from watchdog.store.backup_names import copies_in
from watchdog.store.errors import StoreBusyError
from watchdog.store.executor import StoreThread
from watchdog.store.opened import Opened
from watchdog.store.sound_opening import open_sound
from watchdog.store.store import Store
from watchdog.version import version

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: Each try waits for the store's own busy timeout of 5 s.
OPEN_TRIES = 12

#: A start checks the database for so long; what a larger one holds is checked with its copies.
CHECK_WITHIN_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What one start of the daemon was told."""

    settings: Settings
    registry: Registry
    state_dir: Path
    environ: Mapping[str, str]
    clock: Clock = system_clock
    is_vouched: Callable[[datetime], bool] = is_vouched_for
    """Whether a time service set or confirmed the wall clock since it showed that instant."""
    doubted: Callable[[], datetime | None] = lambda: None
    """What the wall clock says, while `clock` says something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is opened before the daemon is built, and closed after it has ended."""

    store: Store
    records: Sequence[SubjectRecord]
    """As the last life left them."""
    memories: Mapping[CheckId, Mapping[str, Json]]
    writing: StoreThread
    reading: StoreThread
    copying: StoreThread
    packing: StoreThread
    plays: Plays
    is_ending: threading.Event
    """Set before the threads are waited for."""
    resolver: Resolver
    transport: Transport
    counters: Counters
    calendars: Calendars
    ledger: LedgerKeeper

    @staticmethod
    @contextlib.contextmanager
    def opened(start: Start) -> "Iterator[Ground]":
        with contextlib.ExitStack() as closing:
            opened = _open_patiently(start)
            store = opened.store
            closing.callback(store.close)
            writing, reading = StoreThread("store"), StoreThread("listings")
            closing.callback(writing.close)
            closing.callback(reading.close)
            packing = StoreThread("history")
            closing.callback(packing.close)
            copying = StoreThread("copies")
            closing.callback(copying.close)
            playing = StoreThread("previews")
            closing.callback(playing.close)
            is_ending = threading.Event()
            closing.callback(is_ending.set)  # a copy that is under way would take minutes
            resolver = Resolver(servers=start.settings.resolver.servers, hosts_file=start.settings.resolver.hosts_file)
            transport = Transport(resolver, start.clock)
            closing.callback(transport.close)
            yield Ground(
                store=store,
                records=opened.records,
                memories=opened.memories,
                writing=writing,
                reading=reading,
                copying=copying,
                packing=packing,
                plays=Plays(playing, is_ending.is_set),
                is_ending=is_ending,
                resolver=resolver,
                transport=transport,
                counters=Counters(version()),
                calendars=Calendars(start.state_dir / "calendars", start.clock),
                ledger=LedgerKeeper.loaded(store.ledger, writing, start.clock, preparer=packing),
            )


def _open_patiently(start: Start) -> Opened:
    """A backup or a shell may hold the database for a while; nothing runs yet that waiting could delay."""
    for _ in range(OPEN_TRIES - 1):
        try:
            return _open(start)
        except StoreBusyError as error:
            log.warning("the database is locked, waiting", error=str(error))
    return _open(start)


def _open(start: Start) -> Opened:
    folder = backup_folder(start.state_dir, start.settings.backup)
    return open_sound(
        start.state_dir,
        partial(copies_in, folder),
        id_=random_ids(random.SystemRandom())(),
        at=start.clock(),
        ran_out=time_limit(CHECK_WITHIN_S),
    )
