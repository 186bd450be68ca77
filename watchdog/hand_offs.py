"""Tells of duty that passes from one to the other, once, also over a restart."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from alerts.incident import Incident
from alerts.people.hand_off import is_used, open_for, plan_hand_off, plan_known
from alerts.people.rota import HandOff, Rota, hand_offs, reached
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.store import Store

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A hand-off is told at most so late.
LOOK_EVERY_S: Final = 10.0
#: One that happened while we did not run is told when we do, if it is no older than this.
CAUGHT_UP: Final = timedelta(hours=2)
#: Of older ones the last is told, where something is open from before it: nobody has told whoever is on duty now.
LOOKED_BACK: Final = timedelta(days=35)


@dataclass(slots=True)
class HandOffs:
    """What was told is known by its rows in the store; in memory only what need not be looked at again."""

    daemon: Daemon
    store: Store
    caller: Caller
    wording: Caller
    """Where thousands of lines are made: not the store's own, which others wait for."""
    clock: Clock
    _done: set[tuple[str, datetime]] = field(default_factory=set)
    _on_duty: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def forever(self) -> None:
        """Until cancelled. Raises StoreDamagedError; a store that fails is asked again in the next round."""
        while True:
            try:
                await self.round()
            except StoreDamagedError:
                raise
            except StoreError as error:
                log.warning("a hand-off cannot be written yet, trying again", error=str(error))
            await asyncio.sleep(LOOK_EVERY_S)

    async def round(self) -> None:
        """Tell what is due. Raises StoreError."""
        now, directory = self.clock(), self.daemon.directory
        self._renew(now)
        if self.daemon.quiet.is_settling:
            return
        for rota in directory.rotas.values():
            if is_used(rota, directory):
                for hand_off in await self._due(rota, now):
                    await self._tell(rota, hand_off, now)
        self._done = {(id_, at) for id_, at in self._done if now - at <= 2 * LOOKED_BACK}

    async def _due(self, rota: Rota, now: datetime) -> Sequence[HandOff]:
        if recent := hand_offs(rota, now - CAUGHT_UP, now):
            return [one for one in recent if (rota.id, one.at) not in self._done]
        last = hand_offs(rota, now - LOOKED_BACK, now)[-1:]
        if not last or (rota.id, last[0].at) in self._done:
            return ()
        if await self.wording.call(self._is_open_since, last[0].at, rota, tuple(self.daemon.subjects.incidents())):
            return last
        self._done.add((rota.id, last[0].at))  # what opens from now on opened after it
        return ()

    def _is_open_since(self, at: datetime, rota: Rota, incidents: Sequence[Incident]) -> bool:
        """Whether something of theirs that was open at the hand-off still is."""
        return any(one.opened_at < at for one in open_for(rota, incidents, self.daemon.directory))

    async def _tell(self, rota: Rota, hand_off: HandOff, now: datetime) -> None:
        directory, incidents = self.daemon.directory, tuple(self.daemon.subjects.incidents())
        await self.daemon.settled()  # the rows point at incidents
        # Thousands of lines take seconds to word; the loop has checks to run meanwhile.
        rows = await self.wording.call(plan_hand_off, rota, hand_off, incidents, now, directory)
        known = await self.wording.call(plan_known, rota, hand_off, incidents, now, directory)
        is_new = await self.caller.call(self.store.hand_over, rows, known, now)
        self._done.add((rota.id, hand_off.at))
        if is_new:
            log.info("duty passed on", rota=rota.id, goes=hand_off.goes, comes=hand_off.comes)
            self.daemon.wake()

    def _renew(self, now: datetime) -> None:
        """Our own distress goes to whoever is on duty, from memory."""
        present = {rota.id: reached(rota, now) for rota in self.daemon.directory.rotas.values()}
        if present != self._on_duty:
            self._on_duty = present
            self.daemon.distress.duty_changed()
