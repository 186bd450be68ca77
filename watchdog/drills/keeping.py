"""The chore that ends drills in time and has them reported, and the one hand that begins and stops them."""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from alerts.drills.beside import really_open
from alerts.drills.opening import Played, closed, is_over, opened
from alerts.incident import Incident
from watchdog.assembly import facts_of
from watchdog.clock import Clock, Ids
from watchdog.daemon import Daemon
from watchdog.drills.report import DrillReport, report_of
from watchdog.drills.shown import report_rows
from watchdog.engine.subjects import Subject
from watchdog.store.errors import StoreDamagedError, StoreError
from watchdog.store.executor import Caller
from watchdog.store.listings import Listings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A drill ends at most so late.
LOOK_EVERY_S: Final = 5.0


class DrillRunsError(Exception):
    """One runs already; two at once would not tell whose message was answered."""

    def __init__(self, running: Incident) -> None:
        super().__init__(running.id)
        self.running = running


class SettlingError(Exception):
    """The state was put back from a copy, and nobody is told anything yet: a drill would end without a word."""


@dataclass(slots=True)
class Drills:
    """A drill lives in the store: a restart goes on with it, or ends it where its time is over meanwhile."""

    daemon: Daemon
    listings: Listings
    reading: Caller
    clock: Clock
    ids: Ids

    async def start(self, played: Played) -> Incident:
        """Durable when it returns. Raises DrillRunsError, SettlingError, StoreError."""
        if (running := self.running()) is not None:
            raise DrillRunsError(running)
        if self.daemon.quiet.is_settling:
            raise SettlingError
        judged = opened(played, facts_of(self.daemon.settings.checks), at=self.clock(), new_id=self.ids)
        await self.daemon.judged(judged)
        incident = judged.events[0].incident
        log.info("a drill began", drill=incident.id, kind=played.kind.value, by=played.by)
        return incident

    async def stop(self, by: str) -> Incident | None:
        """The one that was stopped; None where none runs. Raises StoreError."""
        running = self.running()
        if running is None:
            return None
        await self._end(self.daemon.subjects.holding(running.id), by)
        return running

    def running(self) -> Incident | None:
        return next((one for subject in self.daemon.subjects.drills for one in subject.record.incidents), None)

    async def forever(self) -> None:
        """Until cancelled. Raises StoreDamagedError; a store that fails is asked again in the next round."""
        while True:
            try:
                await self.round()
            except StoreDamagedError:
                raise
            except StoreError as error:
                log.warning("a drill cannot be ended yet, trying again", error=str(error))
            await asyncio.sleep(LOOK_EVERY_S)

    async def round(self) -> None:
        """End what is over, report what has ended. Raises StoreError."""
        for subject in self.daemon.subjects.drills:
            incidents = subject.record.incidents
            if not incidents:
                await self._report(subject)
            elif self.daemon.quiet.is_settling or any(is_over(one, self.clock()) for one in incidents):
                await self._end(subject)

    async def _end(self, subject: Subject, by: str = "") -> None:
        at, real = self.clock(), self._real(subject)
        await self.daemon.judged(closed(subject.current(), at=at, by=by, real=real, new_id=self.ids))
        log.info("a drill is over", drill=subject.record.subject, by=by)

    def _real(self, subject: Subject) -> tuple[Incident, ...]:
        """What is open of the service beside the drill: its end must not be taken for the end of that."""
        here = self.daemon
        found = (really_open(one, here.subjects.incidents(), here.settings.estate) for one in subject.record.incidents)
        return next(found, ())

    async def _report(self, subject: Subject) -> None:
        """The rows have stable ids: cut off between the two, it is told once all the same."""
        report = await self.report(drill_id(subject.record.subject))
        if report is not None and not self.daemon.quiet.is_settling:
            directory = self.daemon.directory
            self.daemon.tell(report_rows(report, directory, at=report.incident.closed_at or self.clock()))
        await self.daemon.let_go(subject.record.check_id, subject.record.subject)

    async def report(self, incident_id: str) -> DrillReport | None:
        """How it went so far, by what is on record; None where it is no drill. Raises StoreError."""
        history = await self.reading.call(self.listings.history, incident_id)
        return None if history is None else report_of(history, self.daemon.directory.receivers)


def drill_id(subject: str) -> str:
    """The incident of a drill's subject, which is called by it."""
    return subject.rpartition(" ")[2]
