"""Begins and ends silences and windows as time goes by, and has people told again where it is still bad then."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from alerts.incident import Incident, Nature
from alerts.mutes.mute import Mute, MuteKind, in_force
from alerts.mutes.overrun import is_to_be_told, is_undecided, said_of_end, tell_again
from alerts.mutes.standing import ended_by_itself, ended_by_settings
from alerts.words.scene import routing_labels
from checks.wording import moment
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.engine.mutes import Mutes
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.store import Store

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: An end is told at most so late.
ROUND_EVERY_S: Final = 5.0

#: How often what was worked on is looked at while the grace of its window runs.
_LOOK_EVERY: Final = timedelta(seconds=30)


@dataclass(slots=True)
class MuteKeeper:
    """What it writes is written before anybody hears of it; what a crash cuts short is done again, and told once."""

    daemon: Daemon
    store: Store
    caller: Caller
    clock: Clock
    _failing: bool = field(default=False)
    _looked_at: dict[str, datetime] = field(default_factory=dict)

    @property
    def mutes(self) -> Mutes:
        return self.daemon.mutes

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            self.mutes.changed.clear()
            await self._guarded_round()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ROUND_EVERY_S):
                    await self.mutes.changed.wait()

    async def _guarded_round(self) -> None:
        """A store that fails is asked again in the next round; damage ends the daemon."""
        try:
            await self.round()
        except StoreDamagedError:
            raise
        except StoreError as error:
            if not self._failing:
                log.warning("silences and windows cannot be written, trying again", error=str(error))
            self._failing = True
        else:
            self._failing = False

    async def round(self) -> None:
        """Raises StoreError; what was done before it stands."""
        now = self.clock()
        for mute in self.mutes.planned:
            if mute.is_in_force(now) and mute.id not in self.mutes.said:
                await self.caller.call(self.store.keep_mute, mute)
                self.mutes.remember([mute])
                log.info("maintenance begins", window=mute.id, about=mute.about, until=str(mute.ends_at))
        said = tuple(self.mutes.said.values())
        await self._end(ended_by_itself(said, self._open_incidents(), now))
        await self._end(ended_by_settings(said, self.mutes.planned, now))
        for mute in tuple(self.mutes.said.values()):
            if mute.settled_at is None and mute.is_over(now):
                if is_to_be_told(mute, now) and not self._waits(mute, now):
                    await self._settle(mute)
                else:
                    self._look_at(mute, now)
            elif mute.settled_at is not None and mute.ends_at <= now:
                self.mutes.forget(mute.id)

    async def _end(self, ended: Iterable[Mute]) -> None:
        for mute in ended:
            await self.caller.call(self.store.end_mute, mute)
            self.mutes.remember([mute])
            log.info("ended before its time", mute=mute.id, why=mute.ended_why)

    def _waits(self, mute: Mute, now: datetime) -> bool:
        """Whether of a window that ran out something is still to be seen."""
        if mute.kind is not MuteKind.MAINTENANCE or mute.ended_at is not None:
            return False
        return any(is_undecided(subject.current(), mute, now) for subject in tuple(self.daemon.subjects))

    def _look_at(self, mute: Mute, now: datetime) -> None:
        """What was worked on is looked at in haste, so that it is known whether it is well before anybody hears."""
        if mute.id in self._looked_at and now - self._looked_at[mute.id] < _LOOK_EVERY:
            return
        self._looked_at[mute.id] = now
        covered = {one.check_id for one in self._open_incidents() if mute.covers(routing_labels(one))}
        self.daemon.look_soon(covered, ROUND_EVERY_S)

    async def _settle(self, mute: Mute) -> None:
        self._looked_at.pop(mute.id, None)
        words = said_of_end(mute, moment(mute.over_at, self.daemon.settings.estate.time_zone))
        news = await self._muted_dates(mute)
        for subject in tuple(self.daemon.subjects):
            record = subject.current()
            if record.incidents and self.daemon.subjects.get(record.check_id, record.subject) is subject:
                # From here to the telling nobody else may have a word: the record is taken as it stands.
                standing = in_force(self.mutes.all.values(), self.clock())
                judged = tell_again(record, mute, standing, words)
                events = tuple(event for event in judged.events if _is_worth_it(event.incident, news))
                if events:
                    await self.daemon.judged(replace(judged, events=events))
        now = self.clock()
        await self.caller.call(self.store.settle_mute, mute.id, now)
        self.mutes.settled(mute.id, now)
        log.info("over", kind=mute.kind.value, mute=mute.id, author=mute.author)

    async def _muted_dates(self, mute: Mute) -> frozenset[str]:
        """Incidents of deadlines of which something was not said for `mute`."""
        dated = [one for one in self._open_incidents() if one.nature is Nature.DEADLINE]
        covered = [one.id for one in dated if mute.covers(routing_labels(one))]
        return frozenset([id_ for id_ in covered if await self.caller.call(self.store.was_muted, mute, id_)])

    def _open_incidents(self) -> list[Incident]:
        return [incident for subject in self.daemon.subjects for incident in subject.record.incidents]


def _is_worth_it(incident: Incident, muted_dates: frozenset[str]) -> bool:
    """A date of which nothing was to be said meanwhile is as people know it."""
    return incident.nature is not Nature.DEADLINE or incident.id in muted_dates
