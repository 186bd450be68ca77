"""Calendars of maintenance as they were read last, and the chore that reads them again."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import structlog

from alerts.channels.webhook_channel import Fetch
from alerts.mutes.maintenance import AHEAD, Calendar, Span, Window, times_of
from alerts.mutes.mute import Mute
from alerts.words.framed import Said
from alerts.words.urdu import notices
from checks.calendar_feed import CalendarError, read_calendar, read_spans
from watchdog.clock import Clock
from watchdog.engine.mutes import Mutes
from watchdog.feeds import FETCH_EVERY, ROUND_EVERY_S, FeedCopies, read_feed
from watchdog.settings.maintenance_entry import refuse_long
from watchdog.settings.values import Settings
from watchdog.store.executor import Caller

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A calendar that cannot be read for so long is told, and again after as long.
TOLD_AFTER: Final = timedelta(days=1)


class Announce(Protocol):
    """Tell people something about the daemon itself."""

    def __call__(self, subject: str, text: str, *, urdu: Said) -> None: ...


@dataclass(slots=True)
class Calendars:
    """The last good bytes of each; those of URLs are kept in `folder` over restarts."""

    folder: Path
    clock: Clock
    _good: dict[str, bytes] = field(default_factory=dict)

    def times(self, settings: Settings) -> Sequence[Mute]:
        """Of every window, by what is known of it. Costs a file and milliseconds for each calendar."""
        return times_of(settings.maintenance, self.clock(), self.spans)

    def spans(self, window: Window, since: datetime, until: datetime) -> Sequence[Span]:
        """By its file or its last good copy; () where there is none."""
        when = window.when
        if not isinstance(when, Calendar):
            return ()
        if isinstance(when.source, Path):
            with contextlib.suppress(OSError, CalendarError):
                self.take(window, read_calendar(when.source))
        data = self._good.get(window.id) or self._copy(window)
        try:
            return () if data is None else _spans(when, data, since, until)
        except CalendarError as error:  # it became too much as time went by
            log.warning("a calendar of maintenance cannot be worked out", window=window.id, error=str(error))
            return ()

    def take(self, window: Window, data: bytes) -> None:
        """Keep `data` as its last good copy. Raises CalendarError where it is not good."""
        if not isinstance(window.when, Calendar):
            return
        now = self.clock()
        _spans(window.when, data, now, now + AHEAD)
        if data == self._good.get(window.id):
            return
        self._good[window.id] = data
        if not isinstance(window.when.source, Path):
            self._write(window, data)

    def _copy(self, window: Window) -> bytes | None:
        try:
            data = FeedCopies(self.folder).read(window.id)
        except CalendarError:
            return None
        self._good[window.id] = data
        return data

    def _write(self, window: Window, data: bytes) -> None:
        try:
            FeedCopies(self.folder).write(window.id, data)
        except OSError as error:
            log.warning("a calendar cannot be kept for the next start", window=window.id, error=str(error))


@dataclass(slots=True)
class CalendarKeeper:
    """Works out the next times of windows as time goes by, and fetches what lies behind URLs."""

    calendars: Calendars
    settings: Callable[[], Settings]
    mutes: Mutes
    fetch: Fetch
    caller: Caller
    clock: Clock
    announce: Announce
    _due: dict[str, datetime] = field(default_factory=dict)
    _failing: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(ROUND_EVERY_S)

    async def round(self) -> None:
        """Look at every calendar whose turn it is, and plan."""
        settings = self.settings()
        if not settings.maintenance:
            return
        for window, when in _calendars(settings):
            await self._look(window, when)
        times = await self.caller.call(self.calendars.times, settings)
        if settings is self.settings():  # else a reload has planned by others
            self.mutes.plan(times)

    async def _look(self, window: Window, when: Calendar) -> None:
        now = self.clock()
        if now < self._due.get(window.id, now):
            return
        try:
            data = await read_feed(when.source, self.fetch, self.caller)
            await self.caller.call(self.calendars.take, window, data)
        except CalendarError as error:
            self._failed(window, str(error))
        else:
            self._failing.pop(window.id, None)
        if not isinstance(when.source, Path):
            self._due[window.id] = now + FETCH_EVERY

    def _failed(self, window: Window, why: str) -> None:
        now = self.clock()
        since, _ = self._failing.get(window.id, (now, why))
        if window.id not in self._failing:
            log.warning("a calendar of maintenance cannot be read", window=window.id, error=why)
        if now - since >= TOLD_AFTER:
            self.announce(
                f"the calendar of maintenance {window.id} cannot be read",
                f"The calendar of {window.title} could not be read for a day: {why}. Windows go by its last good copy; "
                "work that was planned since is not known, and people are told of what it takes down.",
                urdu=notices.work_unreadable(window.id, window.title, why),
            )
            since = now
        self._failing[window.id] = since, why


def _calendars(settings: Settings) -> Iterator[tuple[Window, Calendar]]:
    for window in settings.maintenance:
        if isinstance(window.when, Calendar):
            yield window, window.when


def _spans(when: Calendar, data: bytes, since: datetime, until: datetime) -> Sequence[Span]:
    return refuse_long(read_spans(data, since, until, when.zone.key))
