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
from watchdog.feeds import FETCH_EVERY, FeedCopies, FeedCopy, mark_of, read_feed, until_next_round
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
    copy: FeedCopy
    shifts: tuple[Shift, ...]
    until: datetime
    """Then its shifts are worked out anew, further ahead."""


def _worked_out(calendar: DutyCalendar, copy: FeedCopy, now: datetime) -> _Good:
    return _Good(calendar, copy, shifts_in(copy.data, calendar, now), now + WORKED_OUT_EVERY)


@dataclass(slots=True, kw_only=True)
class DutyFeeds:
    """Keeps the last good copy of each calendar, in `folder` over restarts; one of another place counts for nothing."""

    daemon: Daemon
    folder: Path
    fetch: Fetch
    caller: Caller
    clock: Clock
    _good: dict[str, _Good] = field(default_factory=dict)
    _due: dict[str, tuple[str | None, datetime]] = field(default_factory=dict)
    """By rota, the mark of the place that was asked, and when it is asked again."""
    _told: dict[str, datetime] = field(default_factory=dict)
    _failing: dict[str, tuple[str | None, datetime]] = field(default_factory=dict)
    """By rota, the mark of the place that fails, and when that was told."""

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            await self.round()
            await until_next_round(lambda: self.daemon.settings)

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
        now, mark = self.clock(), mark_of(calendar.place)
        place, due = self._due.get(calendar.rota, (mark, now))
        if place == mark and now < due:
            return
        try:
            data = await read_feed(calendar.place, self.fetch, self.caller)
            await self.caller.call(self._take, calendar, data)
        except CalendarError as error:
            is_known = await self.caller.call(self._known, calendar) is not None
            self._failed(calendar, str(error), is_known=is_known)
        else:
            self._failing.pop(calendar.rota, None)
        if not isinstance(calendar.place, Path):
            self._due[calendar.rota] = mark, now + FETCH_EVERY

    def _take(self, calendar: DutyCalendar, data: bytes) -> None:
        """Raises CalendarError, and keeps what there was, where `data` is no calendar of these people."""
        now, known, copy = self.clock(), self._good.get(calendar.rota), FeedCopy(mark_of(calendar.place), data)
        if known is not None and known.calendar == calendar and known.copy == copy and now < known.until:
            return
        self._good[calendar.rota] = _worked_out(calendar, copy, now)
        if known is None or known.copy != copy:
            self._keep(calendar, copy)

    def _keep(self, calendar: DutyCalendar, copy: FeedCopy) -> None:
        try:
            if copy.mark is not None:
                FeedCopies(self.folder).write(calendar.rota, copy.mark, copy.data)
        except OSError as error:
            log.warning("a calendar cannot be kept for the next start", rota=calendar.rota, error=str(error))

    def _shifts(self, calendar: DutyCalendar) -> tuple[Shift, ...] | None:
        """By the last good copy, () where it is empty or none is there of this URL; None where it says nothing new."""
        now, known, copy = self.clock(), self._good.get(calendar.rota), self._known(calendar)
        if copy is None:
            return None if isinstance(calendar.place, Path) else ()
        if known is None or known.copy is not copy or known.calendar != calendar or now >= known.until:
            try:
                known = self._good[calendar.rota] = _worked_out(calendar, copy, now)
            except CalendarError:
                return None
        return known.shifts

    def _known(self, calendar: DutyCalendar) -> FeedCopy | None:
        """The last good copy of its place."""
        mark, known = mark_of(calendar.place), self._good.get(calendar.rota)
        if known is not None and known.copy.is_of(mark):
            return known.copy
        try:
            return FeedCopies(self.folder).read(calendar.rota, mark)
        except CalendarError:
            return None

    def _failed(self, calendar: DutyCalendar, why: str, *, is_known: bool) -> None:
        now, mark = self.clock(), mark_of(calendar.place)
        place, told = self._failing.get(calendar.rota, (mark, now - TOLD_EVERY))
        if place == mark and now - told < TOLD_EVERY:
            return
        self._failing[calendar.rota] = mark, now
        log.warning("the calendar of a rota cannot be read", rota=calendar.rota, error=why)
        known = "The last good copy is used; what was changed since is not known."
        unknown = "Nothing is known of that place, so nobody is on duty by it."
        self.daemon.announce(
            f"the calendar of {calendar.rota} cannot be read",
            f"Who is on duty in {calendar.rota} could not be read: {why}. {known if is_known else unknown} "
            "See that the calendar can be read again.",
            urdu=(notices.duty_unreadable if is_known else notices.duty_unknown)(calendar.rota, why),
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
