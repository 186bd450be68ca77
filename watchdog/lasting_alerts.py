"""Alertmanagers are told again and again what stands, and that we are alive: they forget what nobody repeats."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from alerts.channel import Delivered
from alerts.channels.alertmanager_channel import RESEND_EVERY_S
from watchdog.clock import Clock
from watchdog.engine.mutes import Mutes
from watchdog.engine.ways import Lasting, Ways
from watchdog.store.errors import StoreError
from watchdog.store.executor import Caller
from watchdog.store.store import Store

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class LastingAlerts:
    """Goes round once a minute. What is told for the first time, and its end, goes by the outbox like all else.

    What a silence or a window covers is not said again: there it ends some minutes later, as it must not be said.
    """

    ways: Ways
    store: Store
    caller: Caller
    clock: Clock
    mutes: Mutes
    started_at: datetime
    _silent: set[str] = field(default_factory=set)
    """Channels that did not take the last word."""

    async def forever(self) -> None:
        while True:
            await self.go_round()
            await asyncio.sleep(RESEND_EVERY_S)

    async def go_round(self) -> None:
        """All at once, each within its own time. Never raises but when cancelled."""
        await asyncio.gather(*(self._keep(address, way) for address, way in self.ways.lasting().items()))

    async def _keep(self, address: str, way: Lasting) -> None:
        try:
            muting = self.mutes.in_force(self.clock())
            standing = await self.caller.call(self.store.told_open, address, muting)
        except StoreError as error:
            log.warning("what stands cannot be read, and is not said again", channel=way.name, error=str(error))
            standing = []
        outcome = await way.keep(standing, self.started_at)
        if isinstance(outcome, Delivered):
            if way.name in self._silent:
                log.info("an Alertmanager hears again what stands", channel=way.name)
            self._silent.discard(way.name)
        elif way.name not in self._silent:
            self._silent.add(way.name)
            log.warning("an Alertmanager does not hear what stands", channel=way.name, reason=outcome.reason)
