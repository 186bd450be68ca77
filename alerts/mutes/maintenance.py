"""Windows of planned work as the settings name them, and the times they come. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from alerts.mutes.matcher import Matcher
from alerts.mutes.mute import LONGEST, SETTINGS, Mute, MuteKind
from checks.recurrence import Recurrence
from checks.secret import Secret
from checks.units import duration_text

#: Times are worked out so far ahead, and again long before that is over.
AHEAD: Final = timedelta(days=3)

#: A window that comes more often than this within AHEAD is no window.
MAX_TIMES: Final = 200

Span: TypeAlias = tuple[datetime, datetime]
"""Aware UTC; the end is the first instant after it."""


@dataclass(frozen=True, slots=True)
class Once:
    starts: datetime
    ends: datetime

    def spans(self, since: datetime, until: datetime) -> Iterable[Span]:
        return [(self.starts, self.ends)] if self.starts < until and self.ends > since else []


@dataclass(frozen=True, slots=True)
class Recurring:
    """On the clock of a zone: an hour that a change of clocks leaves out is the one after it, one that comes twice is
    the first; it lasts as long as it lasts, whatever the clock does meanwhile.
    """

    recurrence: Recurrence
    starts: datetime
    """The first, as the clock of the zone shows it; without a zone."""
    lasts: timedelta
    zone: ZoneInfo

    def spans(self, since: datetime, until: datetime) -> Iterable[Span]:
        day = timedelta(days=1)  # no zone is further than that from UTC
        first = since.replace(tzinfo=None) - self.lasts - day
        last = until.replace(tzinfo=None) + day
        rule = self.recurrence.rule(self.starts)
        for wall in rule.between(first, last, inc=True):
            starts = wall.replace(tzinfo=self.zone).astimezone(UTC)
            if starts < until and starts + self.lasts > since:
                yield starts, starts + self.lasts


@dataclass(frozen=True, slots=True)
class Calendar:
    """An iCalendar file, or a URL that gives one."""

    source: Path | Secret | str
    zone: ZoneInfo
    """For times and days without one."""


When: TypeAlias = Once | Recurring | Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One entry of the settings."""

    id: str
    title: str
    matchers: tuple[Matcher, ...]
    when: When


#: The spans of a calendar's window between two instants; () while it could never be read.
ReadCalendar: TypeAlias = Callable[[Window, datetime, datetime], Sequence[Span]]


def times_of(windows: Iterable[Window], now: datetime, read: ReadCalendar) -> list[Mute]:
    """Every time of theirs that is not over and begins within AHEAD; the first MAX_TIMES of each window."""
    found: list[Mute] = []
    for window in windows:
        until = now + AHEAD
        spans = read(window, now, until) if isinstance(window.when, Calendar) else sorted(window.when.spans(now, until))
        found += [time_of(window, span) for span in spans[:MAX_TIMES]]
    return found


def time_of(window: Window, span: Span) -> Mute:
    """The same span has the same id, so that it stands once, whoever works it out and however often; one that was
    moved, be it while it is in force, is another, with an end of its own.
    """
    starts, ends = span
    return Mute(
        id=f"{window.id}-{starts:%Y%m%dT%H%M%S}-{duration_text(ends - starts)}",
        kind=MuteKind.MAINTENANCE,
        matchers=window.matchers,
        author=SETTINGS,
        reason=window.title,
        starts_at=starts,
        ends_at=ends,
    )


def longest_refusal(lasts: timedelta) -> str | None:
    """Why a window may not last so long; None where it may."""
    if lasts <= timedelta(0):
        return "the window ends before it starts"
    return f"a window lasts {LONGEST.days} days at most" if lasts > LONGEST else None
