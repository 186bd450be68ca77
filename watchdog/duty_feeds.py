"""Calendars of rotas, read anew while the daemon runs: who is on duty may change without a reload."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from alerts.channels.webhook_channel import WANTED_URL, Fetch, is_safe_url
from alerts.people.rota import Rota, Shift, gaps
from checks.calendar_feed import MAX_BYTES, CalendarError
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest
from checks.secret import Secret, SecretUnavailableError
from checks.wording import moment
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.duty_calendar import DutyCalendar, read_file, shifts_in
from watchdog.store.executor import Caller

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: How often files are read anew.
ROUND_EVERY_S: Final = 60.0
FETCH_EVERY: Final = timedelta(minutes=15)
WORKED_OUT_EVERY: Final = timedelta(hours=12)
FETCH_WITHIN_S: Final = 30.0
#: A calendar that cannot be read is told at once, and again after as long.
TOLD_EVERY: Final = timedelta(days=1)
#: A gap is told so long before it begins.
GAPS_AHEAD: Final = timedelta(days=7)

_OK: Final = 200


@dataclass(frozen=True, slots=True)
class _Good:
    calendar: DutyCalendar
    data: bytes
    shifts: tuple[Shift, ...]
    until: datetime
    """Then its shifts are worked out anew, further ahead."""


def _worked_out(calendar: DutyCalendar, data: bytes, now: datetime) -> _Good:
    return _Good(calendar, data, shifts_in(data, calendar, now), now + WORKED_OUT_EVERY)


@dataclass(slots=True, kw_only=True)
class DutyFeeds:
    """Keeps the last good copy of each calendar, in `folder` over restarts."""

    daemon: Daemon
    folder: Path
    fetch: Fetch
    caller: Caller
    clock: Clock
    _good: dict[str, _Good] = field(default_factory=dict)
    _due: dict[str, datetime] = field(default_factory=dict)
    _told: dict[str, datetime] = field(default_factory=dict)

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(ROUND_EVERY_S)

    async def round(self) -> None:
        """Look at every calendar whose turn it is."""
        settings = self.daemon.settings
        for calendar in settings.duty_calendars.values():
            await self._look(calendar)
            shifts = await self.caller.call(self._shifts, calendar)
            if settings is self.daemon.settings and shifts is not None:  # else a reload came between
                rota = replace(self.daemon.directory.rotas[calendar.rota], shifts=shifts)
                self.daemon.directory.read_anew(rota)
                self._tell_gaps(rota)

    async def _look(self, calendar: DutyCalendar) -> None:
        now = self.clock()
        if now < self._due.get(calendar.rota, now):
            return
        try:
            data = await self._data(calendar)
            await self.caller.call(self._take, calendar, data)
        except CalendarError as error:
            self._failed(calendar, str(error))
        else:
            self._told.pop(calendar.rota, None)
        if not isinstance(calendar.place, Path):
            self._due[calendar.rota] = now + FETCH_EVERY

    async def _data(self, calendar: DutyCalendar) -> bytes:
        """Raises CalendarError with words that hold nothing of a URL."""
        if isinstance(calendar.place, Path):
            return await self.caller.call(read_file, calendar.place)
        try:
            url = calendar.place.reveal() if isinstance(calendar.place, Secret) else calendar.place
        except SecretUnavailableError as error:
            raise CalendarError(str(error)) from None
        if not is_safe_url(url):
            raise CalendarError(WANTED_URL)
        try:
            async with asyncio.timeout(FETCH_WITHIN_S):
                answer = await self.fetch(HttpRequest(url=url, want_body=True, is_confidential=True))
        except TimeoutError:
            raise CalendarError(f"no answer within {FETCH_WITHIN_S:g} s") from None
        except ProbeError as error:
            raise CalendarError(error.cause.value) from None
        if answer.status != _OK:
            raise CalendarError(f"the server answers {answer.status}")
        return answer.body[: MAX_BYTES + 1]

    def _take(self, calendar: DutyCalendar, data: bytes) -> None:
        """Raises CalendarError, and keeps what there was, where `data` is no calendar of these people."""
        now, known = self.clock(), self._good.get(calendar.rota)
        if known is not None and known.calendar == calendar and known.data == data and now < known.until:
            return
        self._good[calendar.rota] = _worked_out(calendar, data, now)
        if known is None or known.data != data:
            self._keep(calendar, data)

    def _keep(self, calendar: DutyCalendar, data: bytes) -> None:
        """What is not kept is read again after a restart."""
        beside = self._copy(calendar).with_suffix(".new")
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            beside.write_bytes(data)
            beside.replace(self._copy(calendar))
        except OSError as error:
            log.warning("a calendar cannot be kept for the next start", rota=calendar.rota, error=str(error))

    def _copy(self, calendar: DutyCalendar) -> Path:
        return self.folder / f"{calendar.rota}.ics"

    def _shifts(self, calendar: DutyCalendar) -> tuple[Shift, ...] | None:
        """By the last good copy; None where there is none, () where it is empty."""
        now, known = self.clock(), self._good.get(calendar.rota)
        if known is None or known.calendar != calendar or now >= known.until:
            try:
                data = read_file(self._copy(calendar)) if known is None else known.data
                known = self._good[calendar.rota] = _worked_out(calendar, data, now)
            except CalendarError:
                return None
        return known.shifts

    def _failed(self, calendar: DutyCalendar, why: str) -> None:
        now = self.clock()
        if now - self._told.get(calendar.rota, now - TOLD_EVERY) < TOLD_EVERY:
            return
        self._told[calendar.rota] = now
        log.warning("the calendar of a rota cannot be read", rota=calendar.rota, error=why)
        self.daemon.announce(
            f"the calendar of {calendar.rota} cannot be read",
            f"Who is on duty in {calendar.rota} could not be read: {why}. The last good copy is used; what was "
            "changed since is not known. See that the calendar can be read again.",
        )

    def _tell_gaps(self, rota: Rota) -> None:
        """The next one, once a day as long as it is there."""
        now, zone, key = self.clock(), self.daemon.settings.estate.time_zone, f"gap {rota.id}"
        found = gaps(rota, now, now + GAPS_AHEAD)
        if not found or now - self._told.get(key, now - TOLD_EVERY) < TOLD_EVERY:
            return
        self._told[key] = now
        (begins, ends), *_ = found
        instead = f"{rota.fallback} stands in" if rota.fallback else "all who are ever on duty there are told instead"
        self.daemon.announce(
            f"nobody is on duty in {rota.id} from {moment(begins, zone)}",
            f"By its calendar nobody is on duty in {rota.id} from {moment(begins, zone)} to {moment(ends, zone)}; "
            f"{instead}. Add a shift to the calendar, or an override to the settings.",
        )
