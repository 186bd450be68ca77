"""Copies of the state that the daemon makes by itself: beside the work, never in its way."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from alerts.words.framed import Said
from alerts.words.urdu import notices
from watchdog.clock import Clock, system_pause, time_since
from watchdog.settings.values import BackupSettings, Settings
from watchdog.store.backup import back_up
from watchdog.store.backup_names import FOLDER_NAME, copies_in, copy_name, is_asked, leftovers_in, made_at
from watchdog.store.database import DATABASE_NAME
from watchdog.store.database_file import Held, problem_of
from watchdog.store.errors import BackupRefusedError, StoreDamagedError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.strange_folder import refuse_strange

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A start has better things to do.
NOT_BEFORE_S = 300.0

LOOK_EVERY_S = 60.0

#: A copy that failed is tried again after this long.
RETRY_AFTER = timedelta(hours=1)

#: What a copy left that was killed is removed after this long: nothing takes a day to be copied.
LEFTOVER_AFTER = timedelta(days=1)

#: Of those that somebody asked for, beside the regular ones.
ASKED_KEPT = 3

#: What a copy leaves free, besides as much again as it takes.
SPARE_BYTES = 100 * 1024 * 1024


class Announce(Protocol):
    """Tells people something of the daemon itself."""

    def __call__(self, subject: str, text: str, *, severity: str = "warning", urdu: Said) -> None: ...


def backup_folder(state_dir: Path, settings: BackupSettings) -> Path:
    """Where copies lie that nobody gave another place."""
    return settings.folder or state_dir / FOLDER_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A copy, and what it holds."""

    path: Path
    held: Held


@dataclass(slots=True, kw_only=True)
class Backups:
    """Makes one when the newest is old enough, and lets go of the oldest. A failure is told once, until one is made."""

    state_dir: Path
    settings: Callable[[], Settings]
    """Those in force."""
    caller: Caller
    """A thread of its own: a copy takes seconds."""
    clock: Clock
    announce: Announce
    is_given_up: Callable[[], bool] = lambda: False
    """Whether nobody waits for a copy any more, since the daemon ends."""
    free_bytes: Callable[[Path], int] = field(default=lambda folder: shutil.disk_usage(folder).free)
    on_newest: Callable[[datetime], None] = lambda _made_at: None
    """Told when the newest copy was made, again and again."""
    _not_before: datetime | None = field(default=None, init=False)
    _is_told: bool = field(default=False, init=False)

    async def make(self) -> Made:
        """One now, because somebody asks. Raises StoreError and OSError."""
        settings, now = self.settings().backup, self.clock()
        folder = backup_folder(self.state_dir, settings)
        path = folder / copy_name(now, is_asked=True)
        return Made(path=path, held=await self.caller.call(self._make, path, settings, now))

    async def forever(self) -> None:
        """Raises StoreDamagedError where a copy shows that the database itself is damaged."""
        await asyncio.sleep(NOT_BEFORE_S)
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Make a copy if it is time."""
        settings, now = self.settings().backup, self.clock()
        folder = backup_folder(self.state_dir, settings)
        if not settings.keep:
            return
        took = time_since()
        try:
            if not self._is_due(folder, settings, now):
                return
            held = await self.caller.call(self._make, folder / copy_name(now), settings, now)
        except (StoreError, OSError) as error:
            await self._failed(folder, error, now)
        else:
            self._not_before, self._is_told = None, False
            self.on_newest(now)
            log.info("copied the state", folder=str(folder), bytes=held.size_b, took_s=round(took(), 1))

    def _is_due(self, folder: Path, settings: BackupSettings, now: datetime) -> bool:
        # Farther ahead it was said by a clock that was wrong.
        if self._not_before is not None and now < self._not_before <= now + RETRY_AFTER:
            return False
        regular = (made_at(one) for one in copies_in(folder, now) if not is_asked(one))
        newest = next((at for at in regular if at <= now), None)
        if newest is not None:
            self.on_newest(newest)
        return newest is None or now - newest >= timedelta(seconds=settings.every_s)

    def _make(self, path: Path, settings: BackupSettings, now: datetime) -> Held:
        database, folder = self.state_dir / DATABASE_NAME, path.parent
        if not folder.exists():
            refuse_strange(folder.parent)
            folder.mkdir(mode=0o700)
        refuse_strange(folder)
        for leftover in leftovers_in(folder, now - LEFTOVER_AFTER):
            _remove(leftover)
        needed, free = 2 * database.stat().st_size + SPARE_BYTES, self.free_bytes(folder)
        if free < needed:
            raise StoreError(f"{folder}: {free // 2**20} MiB are free, and a copy wants {needed // 2**20}; make room")
        held = back_up(database, path, replace=True, pause=self._pause)
        copies = copies_in(folder, now)
        asked, regular = [one for one in copies if is_asked(one)], [one for one in copies if not is_asked(one)]
        for old in (*asked[ASKED_KEPT:], *(regular[settings.keep :] if settings.keep else ())):
            old.unlink(missing_ok=True)
        return held

    def _pause(self, seconds: float) -> None:
        if self.is_given_up():
            raise BackupRefusedError("the copy was given up, for the daemon ends")
        system_pause(seconds)

    async def _failed(self, folder: Path, error: StoreError | OSError, now: datetime) -> None:
        if isinstance(error, StoreDamagedError):
            problem = await self.caller.call(problem_of, self.state_dir / DATABASE_NAME)
            if problem is not None:
                raise StoreDamagedError(f"{self.state_dir / DATABASE_NAME}: {problem}") from error
        self._not_before = now + RETRY_AFTER
        log.error("the state could not be copied", error=str(error))
        if not self._is_told:
            self._is_told = True
            text = (
                f"The state could not be copied to {folder}: {error}. It is tried again every hour. Watching goes on; "
                "only if the database is lost as well will history and what people were told be lost with it."
            )
            urdu = notices.not_copied(str(folder), str(error))
            self.announce("no copy of the state could be made", text, urdu=urdu)


def _remove(leftover: Path) -> None:
    if leftover.is_dir() and not leftover.is_symlink():
        shutil.rmtree(leftover)
    else:
        leftover.unlink(missing_ok=True)
