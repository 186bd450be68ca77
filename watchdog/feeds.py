"""Calendars from outside, of rotas and of maintenance: fetched or opened, and their last good copies kept."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

from alerts.channels.webhook_channel import WANTED_URL, Fetch, is_safe_url
from checks.calendar_feed import MAX_BYTES, CalendarError, read_calendar
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest
from checks.secret import Secret, SecretUnavailableError
from watchdog.store.executor import Caller

#: How often files are looked at.
ROUND_EVERY_S: Final = 60.0

FETCH_EVERY: Final = timedelta(minutes=15)
FETCH_WITHIN_S: Final = 30.0

_OK: Final = 200

Place: TypeAlias = Path | Secret | str
"""A file, or a URL."""


async def read_feed(place: Place, fetch: Fetch, caller: Caller) -> bytes:
    """At most one byte more than a calendar may have. Raises CalendarError with words that hold nothing of a URL."""
    if isinstance(place, Path):
        return await caller.call(_read_file, place)
    url = _url_of(place)
    try:
        async with asyncio.timeout(FETCH_WITHIN_S):
            answer = await fetch(HttpRequest(url=url, want_body=True, is_confidential=True))
    except TimeoutError:
        raise CalendarError(f"no answer within {FETCH_WITHIN_S:g} s") from None
    except ProbeError as error:
        raise CalendarError(error.cause.value) from None
    if answer.status != _OK:
        raise CalendarError(f"the server answers {answer.status}")
    return answer.body[: MAX_BYTES + 1]


def _url_of(place: Secret | str) -> str:
    try:
        url = place.reveal() if isinstance(place, Secret) else place
    except SecretUnavailableError as error:
        raise CalendarError(str(error)) from None
    if not is_safe_url(url):
        raise CalendarError(WANTED_URL)
    return url


def _read_file(file: Path) -> bytes:
    try:
        return read_calendar(file)
    except OSError as error:
        raise CalendarError(error.strerror or "it cannot be opened") from None


@dataclass(frozen=True, slots=True)
class FeedCopies:
    """The last good bytes of each calendar by its name, over restarts."""

    folder: Path

    def read(self, name: str) -> bytes:
        """Raises CalendarError where there is none."""
        return _read_file(self._path(name))

    def write(self, name: str, data: bytes) -> None:
        """Raises OSError: what is not kept is fetched again after a restart."""
        beside = self._path(name).with_suffix(".new")
        self.folder.mkdir(mode=0o700, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(self._path(name))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.ics"
