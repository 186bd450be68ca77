"""Calendars of rotas, read anew while the daemon runs: who is on duty may change without a reload."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from alerts.channels.webhook_channel import Fetch
from alerts.people.rota import Rota, Shift, gaps
from alerts.words.urdu import notices
from alerts.words.urdu.wording import moment as urdu_moment
from checks.calendar_feed import CalendarError
from checks.wording import moment
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.duty_calendar import DutyCalendar, shifts_in
from watchdog.feeds import FETCH_EVERY, ROUND_EVERY_S, FeedCopies, read_feed
from watchdog.store.executor import Caller

log: structlog.stdlib.BoundLogger = structlog.get_logger()

WORKED_OUT_EVERY: Final = timedelta(hours=12)
#: A calendar that cannot be read is told at once, and again after as long.
TOLD_EVERY: Final = timedelta(days=1)
#: A gap is told so long before it begins.
GAPS_AHEAD: Final = timedelta(days=7)


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

    def recalled(self) -> "DutyFeeds":
        """This one, with those on duty whom the kept copies name: calendars may take long to answer.

        Blocks for a file and some milliseconds for each.
        """
        for calendar in self.daemon.settings.duty_calendars.values():
            self._have(calendar, self._shifts(calendar))
        return self

    async def round(self) -> None:
        """Look at every calendar whose turn it is, none waiting for another."""
        await asyncio.gather(*map(self._read, self.daemon.settings.duty_calendars.values()))

    async def _read(self, calendar: DutyCalendar) -> None:
        settings = self.daemon.settings
        await self._look(calendar)
        shifts = await self.caller.call(self._shifts, calendar)
        if settings is self.daemon.settings:  # else a reload came between
            rota = self._have(calendar, shifts)
            if rota is not None:
                self._tell_gaps(rota)

    def _have(self, calendar: DutyCalendar, shifts: tuple[Shift, ...] | None) -> Rota | None:
        if shifts is None:
            return None
        rota = replace(self.daemon.directory.rotas[calendar.rota], shifts=shifts)
        self.daemon.directory.read_anew(rota)
        return rota

    async def _look(self, calendar: DutyCalendar) -> None:
        now = self.clock()
        if now < self._due.get(calendar.rota, now):
            return
        try:
            data = await read_feed(calendar.place, self.fetch, self.caller)
            await self.caller.call(self._take, calendar, data)
        except CalendarError as error:
            self._failed(calendar, str(error))
        else:
            self._told.pop(calendar.rota, None)
        if not isinstance(calendar.place, Path):
            self._due[calendar.rota] = now + FETCH_EVERY

    def _take(self, calendar: DutyCalendar, data: bytes) -> None:
        """Raises CalendarError, and keeps what there was, where `data` is no calendar of these people."""
        now, known = self.clock(), self._good.get(calendar.rota)
        if known is not None and known.calendar == calendar and known.data == data and now < known.until:
            return
        self._good[calendar.rota] = _worked_out(calendar, data, now)
        if known is None or known.data != data:
            self._keep(calendar, data)

    def _keep(self, calendar: DutyCalendar, data: bytes) -> None:
        try:
            FeedCopies(self.folder).write(calendar.rota, data)
        except OSError as error:
            log.warning("a calendar cannot be kept for the next start", rota=calendar.rota, error=str(error))

    def _shifts(self, calendar: DutyCalendar) -> tuple[Shift, ...] | None:
        """By the last good copy; None where there is none, () where it is empty."""
        now, known = self.clock(), self._good.get(calendar.rota)
        if known is None or known.calendar != calendar or now >= known.until:
            try:
                data = FeedCopies(self.folder).read(calendar.rota) if known is None else known.data
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
            urdu=notices.duty_unreadable(calendar.rota, why),
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
            urdu=notices.nobody_on_duty(rota.id, urdu_moment(begins, zone), urdu_moment(ends, zone), rota.fallback),
        )
