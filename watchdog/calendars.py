"""Calendars of maintenance as they were read last, and the chore that reads them again."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import structlog

from alerts.channels.webhook_channel import WANTED_URL, Fetch, is_safe_url
from alerts.mutes.maintenance import AHEAD, Calendar, Span, Window, times_of
from alerts.mutes.mute import Mute
from checks.calendar_feed import MAX_BYTES, CalendarError, read_spans
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest
from checks.secret import Secret, SecretUnavailableError
from watchdog.clock import Clock
from watchdog.engine.mutes import Mutes
from watchdog.settings.maintenance_entry import read_calendar, refuse_long
from watchdog.settings.values import Settings
from watchdog.store.executor import Caller

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: How often times are worked out anew, and files looked at.
ROUND_EVERY_S: Final = 60.0

FETCH_EVERY: Final = timedelta(minutes=15)
FETCH_WITHIN_S: Final = 30.0

#: A calendar that cannot be read for so long is told, and again after as long.
TOLD_AFTER: Final = timedelta(days=1)

_OK: Final = 200


class Announce(Protocol):
    """Tell people something about the daemon itself."""

    def __call__(self, subject: str, text: str) -> None: ...


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
            data = read_calendar(self._path(window))
        except OSError:
            return None
        self._good[window.id] = data
        return data

    def _write(self, window: Window, data: bytes) -> None:
        """What is not kept is fetched again after a restart."""
        beside = self._path(window).with_suffix(".new")
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            beside.write_bytes(data)
            beside.replace(self._path(window))
        except OSError as error:
            log.warning("a calendar cannot be kept for the next start", window=window.id, error=str(error))

    def _path(self, window: Window) -> Path:
        return self.folder / f"{window.id}.ics"


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
            data = await self._data(when.source)
            await self.caller.call(self.calendars.take, window, data)
        except (CalendarError, OSError) as error:
            self._failed(window, error.strerror or "" if isinstance(error, OSError) else str(error))
        else:
            self._failing.pop(window.id, None)
        if not isinstance(when.source, Path):
            self._due[window.id] = now + FETCH_EVERY

    async def _data(self, source: Path | Secret | str) -> bytes:
        """Raises CalendarError with words that hold nothing of a URL, and OSError."""
        if isinstance(source, Path):
            return await self.caller.call(read_calendar, source)
        url = _url_of(source)
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
            )
            since = now
        self._failing[window.id] = since, why


def _calendars(settings: Settings) -> Iterator[tuple[Window, Calendar]]:
    for window in settings.maintenance:
        if isinstance(window.when, Calendar):
            yield window, window.when


def _url_of(source: Secret | str) -> str:
    try:
        url = source.reveal() if isinstance(source, Secret) else source
    except SecretUnavailableError as error:
        raise CalendarError(str(error)) from None
    if not is_safe_url(url):
        raise CalendarError(WANTED_URL)
    return url


def _spans(when: Calendar, data: bytes, since: datetime, until: datetime) -> Sequence[Span]:
    return refuse_long(read_spans(data, since, until, when.zone.key))
