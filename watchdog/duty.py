"""Who is next, as time goes by: steps of escalations, told when they are due."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import structlog

from alerts.mutes.mute import first_muting
from alerts.people.chasing import chase
from alerts.words.scene import routing_labels
from watchdog.clock import Clock, Ids
from watchdog.daemon import Daemon
from watchdog.engine.subjects import Subject
from watchdog.store.errors import StoreDamagedError, StoreError

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A step is told at most so late.
LOOK_EVERY_S: Final = 5.0


@dataclass(slots=True)
class Escalations:
    """Looks at what is open every few seconds. What is decided is written with the rows that tell it."""

    daemon: Daemon
    clock: Clock
    ids: Ids
    _failing: bool = field(default=False)

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self._guarded_look()

    async def _guarded_look(self) -> None:
        """A store that fails is asked again the next time; damage ends the daemon."""
        try:
            await self.look()
        except StoreDamagedError:
            raise
        except StoreError as error:
            if not self._failing:
                log.warning("escalations cannot be written, trying again", error=str(error))
            self._failing = True
        else:
            self._failing = False

    async def look(self) -> None:
        """Raises StoreError; what is decided stands in memory, and is written when that works."""
        if not self.daemon.directory.escalations:
            return
        holding = [subject for subject in self.daemon.subjects if subject.record.incidents]
        done = await asyncio.gather(*(self._look_at(subject) for subject in holding), return_exceptions=True)
        for error in done:
            if error is not None:
                raise error

    async def _look_at(self, subject: Subject) -> None:
        now = self.clock()
        mutes = self.daemon.mutes.in_force(now)
        # Nobody else may have a word between the two: the record is taken as it stands.
        judged = chase(
            subject.current(),
            self.daemon.directory,
            now,
            is_muted=lambda incident: first_muting(routing_labels(incident), mutes) is not None,
            new_id=self.ids,
            # Nor is anything told while we look again after the state was put back.
            is_blind=self.daemon.sight.is_blind or self.daemon.quiet.is_settling,
        )
        if judged is not None:
            await self.daemon.judged(judged)
