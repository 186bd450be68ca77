"""What people may ask of a running daemon and tell it: every word of theirs goes through its own process."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from alerts.incident import Acknowledgement, Incident
from alerts.mutes.standing import check_labels
from alerts.record import SubjectRecord
from checks.wording import moment
from watchdog.api.drill_desk import DrillDesk
from watchdog.api.import_desk import ImportDesk
from watchdog.api.ledger_desk import LedgerDesk
from watchdog.api.mute_desk import MuteDesk
from watchdog.api.payee_desk import PayeeDesk
from watchdog.api.refusal import Refusal
from watchdog.backups import Made
from watchdog.cli.looks import Listing, Remembered, View, history_of
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.engine.subjects import Subjects
from watchdog.explaining import Known
from watchdog.foretelling import Plays
from watchdog.reload import Reloaded, Reloading
from watchdog.store.errors import StoreError
from watchdog.store.executor import Caller
from watchdog.store.listings import Listings
from watchdog.store.views import IncidentHistory, LinkUse

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A store that is locked or full makes people wait; this long, then they are told.
WRITE_WITHIN_S = 20.0

#: Subjects taken down before checks get their turn: about a millisecond.
COPIES_IN_ONE_GO = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An incident after somebody had a word on it; `is_new` is False where it stood so already."""

    history: IncidentHistory
    is_new: bool


class Copying(Protocol):
    """Whoever makes copies of the state (watchdog.backups.Backups)."""

    async def make(self) -> Made: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Between the API and the daemon. Raises Refusal, or StoreError where the store fails."""

    daemon: Daemon
    reloading: Reloading
    listings: Listings
    reading: Caller
    plays: Plays
    clock: Clock
    state_dir: Path
    version: str
    started_at: datetime
    copying: Copying
    mutes: MuteDesk
    ledger: LedgerDesk
    payees: PayeeDesk
    imports: ImportDesk
    drills: DrillDesk
    doubted: Callable[[], datetime | None] = lambda: None
    """What the wall clock says, while `clock` says something else."""

    async def look(self, look: Callable[[View], Listing], width: int | None = None) -> Listing:
        """A listing, made off the loop."""
        return await self.reading.call(look, await self._view(width))

    async def incident(self, word: str) -> IncidentHistory:
        """The one incident whose id begins with `word`. Raises NotFoundError and SeveralError."""
        return await self.reading.call(history_of, await self._view(), word)

    async def known(self) -> Known:
        """What explanations are made of."""
        daemon, now = self.daemon, self.clock()
        restoration = daemon.quiet.restoration if daemon.quiet.is_settling else None
        return Known(
            settings=daemon.settings,
            directory=daemon.directory,
            now=now,
            is_watched=True,
            records=await _records(daemon.subjects),
            mutes=tuple(daemon.mutes.all.values()),
            blind_since=(daemon.sight.since or now) if daemon.sight.is_blind else None,
            settling_since=None if restoration is None else restoration.at,
        )

    async def _view(self, width: int | None = None) -> View:
        records = await _records(self.daemon.subjects)
        seen = {record.check_id for record in records}
        unseen = sorted(check_id for check_id in self.daemon.specs if check_id not in seen)
        return View(
            listings=self.listings,
            remembered=Remembered(
                records=records,
                unseen=unseen,
                mutes=tuple(self.daemon.mutes.all.values()),
                labels={check_id: check_labels(spec) for check_id, spec in self.daemon.specs.items()},
            ),
            estate=self.daemon.settings.estate,
            now=self.clock(),
            width=width,
            invoices=len(self.daemon.settings.invoices),
        )

    async def acknowledge(self, word: str, said: Acknowledgement, pressed: LinkUse | None = None) -> Said:
        """Confirmed once it is durable, with the link it was said by. Who comes second learns who was first."""
        history = await self._open(word)
        saying = self.daemon.acknowledge(history.incident.id, said, pressed)
        event_id = await self._written(saying, history.incident)
        if event_id is not None:
            log.info("acknowledged", incident=history.incident.id, by=said.by, until=str(said.until or ""))
            await self.mutes.under_way(history.incident.id)  # a reminder that was claimed before goes out first
        return await self._said(history.incident.id, event_id)

    async def take_back(self, word: str, by: str) -> Said:
        """The same for taking an acknowledgement back."""
        history = await self._open(word)
        event_id = await self._written(self.daemon.take_back(history.incident.id, by), history.incident)
        if event_id is not None:
            log.info("acknowledgement taken back", incident=history.incident.id, by=by)
        return await self._said(history.incident.id, event_id)

    async def reload(self, by: str) -> Reloaded:
        """Read the settings anew, and what came of it."""
        log.info("asked to reload", by=by)
        return await asyncio.shield(self.reloading.request())

    async def back_up(self, by: str) -> Made:
        """A copy of the state where the settings want copies."""
        log.info("asked for a copy of the state", by=by)
        try:
            return await asyncio.shield(self.copying.make())
        except (StoreError, OSError) as error:
            raise Refusal(409, f"no copy could be made: {error}") from None

    async def _open(self, word: str) -> IncidentHistory:
        history = await self.incident(word)
        if history.incident.closed_at is not None:
            raise self._over(history.incident)
        return history

    def _over(self, incident: Incident) -> Refusal:
        at = incident.closed_at or self.clock()
        return Refusal(409, f"incident {incident.id} is over since {moment(at, self.daemon.settings.estate.time_zone)}")

    async def _written(self, saying: Coroutine[None, None, str | None], incident: Incident) -> str | None:
        """What was said is not unsaid by not waiting any longer: it may still be written later."""
        task = asyncio.ensure_future(saying)
        done, _ = await asyncio.wait([task], timeout=WRITE_WITHIN_S)
        if not done:
            task.add_done_callback(_let_go)
            raise Refusal(503, "the store takes nothing now, so this is not confirmed; look at the incident later")
        try:
            return task.result()
        except KeyError:
            raise self._over(incident) from None
        except StoreError as error:
            raise Refusal(500, f"{error}; so it is not confirmed, and the daemon's log says more") from None

    async def _said(self, incident_id: str, event_id: str | None) -> Said:
        """As the store has it: what it left out is not confirmed."""
        history = await self.incident(incident_id)
        if event_id is not None and all(line.id != event_id for line in history.events):
            raise Refusal(500, "this could not be stored, so it is not confirmed; the daemon's log says why")
        return Said(history=history, is_new=event_id is not None)


async def _records(subjects: Subjects) -> list[SubjectRecord]:
    found: list[SubjectRecord] = []
    for number, subject in enumerate(tuple(subjects), start=1):
        found.append(subject.current())
        if number % COPIES_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    return sorted(found, key=lambda one: (one.check_id, one.subject))


def _let_go(task: "asyncio.Future[str | None]") -> None:
    """Its outcome is on record or in the log."""
    if not task.cancelled():
        task.exception()
