"""Who is next, as time goes by: steps of escalations, told when they are due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final, TypeAlias

import structlog

from alerts.incident import Incident
from alerts.judging.episode import Judgement
from alerts.people.chasing import chase
from alerts.people.patience import rests_until
from alerts.people.unanswerable import NOT_KNOWN, Heard
from alerts.record import SubjectRecord
from watchdog.clock import Clock, Ids
from watchdog.daemon import Daemon
from watchdog.engine.breath import Breath
from watchdog.engine.subjects import Subject
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.terms import Terms, terms_of

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A step is told at most so late.
LOOK_EVERY_S: Final = 5.0

#: What is asked about reaching people, in one look.
MOST_ASKED: Final = 500

#: From ids of incidents to who could be told of them; raises StoreError.
AskHeard: TypeAlias = Callable[[Sequence[str]], Awaitable[Heard]]


@dataclass(frozen=True, slots=True)
class _Rest:
    """Nothing comes of looking at these incidents before `until`, while they and all around them stay as they are."""

    incidents: tuple[Incident, ...]
    until: datetime


@dataclass(slots=True)
class Escalations:
    """Looks at what is open every few seconds. What is decided is written with the rows that tell it."""

    daemon: Daemon
    clock: Clock
    ids: Ids
    ask_heard: AskHeard | None = None
    """None: nobody is taken for unreachable."""
    _failing: bool = field(default=False)
    _resting: dict[Subject, _Rest] = field(default_factory=dict)
    _last: tuple[datetime, Terms] | None = None
    _heard: Heard = field(default_factory=lambda: NOT_KNOWN)

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
            self._resting.clear()
            return
        await self._ask()
        failures: list[Exception] = []
        async with asyncio.TaskGroup() as saying:
            await self._look_at_all(saying, failures)
        if failures:
            raise failures[0]

    async def _ask(self) -> None:
        """Whom nothing reached of what waits for its next step. A store that cannot say keeps nobody from the rest."""
        subjects = self.daemon.subjects
        standing = chain(subjects.incidents(), (one for subject in subjects.drills for one in subject.record.incidents))
        waiting = [one.id for one in standing if _may_rise(one)]
        if self.ask_heard is None or not waiting:
            return
        try:
            heard = await self.ask_heard(waiting[:MOST_ASKED])
        except StoreDamagedError:
            raise
        except StoreError as error:
            log.warning("it is not known whom nothing reached", error=str(error))
            return
        if heard != self._heard:
            self._heard = heard
            self._resting.clear()

    async def _look_at_all(self, saying: asyncio.TaskGroup, failures: list[Exception]) -> None:
        breath, resting = Breath(), {}
        now, terms = self._renewed()
        for subject in chain(self.daemon.subjects.drills, self.daemon.subjects):
            incidents = subject.record.incidents
            if await breath.taken():
                now, terms = self._renewed()
            if not incidents:
                continue
            rest = self._resting.get(subject)
            if rest is None or now >= rest.until or rest.incidents != incidents:
                if self._chased(subject.current(), terms, now) is not None:
                    saying.create_task(self._say(subject, failures))
                    await breath.take()  # each has a turn of its own: telling of it takes a while
                    now, terms = self._renewed()
                    continue
                rest = _Rest(incidents, rests_until(incidents, terms.directory, now))
            resting[subject] = rest
        self._resting = resting

    def _renewed(self) -> tuple[datetime, Terms]:
        """Where anything that concerns all is otherwise, or time went back, nothing rests."""
        now = self.clock()
        terms = terms_of(self.daemon, now)
        if self._last is None or now < self._last[0] or not terms.are(self._last[1]):
            self._resting.clear()
        self._last = now, terms
        return now, terms

    def _chased(self, record: SubjectRecord, terms: Terms, now: datetime) -> Judgement | None:
        is_blind = terms.is_blind
        return chase(
            record,
            terms.directory,
            now,
            is_muted=terms.is_muted,
            new_id=self.ids,
            is_blind=is_blind,
            heard=self._heard,
        )

    async def _say(self, subject: Subject, failures: list[Exception]) -> None:
        # Nobody else may have a word between the two: the record is taken as it stands.
        now, record = self.clock(), subject.current()
        if self.daemon.subjects.get(record.check_id, record.subject) is not subject:
            return
        judged = self._chased(record, terms_of(self.daemon, now), now)
        if judged is not None:
            try:
                await self.daemon.judged(judged)
            except Exception as error:  # noqa: BLE001  # all others have their turn first; then it is raised
                failures.append(error)


def _may_rise(incident: Incident) -> bool:
    """Whether some escalation of it waits for a next step."""
    return any(not chase.is_held for chase in incident.chases)
