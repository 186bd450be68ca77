"""Calendars from outside, of rotas and of maintenance: fetched or opened, and their last good copies kept."""

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
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

#: Other settings are noticed so fast: what they name anew is read at once.
_NOTICED_WITHIN_S: Final = 1.0

FETCH_EVERY: Final = timedelta(minutes=15)
FETCH_WITHIN_S: Final = 30.0

_OK: Final = 200

Place: TypeAlias = Path | Secret | str
"""A file, or a URL."""


def mark_of(place: Place) -> str | None:
    """Tells one place from another and says nothing of either; None where its secret cannot be read just now, which is
    no other place.
    """
    try:
        text = place.reveal() if isinstance(place, Secret) else str(place)
    except SecretUnavailableError:
        return None
    return sha256(text.encode()).hexdigest()[:16]


async def until_next_round(settings: Callable[[], object]) -> None:
    """Until files are looked at again, or `settings` are others: a place that they name anew is asked at once."""
    before, waited_s = settings(), 0.0
    while waited_s < ROUND_EVERY_S and settings() is before:
        await asyncio.sleep(_NOTICED_WITHIN_S)
        waited_s += _NOTICED_WITHIN_S


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
class FeedCopy:
    """The last good bytes of a calendar, and the mark of the place they came from."""

    mark: str | None
    data: bytes

    def is_of(self, mark: str | None) -> bool:
        return mark is None or mark == self.mark


@dataclass(frozen=True, slots=True)
class FeedCopies:
    """The last good bytes of each calendar by its name and the mark of its place, over restarts: one of each name."""

    folder: Path

    def read(self, name: str, mark: str | None) -> FeedCopy:
        """Where `mark` is None, of whatever place. Raises CalendarError where there is none."""
        for path in self._all(name) if mark is None else (self._path(name, mark),):
            return FeedCopy(path.suffixes[-2][1:], _read_file(path))
        raise CalendarError("it was never read")

    def write(self, name: str, mark: str, data: bytes) -> None:
        """Raises OSError: what is not kept is fetched again after a restart."""
        kept = self._path(name, mark)
        beside = kept.with_suffix(".new")
        self.folder.mkdir(mode=0o700, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(kept)
        for other in (*self._all(name), self.folder / f"{name}.ics"):  # without a mark, as kept by former versions
            if other != kept:
                other.unlink(missing_ok=True)

    def _all(self, name: str) -> Iterable[Path]:
        form = re.compile(rf"{re.escape(name)}\.[0-9a-f]{{16}}\.ics")
        return [path for path in self.folder.glob("*.ics") if form.fullmatch(path.name)]

    def _path(self, name: str, mark: str) -> Path:
        return self.folder / f"{name}.{mark}.ics"
