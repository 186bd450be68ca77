"""Drills as people ask for them: confirmed once they are durable."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from alerts.drills.drill import DRILL_CHECK, LONGEST, SHORTEST, DrillKind
from alerts.drills.opening import Played
from alerts.incident import Incident
from checks.estate import Service
from checks.wording import moment
from watchdog.api.refusal import Refusal
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.drills.keeping import DrillRunsError, Drills, SettlingError
from watchdog.drills.report import DrillReport
from watchdog.store.errors import StoreError

T = TypeVar("T")

#: A store that is locked or full makes people wait; this long, then they are told.
WRITE_WITHIN_S: Final = 20.0
_NAMED_AT_MOST: Final = 20

_SETTLING: Final = (
    "the state was put back from a copy, and until all is looked at again and the digest of that is out nobody is told "
    "anything: a drill would end at once; begin it after the digest"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillWish:
    """What somebody asks for, in the words of the settings."""

    kind: DrillKind
    service: str
    by: str
    lasts: timedelta
    receivers: tuple[str, ...] = ()
    report_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DrillDesk:
    """Between the API and the drills. Raises Refusal, or StoreError where the store fails."""

    daemon: Daemon
    drills: Drills
    clock: Clock

    async def start(self, wish: DrillWish) -> Incident:
        """Its incident. Refused while another one runs."""
        if not SHORTEST <= wish.lasts <= LONGEST:
            hours = LONGEST // timedelta(hours=1)
            raise Refusal(400, f"a drill lasts from 1 minute to {hours} hours", ["minutes: is out of this range"])
        played = Played(
            kind=wish.kind,
            service=self._service(wish.service),
            by=wish.by,
            lasts=wish.lasts,
            receivers=self._known("receivers", wish.receivers),
            report_to=self._known("report_to", wish.report_to) or self._starter(wish.by),
        )
        try:
            return await _written(self.drills.start(played))
        except DrillRunsError as error:
            raise Refusal(409, self._runs(error.running)) from None
        except SettlingError:
            raise Refusal(409, _SETTLING) from None

    async def stop(self, by: str) -> Incident:
        stopped = await _written(self.drills.stop(by))
        if stopped is None:
            raise Refusal(409, "no drill runs, so there is none to stop")
        return stopped

    async def report(self, word: str) -> DrillReport:
        """Of the one whose id begins with `word`; of the one that runs, else the last one, where `word` is ""."""
        incident_id = await self._named(word) if word else await self._last()
        report = await self.drills.report(incident_id)
        if report is None:
            raise Refusal(503, f"nothing of drill {incident_id} is written yet; the daemon tries again")
        return report

    async def _named(self, word: str) -> str:
        drills = self.drills
        found = await drills.reading.call(drills.listings.incidents_named, word, 2)
        match [one for one in found if one.drill is not None]:
            case [one]:
                return one.id
            case []:
                raise Refusal(404, f"no drill has an id that begins with {word}")
            case _:
                raise Refusal(409, f"several drills have ids that begin with {word}; give more of it")

    async def _last(self) -> str:
        if (running := self.drills.running()) is not None:
            return running.id
        found = await self.drills.reading.call(self.drills.listings.incidents_of, DRILL_CHECK, 1)
        if not found:
            raise Refusal(404, "there was no drill yet; begin one with: nigehban drill start outage --service ID")
        return found[0].id

    def _service(self, service_id: str) -> Service:
        services = self.daemon.settings.estate.services
        if service_id not in services:
            raise Refusal(404, f"the settings have no service {service_id!r}; there {_are(services)}")
        return services[service_id]

    def _known(self, field: str, named: Sequence[str]) -> tuple[str, ...]:
        receivers = self.daemon.directory.receivers
        if unknown := [one for one in named if one not in receivers]:
            problem = f"{field}: no receiver is called {unknown[0]!r}; there {_are(receivers)}"
            raise Refusal(404, "the settings have no such receiver", [problem])
        return tuple(dict.fromkeys(named))

    def _starter(self, by: str) -> tuple[str, ...]:
        """Whoever asks is mostly a receiver, too, by the same name."""
        return (by,) if by in self.daemon.directory.receivers else ()

    def _runs(self, running: Incident) -> str:
        zone, drill = self.daemon.settings.estate.time_zone, running.drill
        until = "" if drill is None else f", started by {drill.by}, until {moment(drill.ends_at, zone)}"
        return f"drill {running.id} runs already{until}; wait for its end, or stop it with: nigehban drill stop"


def _are(named: Iterable[str]) -> str:
    ids = sorted(named)
    more = f" and {len(ids) - _NAMED_AT_MOST} more" if len(ids) > _NAMED_AT_MOST else ""
    return f"are {', '.join(ids[:_NAMED_AT_MOST])}{more}" if ids else "is none"


async def _written(saying: Coroutine[None, None, T]) -> T:
    """What was begun goes on when nobody waits for it any longer."""
    task = asyncio.ensure_future(saying)
    done, _ = await asyncio.wait([task], timeout=WRITE_WITHIN_S)
    if not done:
        task.add_done_callback(_let_go)
        raise Refusal(503, "the store takes nothing now, so this is not confirmed; look with: nigehban drill show")
    try:
        return task.result()
    except StoreError as error:
        raise Refusal(500, f"{error}; so it is not confirmed, and the daemon's log says more") from None


def _let_go(task: "asyncio.Future[T]") -> None:
    """Its outcome is on record or in the log."""
    if not task.cancelled():
        task.exception()
