"""Calendars of maintenance as they were read last, and the chore that reads them again."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
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
from watchdog.feeds import FETCH_EVERY, FeedCopies, FeedCopy, Place, mark_of, read_feed, until_next_round
from watchdog.settings.maintenance_entry import refuse_long
from watchdog.settings.values import Settings
from watchdog.store.executor import Caller

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A calendar of which something is known is told when it cannot be read for so long, and again after as long; one of
#: which nothing is, at once.
TOLD_AFTER: Final = timedelta(days=1)


class Announce(Protocol):
    """Tell people something about the daemon itself."""

    def __call__(self, subject: str, text: str, *, urdu: Said) -> None: ...


@dataclass(slots=True)
class Calendars:
    """The last good bytes of each, by window and place; those of URLs are kept in `folder` over restarts.

    What was read at another place counts for nothing.
    """

    folder: Path
    clock: Clock
    _good: dict[str, FeedCopy] = field(default_factory=dict)
    _asked: dict[str, str | None] = field(default_factory=dict)
    """By window, the mark of the place that was asked last, whatever it answered."""

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
        data = self._known(window.id, when.source)
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
        copy = FeedCopy(mark_of(window.when.source), data)
        if copy == self._good.get(window.id):
            return
        self._good[window.id] = copy
        if not isinstance(window.when.source, Path):
            self._write(window, copy)

    def asked(self, window_id: str, mark: str | None) -> None:
        """That place has answered, or failed to."""
        self._asked[window_id] = mark

    def awaited(self, settings: Settings) -> Collection[str]:
        """Windows of which nothing is known before their place is asked for the first time."""
        return frozenset(
            window.id
            for window, when in _calendars(settings)
            if self._asked.get(window.id, "") != mark_of(when.source) and not self.knows(window.id, when.source)
        )

    def knows(self, window_id: str, source: Place) -> bool:
        """Whether there is a last good copy of this place. May cost a file."""
        return self._known(window_id, source) is not None

    def _known(self, window_id: str, source: Place) -> bytes | None:
        mark, copy = mark_of(source), self._good.get(window_id)
        if copy is None or not copy.is_of(mark):
            try:
                copy = FeedCopies(self.folder).read(window_id, mark)
            except CalendarError:
                return None
            self._good[window_id] = copy
        return copy.data

    def _write(self, window: Window, copy: FeedCopy) -> None:
        try:
            if copy.mark is not None:
                FeedCopies(self.folder).write(window.id, copy.mark, copy.data)
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
    _due: dict[str, tuple[str | None, datetime]] = field(default_factory=dict)
    """By window, the mark of the place that was asked, and when it is asked again."""
    _failing: dict[str, tuple[str | None, datetime]] = field(default_factory=dict)
    """By window, the mark of the place that fails, and since when or when it was told last."""

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            await self.round()
            await until_next_round(self.settings)

    async def round(self) -> None:
        """Look at every calendar whose turn it is, none waiting for another, and plan."""
        settings = self.settings()
        if not settings.maintenance:
            return
        await asyncio.gather(*(self._look(window, when) for window, when in _calendars(settings)))
        times = await self.caller.call(self.calendars.times, settings)
        if settings is self.settings():  # else a reload has planned by others
            self.mutes.plan(times)

    async def _look(self, window: Window, when: Calendar) -> None:
        now, mark = self.clock(), mark_of(when.source)
        place, due = self._due.get(window.id, (mark, now))
        if place == mark and now < due:
            return
        try:
            data = await read_feed(when.source, self.fetch, self.caller)
            await self.caller.call(self.calendars.take, window, data)
        except CalendarError as error:
            await self._failed(window, when.source, str(error))
        else:
            self._failing.pop(window.id, None)
        self.calendars.asked(window.id, mark)
        if not isinstance(when.source, Path):
            self._due[window.id] = mark, now + FETCH_EVERY

    async def _failed(self, window: Window, source: Place, why: str) -> None:
        """A place of which nothing is known leaves windows out that people count on: that is told at once."""
        now, mark = self.clock(), mark_of(source)
        failing = self._failing.get(window.id)
        is_new = failing is None or failing[0] != mark
        since = now if failing is None or is_new else failing[1]
        is_known = await self.caller.call(self.calendars.knows, window.id, source)
        if is_new:
            log.warning("a calendar of maintenance cannot be read", window=window.id, error=why)
        if now - since >= TOLD_AFTER or (is_new and not is_known):
            self._tell(window, why, is_known=is_known)
            since = now
        self._failing[window.id] = mark, since

    def _tell(self, window: Window, why: str, *, is_known: bool) -> None:
        known = (
            f"The calendar of {window.title} could not be read for a day: {why}. Windows go by its last good copy; "
            "work that was planned since is not known, and people are told of what it takes down."
        )
        unknown = (
            f"The calendar of {window.title} cannot be read: {why}. Nothing is known of it there, so no window is in "
            "force by it, and people are told of what such work takes down. It is asked again and again."
        )
        self.announce(
            f"the calendar of maintenance {window.id} cannot be read",
            known if is_known else unknown,
            urdu=(notices.work_unreadable if is_known else notices.work_unknown)(window.id, window.title, why),
        )


def _calendars(settings: Settings) -> Iterator[tuple[Window, Calendar]]:
    for window in settings.maintenance:
        if isinstance(window.when, Calendar):
            yield window, window.when


def _spans(when: Calendar, data: bytes, since: datetime, until: datetime) -> Sequence[Span]:
    return refuse_long(read_spans(data, since, until, when.zone.key))
