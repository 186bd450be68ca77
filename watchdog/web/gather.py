"""What the daemon and its store know, taken for one page. Memory always answers; the store may be locked or gone."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

import structlog

from alerts.digests.note import Known
from alerts.incident import Incident
from checks.model import CheckId
from checks.spec import CheckSpec
from watchdog.clock import Clock
from watchdog.daily_note import known_of
from watchdog.engine.blindness import Sight
from watchdog.engine.subjects import Subject, Subjects
from watchdog.engine.writer import Standstill
from watchdog.reload import Reloaded
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreError
from watchdog.store.executor import Caller
from watchdog.store.listings import Listings
from watchdog.store.views import IncidentHistory
from watchdog.web.bar_reading import Bars
from watchdog.web.glance import Conditions, Glance
from watchdog.web.telling_view import Telling

log: structlog.stdlib.BoundLogger = structlog.get_logger()

T = TypeVar("T")

#: What one page may take of the store's time, all its questions together; without its history it is better than none.
STORE_WITHIN_S = 3.0
#: Subjects copied before checks get their turn: about a millisecond.
COPIES_IN_ONE_GO = 500

#: Bars of a page with more checks than this would take longer than the page is worth.
MAX_BARS = 1_500
TOLD_SHOWN = 12
FORMER_SHOWN = 10


class Watching(Protocol):
    """The daemon, as far as pages read it."""

    settings: Settings
    subjects: Subjects

    @property
    def specs(self) -> Mapping[CheckId, CheckSpec]: ...

    @property
    def sight(self) -> Sight: ...

    @property
    def standstill(self) -> Standstill | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where pages come from."""

    daemon: Watching
    reloaded: Callable[[], Reloaded | None]
    listings: Listings
    bars: Bars
    reading: Caller
    clock: Clock
    titles: Mapping[CheckId, str]
    started_at: datetime
    telling: Callable[[], Telling]
    """Who is told, and what keeps people from hearing, as it is in memory."""
    doubted: Callable[[], datetime | None] = lambda: None
    """What the wall clock says, while `clock` says something else."""

    async def glance(self) -> Glance:
        """Memory alone; `with_told` and `with_bars` add what only the store knows."""
        daemon = self.daemon
        return Glance(
            now=self.clock(),
            estate=daemon.settings.estate,
            has_anchors=bool(daemon.settings.anchors),
            specs=daemon.specs,
            titles=self.titles,
            subjects=await _copies(daemon.subjects),
            conditions=self._conditions(),
            begun_s=asyncio.get_running_loop().time(),
        )

    def _conditions(self) -> Conditions:
        sight, standstill, reloaded = self.daemon.sight, self.daemon.standstill, self.reloaded()
        refused = reloaded is not None and reloaded.is_refused
        silent = [f"{one.name}: {one.words}" for one in sight.anchors if not one.ok]
        return Conditions(
            started_at=self.started_at,
            blind_since=(sight.since or self.clock()) if sight.is_blind else None,
            blind_why="; ".join(silent),
            clock_says=self.doubted(),
            unwritten_since=None if standstill is None else standstill.since,
            unwritten_why="" if standstill is None else standstill.text,
            refused_at=reloaded.at if reloaded is not None and refused else None,
            refused=reloaded.problems if reloaded is not None and refused else (),
            drill=next((one for subject in self.daemon.subjects.drills for one in subject.record.incidents), None),
        )

    async def with_told(self, glance: Glance, incidents: Collection[str]) -> Glance:
        """Who was told of `incidents`, and the newest outcomes of all."""
        found = await self.ask(glance, lambda: (self.listings.told(TOLD_SHOWN), self.listings.told_of(incidents)))
        return unread(glance) if found is None else replace(glance, told=found[0], told_of=found[1])

    async def with_bars(self, glance: Glance, checks: Collection[CheckId]) -> Glance:
        """The last day and month of the first MAX_BARS of `checks`, those that matter most first."""
        wanted = list(checks)[:MAX_BARS]
        glance = replace(glance, unbarred=frozenset(list(checks)[MAX_BARS:]))
        if not wanted:
            return glance
        now, zone = glance.now, glance.estate.time_zone
        found = await self.ask(glance, lambda: self.bars.read(wanted, now, zone))
        return unread(glance) if found is None else replace(glance, hours=found[0], days=found[1])

    async def incident(self, incident_id: str) -> IncidentHistory | None:
        """None where there is none. Raises StoreError and TimeoutError."""
        async with asyncio.timeout(STORE_WITHIN_S):
            return await self.reading.call(self.listings.history, incident_id)

    async def with_former(self, glance: Glance, check_id: CheckId) -> tuple[Glance, Sequence[Incident]]:
        """The newest incidents of a check, open ones among them."""
        found = await self.ask(glance, lambda: self.listings.incidents_of(check_id, FORMER_SHOWN))
        return (unread(glance), ()) if found is None else (glance, found)

    async def waiting(self, glance: Glance) -> tuple[Glance, Telling]:
        """Who is told, with what waits for each channel."""
        telling = self.telling()
        found = await self.ask(glance, self.listings.outbox_pending)
        return (unread(glance), telling) if found is None else (glance, replace(telling, waiting=found))

    async def known(self, glance: Glance) -> Known | None:
        """For the daily note; None where the store cannot say now."""
        records = [subject.record for subjects in glance.subjects.values() for subject in subjects]
        incidents = [incident for record in records for incident in record.incidents]
        kinds = {check_id: spec.kind.name for check_id, spec in glance.specs.items()}
        rotas = tuple(self.telling().directory.rotas.values())
        return await self.ask(
            glance,
            lambda: known_of(
                self.listings, glance.estate, records=records, incidents=incidents, kinds=kinds, rotas=rotas
            ),
        )

    async def ask(self, glance: Glance, question: Callable[[], T]) -> T | None:
        """None where the store cannot say now, and at once where it could not a moment ago."""
        if glance.conditions.unread:
            return None
        return await _patiently(self.reading.call(question), glance.begun_s)


async def _patiently(answer: Awaitable[T], begun_s: float) -> T | None:
    """`begun_s` is when its page was begun."""
    try:
        async with asyncio.timeout_at(begun_s + STORE_WITHIN_S):
            return await answer
    except TimeoutError:
        log.warning("the store is slow, a page is served without its history")
    except StoreError as error:
        log.warning("the store cannot be read, a page is served without its history", error=str(error))
    return None


def unread(glance: Glance) -> Glance:
    return replace(glance, conditions=replace(glance.conditions, unread=True))


def _copy(subject: Subject) -> Subject:
    return Subject(subject.record, subject.written, subject.last, subject.quiet_until)


async def _copies(subjects: Subjects) -> Mapping[CheckId, Sequence[Subject]]:
    found: dict[CheckId, list[Subject]] = {}
    for number, subject in enumerate(tuple(subjects), start=1):
        found.setdefault(subject.record.check_id, []).append(_copy(subject))
        if number % COPIES_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    return found
