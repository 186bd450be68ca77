"""Calendars others write (iCalendar, RFC 5545), read into spans of time: rotas and maintenance windows.

Needs the extra `calendars`. Descriptions of time zones inside a calendar are left unread, since working one out can
take for ever: zones go by their name in the IANA or the Windows list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from checks.recurrence import Recurrence, RecurrenceError, refuse_start
from checks.regular_file import open_regular

if TYPE_CHECKING:
    from icalendar import Calendar, Event

MAX_BYTES: Final = 1024 * 1024
MAX_LINES: Final = 20_000
MAX_EVENTS: Final = 1000
MAX_SPANS: Final = 5000
MAX_EVENT_LASTS: Final = timedelta(days=366)
MAX_LOOKED_AT: Final = timedelta(days=800)

#: Of all rules together, from their first time to the end of what is looked at; about half a second of work.
MAX_STEPS: Final = 200_000

_DEEPEST: Final = 3
_NOT_INSTALLED: Final = "to read calendars, install the extra: pip install 'nigehban[calendars]'"


class CalendarError(Exception):
    """What is wrong with a calendar, and where in it."""


@dataclass(frozen=True, slots=True, order=True)
class CalendarSpan:
    """One time of one event. Aware UTC; `ends` is the first instant after it."""

    starts: datetime
    ends: datetime
    summary: str
    """One line, at most 200 characters; "" where the event has none."""


def refuse_without_reader() -> None:
    """Raises CalendarError where the extra is not installed."""
    try:
        import icalendar  # noqa: F401, PLC0415  # an extra
        import recurring_ical_events  # noqa: F401, PLC0415  # an extra
    except ImportError:
        raise CalendarError(_NOT_INSTALLED) from None


def read_calendar(file: Path) -> bytes:
    """At most one byte more than can be read. Raises OSError."""
    with open_regular(file) as opened:
        return opened.read(MAX_BYTES + 1)


def read_spans(data: bytes, since: datetime, until: datetime, zone: str) -> tuple[CalendarSpan, ...]:
    """The times of events in `data` that overlap [since, until), in their order; cancelled ones left out.

    `zone` is an IANA name: where whole days begin, and what the clock of a time without a zone shows. Raises
    CalendarError for what is malformed, too large, or works out to too much. Takes up to seconds: not for a loop.
    """
    refuse_without_reader()
    if until - since > MAX_LOOKED_AT:
        raise ValueError(f"more than {MAX_LOOKED_AT.days} days at once")
    lines, places = _plain(data)
    try:
        return tuple(sorted(_spans(_parsed(lines), places, (since, until), ZoneInfo(zone))))
    except CalendarError:
        raise
    except RecursionError:
        raise CalendarError("its parts lie too deep in one another") from None
    except Exception as error:  # noqa: BLE001  # the reader's parts raise whatever their own parts raise
        raise CalendarError(f"it cannot be read as a calendar: {_line(error)}") from None


def _plain(data: bytes) -> tuple[Sequence[str], Sequence[int]]:
    """Its unfolded lines (RFC 5545 §3.1) without descriptions of zones, and on which line each event begins."""
    if len(data) > MAX_BYTES:
        raise CalendarError(f"larger than {MAX_BYTES // 1024} KiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = data.count(b"\n", 0, error.start) + 1
        raise CalendarError(f"line {bad}: not UTF-8") from None
    kept: list[str] = []
    places: list[int] = []
    open_parts: list[str] = []
    for number, line in _unfolded(text):
        name, _, value = line.partition(":")
        word = value.strip().upper()
        if name.upper() == "BEGIN":
            open_parts.append(word)
            if len(open_parts) > _DEEPEST:
                raise CalendarError(f"line {number}: {word[:40]} lies too deep")
            if word == "VEVENT":
                places.append(number)
        if "VTIMEZONE" not in open_parts:
            kept.append(line)
        if name.upper() == "END" and (not open_parts or open_parts.pop() != word):
            raise CalendarError(f"line {number}: END:{word[:40]} ends what did not begin")
    _refuse_odd(kept, places, open_parts)
    return kept, places


def _refuse_odd(kept: Sequence[str], places: Sequence[int], open_parts: Sequence[str]) -> None:
    if not kept or kept[0].strip().upper() != "BEGIN:VCALENDAR":
        raise CalendarError("line 1: not a calendar; one begins with BEGIN:VCALENDAR")
    if open_parts:
        raise CalendarError(f"the calendar is cut off: {open_parts[-1][:40]} has no end")
    if len(places) > MAX_EVENTS:
        raise CalendarError(f"line {places[MAX_EVENTS]}: more than {MAX_EVENTS} events")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with the number each begins on; blank ones left out."""
    raw = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(raw) > MAX_LINES:
        raise CalendarError(f"more than {MAX_LINES} lines")
    number = 1
    parts: list[str] = []
    for at, line in enumerate([*raw, ""], start=1):
        if line[:1] in {" ", "\t"}:
            parts.append(line[1:])
            continue
        if whole := "".join(parts):
            yield number, whole
        number, parts = at, [line]


def _parsed(lines: Sequence[str]) -> "Calendar":
    from icalendar import Calendar  # noqa: PLC0415  # an extra

    read = Calendar.from_ical("\r\n".join(lines) + "\r\n")
    if not isinstance(read, Calendar):
        raise CalendarError("more than one calendar in one file")
    return read


def _spans(
    read: "Calendar", places: Sequence[int], window: tuple[datetime, datetime], zone: tzinfo
) -> Iterator[CalendarSpan]:
    from recurring_ical_events import of  # noqa: PLC0415  # an extra

    since, until = window
    _refuse_bad_events(read, places, until)
    # Whole days and times without a zone lie elsewhere in other zones: look a day further, and judge here.
    near = timedelta(days=1, hours=1)
    found = 0
    for event in of(read).between(since - near, until + near):
        starts, ends = _instant(event["DTSTART"].dt, zone), _instant(event["DTEND"].dt, zone)
        if str(event.get("STATUS", "")).upper() == "CANCELLED" or not (starts < until and ends > since):
            continue
        if not starts < ends:  # takes no time
            continue
        found += 1
        if found > MAX_SPANS:
            raise CalendarError(f"more than {MAX_SPANS} events between {since:%d %b %Y} and {until:%d %b %Y}")
        yield CalendarSpan(starts, ends, _summary(event))


def _refuse_bad_events(read: "Calendar", places: Sequence[int], until: datetime) -> None:
    from icalendar import Event  # noqa: PLC0415  # an extra

    steps = 0
    for event, line in zip(read.walk("VEVENT"), places, strict=True):
        if not isinstance(event, Event):
            raise CalendarError(f"line {line}: not an event")
        try:
            steps += _refuse_bad_event(event, until)
        except (CalendarError, RecurrenceError) as error:
            summary = _summary(event)
            raise CalendarError(f"line {line}: event {summary!r}: {error}") from None
        if steps > MAX_STEPS:
            raise CalendarError(f"line {line}: its events recur too often, or since too long ago, to be worked out")


def _refuse_bad_event(event: "Event", until: datetime) -> int:
    """The steps its rule takes."""
    for name, why in event.errors:
        raise CalendarError(f"{_line(name or 'a line')} cannot be read: {_line(why)}")
    _refuse_strange_zones(event)
    starts = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(starts, date):
        raise CalendarError("it has no start (DTSTART)")
    starts_at = _on_the_clock(starts)
    refuse_start(starts_at)
    lasts = event.end - event.start
    if not timedelta(0) <= lasts <= MAX_EVENT_LASTS:
        raise CalendarError(f"it ends before it starts, or lasts more than {MAX_EVENT_LASTS.days} days")
    rule = event.get("RRULE")
    if rule is None:
        return 1
    if isinstance(rule, list):
        raise CalendarError("it has more than one RRULE")
    recurrence = Recurrence(rule.to_ical().decode())
    recurrence.rule(starts_at)
    return recurrence.steps(starts_at, until)


def _refuse_strange_zones(event: "Event") -> None:
    """A zone that the reader does not know would make of its time one without a zone."""
    for value in event.values():
        for one in value if isinstance(value, list) else (value,):
            named = getattr(one, "params", {}).get("TZID")
            times = [getattr(listed, "dt", None) for listed in getattr(one, "dts", (one,))]
            if named is not None and any(isinstance(at, datetime) and at.tzinfo is None for at in times):
                raise CalendarError(f"time zone {str(named)[:60]!r} is not known; name one like Asia/Karachi")


def _on_the_clock(at: date) -> datetime:
    return at.replace(tzinfo=None) if isinstance(at, datetime) else datetime.combine(at, time())


def _instant(at: date, zone: tzinfo) -> datetime:
    if isinstance(at, datetime):
        return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    return datetime.combine(at, time(), zone).astimezone(UTC)


def _summary(event: Mapping[str, object]) -> str:
    return _line(event.get("SUMMARY", ""))


def _line(words: object) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in str(words))
    return " ".join(shown.split())[:200]
