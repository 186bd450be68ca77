"""Begins and ends silences and windows as time goes by, and has people told again where it is still bad then."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from alerts.incident import Incident, IncidentEvent, Nature
from alerts.judging.fault import Held
from alerts.mutes.mute import Mute
from alerts.mutes.overrun import is_to_be_told, is_undecided, said_of_end, tell_again, turn
from alerts.mutes.standing import ended_by_itself, ended_by_settings, window_of
from alerts.record import SubjectRecord
from alerts.words.scene import routing_labels
from checks.model import CheckId
from checks.wording import moment
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.engine.mutes import Mutes
from watchdog.engine.subjects import Subject
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.store import Store

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: An end is told at most so late.
ROUND_EVERY_S: Final = 5.0

#: How often what was worked on is looked at while the grace of its window runs.
_LOOK_EVERY: Final = timedelta(seconds=30)

#: Subjects between two turns of others.
_BREATHE_EVERY: Final = 100


@dataclass(slots=True)
class _Ending:
    """How far telling the end of a mute has come."""

    noticed_at: datetime
    looked_at: datetime | None = None
    done: set[tuple[CheckId, str]] = field(default_factory=set)
    """Subjects of which all is said that its end asks for."""


@dataclass(slots=True)
class MuteKeeper:
    """What it writes is written before anybody hears of it; what a crash cuts short is done again, and told once."""

    daemon: Daemon
    store: Store
    caller: Caller
    clock: Clock
    awaited: Callable[[Settings], Collection[str]] = lambda _settings: ()
    """Windows whose calendar was never asked: what is in force of them goes on until it was, and ends no sooner."""
    _failing: bool = field(default=False)
    _endings: dict[str, _Ending] = field(default_factory=dict)

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
                self.mutes.begin(mute)
                log.info("maintenance begins", window=mute.id, about=mute.about, until=str(mute.ends_at))
        said = tuple(self.mutes.said.values())
        await self._end(ended_by_itself(said, self._open_incidents(), now))
        if left_out := ended_by_settings(said, self.mutes.planned, now):
            awaited = await self.caller.call(self.awaited, self.daemon.settings)
            await self._end(mute for mute in left_out if window_of(mute) not in awaited)
        for mute in sorted(self.mutes.said.values(), key=turn):
            if mute.settled_at is None and mute.is_over(now):
                await self._after(mute, self._endings.setdefault(mute.id, _Ending(now)), now)
            elif mute.settled_at is not None and mute.ends_at <= now:
                self.mutes.forget(mute.id)

    async def _end(self, ended: Iterable[Mute]) -> None:
        for mute in ended:
            if await self.caller.call(self.store.end_mute, mute):  # else somebody was faster
                self.mutes.remember([mute])
            log.info("ended before its time", mute=mute.id, why=mute.ended_why)

    async def _after(self, mute: Mute, ending: _Ending, now: datetime) -> None:
        """What is decided is told; what cannot be judged yet is looked at, and holds back nothing but itself."""
        if is_to_be_told(mute, now) and await self._is_told(mute, ending):
            await self._settle(mute)
        elif ending.looked_at is None or now - ending.looked_at >= _LOOK_EVERY:
            ending.looked_at = now
            covered = {
                subject.record.check_id
                async for subject in self._left(ending)
                if any(mute.covers(routing_labels(one)) for one in subject.record.incidents)
            }
            self.daemon.look_soon(covered, ROUND_EVERY_S)

    async def _left(self, ending: _Ending) -> AsyncIterator[Subject]:
        """Subjects with incidents of which not all is said yet; ten thousand of them hold up nobody else."""
        for number, subject in enumerate(tuple(self.daemon.subjects)):
            if number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)
            if subject.record.incidents and _key(subject) not in ending.done:
                yield subject

    async def _is_told(self, mute: Mute, ending: _Ending) -> bool:
        """Tell what is still bad, one subject after the other; False where one is left that may be well."""
        is_whole = True
        async for subject in self._left(ending):
            key = _key(subject)
            news, heard = await self._muted_dates(mute, subject.record), await self._heard(mute, subject.record)
            if self.daemon.subjects.get(*key) is not subject:
                is_whole = False  # it may have another id now, under which it is still to be told
                continue
            # From here to the telling nobody else may have a word: the record is taken as it stands.
            record, now, others = subject.current(), self.clock(), tuple(self.mutes.all.values())
            if is_undecided(record, mute, now, others, waiting_since=ending.noticed_at):
                is_whole = False
                continue
            words = said_of_end(mute, moment(mute.over_at, self.daemon.settings.estate.time_zone))
            judged = tell_again(record, mute, others, words, now=now, heard=heard)
            events = tuple(event for event in judged.events if _is_worth_it(event, news))
            if events:
                await self.daemon.judged(replace(judged, events=events))
            ending.done.add(key)
        return is_whole

    async def _settle(self, mute: Mute) -> None:
        now = self.clock()
        await self.caller.call(self.store.settle_mute, mute.id, now)
        self.mutes.settled(mute.id, now)
        del self._endings[mute.id]
        log.info("over", kind=mute.kind.value, mute=mute.id, author=mute.author)

    async def _muted_dates(self, mute: Mute, record: SubjectRecord) -> frozenset[str]:
        """Incidents of deadlines of which something was not said for `mute`."""
        dated = (one for one in record.incidents if one.nature is Nature.DEADLINE)
        return await self._among(mute, dated, lambda id_: self.store.was_muted(mute, id_))

    async def _heard(self, mute: Mute, record: SubjectRecord) -> frozenset[str]:
        """Faults that seem well, and of which somebody was told or will be by what waits."""
        held = (one for one in record.incidents if isinstance(record.fault, Held))
        return await self._among(mute, held, self.store.was_heard_of)

    async def _among(self, mute: Mute, incidents: Iterable[Incident], ask: Callable[[str], bool]) -> frozenset[str]:
        covered = [one.id for one in incidents if mute.covers(routing_labels(one))]
        return frozenset([id_ for id_ in covered if await self.caller.call(ask, id_)])

    def _open_incidents(self) -> Iterator[Incident]:
        return (incident for subject in self.daemon.subjects for incident in subject.record.incidents)


def _key(subject: Subject) -> tuple[CheckId, str]:
    return subject.record.check_id, subject.record.subject


def _is_worth_it(event: IncidentEvent, muted_dates: frozenset[str]) -> bool:
    """A date of which nothing was to be said meanwhile is as people know it."""
    return event.incident.nature is not Nature.DEADLINE or event.incident.id in muted_dates
