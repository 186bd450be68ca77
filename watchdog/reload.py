"""New settings while the daemon runs: whole, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.metrics.counters import Counters
from watchdog.sd_notify import ServiceManager
from watchdog.settings.problems import SettingsError
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreError

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def summary(settings: Settings) -> str:
    """One line for the service manager."""
    return f"watching {len(settings.checks)} checks of {settings.estate.name}"


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
    """Called with settings that took force."""
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    def request(self) -> None:
        """Ask for it; several requests in a row are one."""
        self._asked.set()

    async def forever(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            self.manager.reloading()
            await self.reload()
            self.manager.ready(summary(self.daemon.settings))

    async def reload(self) -> bool:
        """Whether the new settings are in force. If not, the old ones stay, and the log says why and where."""
        try:
            # Ten thousand checks take seconds to read; the loop has checks to run meanwhile.
            settings = await asyncio.to_thread(self.load)
            self.daemon.configure(settings)
            await self._tidy(settings)
        except SettingsError as error:
            self._refused(*(str(problem) for problem in error.problems))
            return False
        except (OSError, ValueError) as error:
            self._refused(str(error))
            return False
        except Exception as error:
            # A plugin's own code runs while settings are read; its bug must not end what already works.
            log.exception("a plugin failed while settings were read")
            self._refused(f"a check cannot be made of them ({type(error).__name__})")
            return False
        self.counters.settings_loaded(self.clock().timestamp())
        log.info("settings reloaded", checks=len(settings.checks))
        if (settings.listen, settings.resolver) != (self.started_with.listen, self.started_with.resolver):
            log.warning("`listen` and `resolver` take force at the next start")
        return True

    async def _tidy(self, settings: Settings) -> None:
        """What is left over of the former settings goes; a store that fails here is tried at the next start."""
        try:
            await self.after(settings)
        except StoreError as error:
            log.warning("what the former settings left behind stays for now", error=str(error))

    def _refused(self, *problems: str) -> None:
        self.counters.settings_refused()
        for problem in problems:
            log.error("settings refused, the former ones stay in force", problem=problem)
