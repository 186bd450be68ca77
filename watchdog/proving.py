"""A message by every way out, again and again: whoever gets none knows that the way, or the watch, is dead."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from alerts.directory import Directory
from alerts.message import Notification
from alerts.proof import ProofRule, period, plan_proof
from watchdog.clock import Clock
from watchdog.settings.values import Settings

LOOK_EVERY_S: Final = 15.0


class Telling(Protocol):
    """The daemon, as far as it is needed here."""

    @property
    def directory(self) -> Directory: ...

    def tell(self, rows: Sequence[Notification]) -> None: ...


@dataclass(slots=True, kw_only=True)
class Proving:
    """After a restart the message of this period is planned again, and found to be there."""

    daemon: Telling
    settings: Callable[[], Settings]
    clock: Clock
    _said: tuple[ProofRule, int] | None = None

    async def forever(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        settings, now = self.settings(), self.clock()
        rule = settings.dead_mans_switch
        if rule is None:
            return
        due = (rule, period(rule, now, settings.estate.time_zone))
        if due != self._said:
            self.daemon.tell(plan_proof(rule, due[1], at=now, directory=self.daemon.directory))
            self._said = due
