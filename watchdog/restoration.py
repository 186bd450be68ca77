"""The first minutes with a state that was put back: look, tell once, go on as ever."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from alerts.message import Notification
from alerts.restored import Aftermath, Restoration, plan_aftermath, plan_damage, plan_threads
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.engine.quiet import Quiet
from watchdog.settings.values import ConfiguredCheck, Settings
from watchdog.store.errors import StoreBusyError, StoreFullError
from watchdog.store.executor import Caller
from watchdog.store.store import Store

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: The digest waits for the first looks, but not longer than this: who is told late is told what is not looked at yet.
LONGEST_WAIT_S = 300.0

#: A run may begin late and take its time.
_SLACK_S = 5.0

#: No check looks twice within this time, so that no look slips between two of ours.
_CONFIRM_EVERY_S = 1.0
_RETRY_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Homecoming:
    """Runs beside the daemon until nothing of the copy is in doubt any more."""

    daemon: Daemon
    quiet: Quiet
    store: Store
    caller: Caller
    clock: Clock

    async def forever(self) -> None:
        restoration = self.quiet.restoration
        if restoration is None:
            return
        if restoration.settled_at is None:
            await self._tell_damage(restoration)
            if self.quiet.is_settling:
                await asyncio.sleep(looked_at_within_s(self.daemon.settings))
                await self._settle(restoration)
        while self.quiet.doubtful:
            await asyncio.sleep(_CONFIRM_EVERY_S)
            self._confirm()

    async def _tell_damage(self, restoration: Restoration) -> None:
        """At once. An empty beginning has nothing else to tell."""
        if restoration.why:
            self.daemon.tell(plan_damage(restoration, self.daemon.directory))
            await self.daemon.settled()
        if restoration.copied_at is None:
            await self._written(restoration, self.clock(), (), ())

    async def _settle(self, restoration: Restoration) -> None:
        await self.daemon.sweep()
        self._confirm()
        # Nothing happens beside us before the next await: what was quiet until now is among what stands.
        now = self.clock()
        self.quiet.end()
        standing = tuple(self.daemon.subjects.incidents())
        await self.daemon.settled()
        over, noticed = await self.caller.call(self.store.since_restoration, restoration, now)
        found = Aftermath(standing=standing, doubtful=self.quiet.doubtful, noticed=noticed, over=over)
        directory = self.daemon.directory
        rows = plan_aftermath(restoration, found, now, directory)
        await self._written(restoration, now, rows, plan_threads(restoration, standing, now, directory))
        self.daemon.wake()
        log.info("told of the state that was put back", open=len(standing), over=over, noticed=len(noticed))

    async def _written(
        self, restoration: Restoration, at: datetime, rows: Sequence[Notification], threads: Sequence[Notification]
    ) -> None:
        while True:
            try:
                return await self.caller.call(self.store.settle_restoration, restoration, at, rows, threads)
            except (StoreBusyError, StoreFullError) as error:
                log.warning("the digest about the state that was put back waits", error=str(error))
                await asyncio.sleep(_RETRY_S)

    def _confirm(self) -> None:
        self.quiet.confirm(subject.current() for subject in self.daemon.subjects if subject.record.incidents)


def looked_at_within_s(settings: Settings) -> float:
    """How long until every check that is looked at often had its say: opened, or closed, what it opens or closes."""
    return min(max(map(_has_its_say_s, settings.checks), default=0.0) + _SLACK_S, LONGEST_WAIT_S)


def _has_its_say_s(check: ConfiguredCheck) -> float:
    spec, rule = check.spec, check.threshold
    opening_s = spec.interval_s + rule.failures_to_open * spec.retry_every_s
    closing_s = spec.interval_s * (1 + rule.passes_to_close)
    return max(opening_s, closing_s) + spec.timeout_s
