"""What the outbox needs besides sending: rows whose way is gone, set aside or misdated, distress nobody wrote down."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog

from alerts.directory import Directory
from alerts.distress import Told
from alerts.fallback import plan_refused
from alerts.incident import Incident
from alerts.message import Notification
from alerts.misdated import believable
from alerts.plan import plan_fallback, plan_set_aside, replan
from alerts.return_digest import digest
from watchdog.clock import Clock
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.store import Store

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: Rows go astray at a reload, and by what was under way then: a look this often costs three short reads.
LOOK_EVERY_S = 10.0


class Unrecorded(Protocol):
    """Distress that went out from memory (watchdog.engine.alarm.Alarm)."""

    @property
    def unrecorded(self) -> Sequence[Told]: ...

    def recorded(self, told: Sequence[Told]) -> None: ...


@dataclass(slots=True, kw_only=True)
class OutboxUpkeep:
    """Goes round at the start, after every reload and now and then between.

    `gate` holds back delivery: close it when ways out change, before anything is claimed for them, and it opens once
    no row waits for a way that means something else now.
    """

    store: Store
    caller: Caller
    clock: Clock
    directory: Callable[[], Directory]
    """That of the settings in force."""
    distress: Unrecorded
    wake: Callable[[], None]
    """Rows were added or moved."""
    out_for_long: Callable[[datetime], Sequence[str]] = lambda _now: ()
    """Channels whose messages go another way without being tried first."""
    sends_since: Callable[[datetime], datetime | None] = lambda _now: None
    """Since when anything may be sent: a critical outage waits so long behind others, and then goes another way."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    _going: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def go_round(self) -> None:
        """Raises StoreError; what was left undone is done the next time."""
        async with self._going:
            await self._go_round(self.directory())

    async def _go_round(self, directory: Directory) -> None:
        await self.record_distress()
        announced = await self._announce_set_aside(directory)
        rerouted = await self._reroute(directory)
        redated = await self._redate()
        passed = await self._pass_on(directory)
        if directory is self.directory():  # else a reload came between, and goes round itself
            self.gate.set()
        if announced or rerouted or redated or passed:
            self.wake()

    async def forever(self) -> None:
        """Raises StoreDamagedError: who needs telling may wait behind what is damaged, and the next start mends it."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.go_round()
            except StoreDamagedError:
                raise
            except StoreError as error:
                log.warning("the outbox is not kept up for now", error=str(error))

    async def record_distress(self) -> None:
        if told := self.distress.unrecorded:
            await self.caller.call(self.store.record_told, told)
            self.distress.recorded(told)

    async def _announce_set_aside(self, directory: Directory) -> bool:
        now = self.clock()
        plan = partial(plan_set_aside, at=now, directory=directory)
        rows = await self.caller.call(self.store.announce_set_aside, plan, now)
        for row in rows:
            log.error("a message was set aside", notification=row.notification_id, channel=row.channel, why=row.why)
        return bool(rows)

    async def _redate(self) -> bool:
        """Planned while a wrong clock was believed, they would wait until its time comes true."""
        redated = await self.caller.call(self.store.redate, believable(self.clock()))
        if redated:
            log.warning("messages were dated by a clock that was wrong; they go out now", messages=redated)
        return bool(redated)

    async def _pass_on(self, directory: Directory) -> bool:
        now = self.clock()

        def instead(row: Notification, incident: Incident | None) -> Sequence[Notification]:
            return plan_fallback(row, directory, incident)

        def refused(row: Notification, why: str, was_told: bool) -> Sequence[Notification]:  # noqa: FBT001  # as the store calls it
            return plan_refused(row, why, was_told=was_told, at=now, directory=directory)

        out = self.out_for_long(now)
        pass_on = partial(self.store.pass_on, compose=partial(digest, directory=directory))
        done = await self.caller.call(pass_on, instead, refused, now, out, self.sends_since(now))
        for (former, other), messages in Counter(done.ways).items():
            log.warning("messages go another way, for their own fails", channel=former, to=other, messages=messages)
        return bool(done)

    async def _reroute(self, directory: Directory) -> bool:
        def instead(row: Notification, incident: Incident | None) -> Sequence[Notification]:
            return replan(row, incident, directory)

        found = await self.caller.call(self.store.reroute, directory.ways, instead, self.clock())
        if found.moved:
            log.info("messages go another way to where they went", messages=found.moved)
        for channel, count in found.dropped.items():
            log.warning("messages were planned anew, for their way is gone", channel=channel, messages=count)
        if found.untold:
            log.error("messages are told to nobody: their way is gone and no route takes them", messages=found.untold)
        return bool(found)
