"""New settings while the daemon runs: whole, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from alerts.directory import Directory
from alerts.incident import Incident
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.duty_calendar import carried_over
from watchdog.metrics.counters import Counters
from watchdog.prepared import Prepared
from watchdog.sd_notify import ServiceManager
from watchdog.settings.needs import secrets_of
from watchdog.settings.problems import SettingsError
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreDamagedError, StoreError

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def summary(settings: Settings) -> str:
    """One line for the service manager."""
    return f"watching {len(settings.checks)} checks of {settings.estate.name}"


class HalfTakenError(Exception):
    """A bug of ours left the daemon between two sets of settings, which only a start ends."""


def strangers(settings: Settings, daemon: Daemon) -> tuple[str, ...]:
    """New checks whose former id nobody knows: a slip of the pen begins them anew."""
    known = {*(check.spec.id for check in daemon.settings.checks), *daemon.subjects.check_ids()}
    return tuple(
        f"check {check.spec.id}: formerly {check.formerly}, but no check has had that id"
        for check in settings.checks
        if check.formerly is not None and check.formerly not in known and check.spec.id not in known
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """What came of reading the settings anew."""

    at: datetime
    checks: int
    """How many are watched now, whichever settings are in force."""
    problems: tuple[str, ...] = ()
    """Why they were refused, each with file, line and column where it has them; () when they took force."""
    at_next_start: tuple[str, ...] = ()
    """Sections that differ from those of the start, and take force only at the next one."""
    closed: tuple[Incident, ...] = ()
    """Those that ended with it: nobody saw them healed."""
    warnings: tuple[str, ...] = ()
    """What is allowed, and perhaps not meant."""

    @property
    def is_refused(self) -> bool:
        """Whether the former settings are still in force."""
        return bool(self.problems)


@dataclass(slots=True)
class Reloading:
    """Reads the settings anew each time it is asked to."""

    daemon: Daemon
    started_with: Settings
    counters: Counters
    manager: ServiceManager
    load: Callable[[], Settings]
    clock: Clock
    after: Callable[[Settings], Awaitable[None]]
    """Called with settings that took force, once all that was judged under the former ones is written."""
    last: Reloaded | None = None
    """The last reload; None while the settings of the start were never read anew. Pages and `status` show a refusal."""
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _awaited: "asyncio.Future[Reloaded] | None" = None

    def request(self) -> "asyncio.Future[Reloaded]":
        """Ask for it; the answer belongs to all who asked before it began, so wait for it under a shield.

        Who asks while one is under way waits for the next: the file may have been changed after it was read.
        """
        if self._awaited is None:
            self._awaited = asyncio.get_running_loop().create_future()
            self._asked.set()
        return self._awaited

    async def forever(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            awaited, self._awaited = self._awaited, None
            self.manager.reloading()
            try:
                self.last = await self.reload()
            except BaseException:
                if awaited is not None:
                    awaited.cancel()
                raise
            self.manager.ready(summary(self.daemon.settings))
            if awaited is not None and not awaited.done():
                awaited.set_result(self.last)

    async def reload(self) -> Reloaded:
        """Read and take the settings. Refused, the old ones stay, and the log says why and where.

        Raises HalfTakenError and StoreError, which end the daemon: memory is no longer what anybody believes it to be.
        """
        try:
            # Ten thousand checks take seconds to read; the loop has checks to run meanwhile.
            settings, prepared, unreadable = await asyncio.to_thread(self._read)
            warnings = (*unreadable, *strangers(settings, self.daemon))
            standing = tuple(self.daemon.subjects.incidents())
            self._take(settings, prepared)
        except HalfTakenError:
            raise
        except SettingsError as error:
            return self._refused(*(str(problem) for problem in error.problems))
        except (OSError, ValueError) as error:
            return self._refused(str(error))
        except Exception as error:
            # A plugin's own code runs while settings are read; its bug must not end what already works.
            log.exception("a plugin failed while settings were read")
            return self._refused(f"a check cannot be made of them ({type(error).__name__})")
        remaining = {one.id for one in self.daemon.subjects.incidents()}
        await self._tidy(settings)
        self.counters.settings_loaded(self.clock().timestamp())
        log.info("settings reloaded", checks=len(settings.checks))
        waiting = tuple(self._at_next_start(settings))
        if waiting:
            log.warning("some settings take force at the next start", sections=", ".join(waiting))
        for warning in warnings:
            log.warning("perhaps not meant", warning=warning)
        return Reloaded(
            at=self.clock(),
            checks=len(settings.checks),
            at_next_start=waiting,
            closed=tuple(one for one in standing if one.id not in remaining),
            warnings=warnings,
        )

    def _read(self) -> tuple[Settings, Prepared, tuple[str, ...]]:
        settings = self.load()
        problems = (secret.problem() for secret in secrets_of(settings))
        return settings, self.daemon.prepare(settings), tuple(filter(None, problems))

    def _take(self, settings: Settings, prepared: Prepared) -> None:
        former = self.daemon.settings
        self._carry_over(settings, prepared.directory)
        try:
            self.daemon.configure(settings, prepared)
        except Exception as error:
            if self.daemon.settings is former:
                raise
            text = f"the new settings are in force by half ({type(error).__name__}: {error}); a start takes them whole"
            raise HalfTakenError(text) from error

    def _carry_over(self, settings: Settings, directory: Directory) -> None:
        """Who is on duty by a calendar from elsewhere is known until that is read again."""
        former, rotas = self.daemon.settings.duty_calendars, self.daemon.directory.rotas
        for id_, calendar in settings.duty_calendars.items():
            rota = directory.rotas[id_]
            if not rota.shifts and id_ in rotas:
                shifts = carried_over(calendar, former.get(id_), rotas[id_].shifts, settings.receivers)
                directory.read_anew(replace(rota, shifts=shifts))

    def _at_next_start(self, settings: Settings) -> Iterator[str]:
        """What is opened once, before the daemon is built."""
        for section in ("listen", "api", "resolver"):
            if getattr(settings, section) != getattr(self.started_with, section):
                yield section

    async def _tidy(self, settings: Settings) -> None:
        """What is left over of the former settings goes; a store that fails here is tried at the next start.

        What was judged is no leftover: where it cannot be written, memory and disk have parted, and that ends the
        daemon. So does damage, wherever it is met.
        """
        await self.daemon.settled()
        try:
            await self.after(settings)
        except StoreDamagedError:
            raise
        except StoreError as error:
            log.warning("what the former settings left behind stays for now", error=str(error))

    def _refused(self, *problems: str) -> Reloaded:
        self.counters.settings_refused()
        for problem in problems:
            log.error("settings refused, the former ones stay in force", problem=problem)
        return Reloaded(at=self.clock(), checks=len(self.daemon.settings.checks), problems=problems)
