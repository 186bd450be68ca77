"""All-day events as an iCalendar file (RFC 5545): written by hand, since it is short and what it holds is hostile.

Nothing of a text becomes anything but a text: no property, no alarm, no attachment comes from outside.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from checks.model import require_utc

#: RFC 5545, 3.1: octets of a line without its end.
MAX_LINE_OCTETS: Final = 75
#: Clients cut longer ones, or choke.
_MAX_TEXT_CHARS: Final = 2000
#: The two bits by which a byte of UTF-8 goes on with a letter.
_CONTINUES: Final = 0x80

#: Controls of ASCII and Latin 1 go, and the line ends of Unicode, at which some readers break lines.
_UNSEEN: Final = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029))
_ESCAPES: Final = _UNSEEN | str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDay:
    """One event of whole days, floating: the same days wherever it is read."""

    uid: str
    """The same for the same event for ever."""
    first: date
    last: date
    """Within the event."""
    summary: str
    description: str
    changed_at: datetime
    sequence: int
    """Never less than it was for this `uid`."""
    category: str

    def __post_init__(self) -> None:
        require_utc("changed_at", self.changed_at)
        if self.last < self.first:
            raise ValueError("an event ends on the day it begins, or later")


def calendar_text(name: str, events: Iterable[AllDay]) -> str:
    """A whole file; its lines end in CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nigehban//Bills//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
        *(line for event in events for line in _event(event)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def uid_of(*parts: str) -> str:
    return f"{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'backslashreplace')).hexdigest()[:32]}@nigehban"


def escaped(text: str) -> str:
    """As a TEXT value (3.3.11), which holds no control characters; a line feed is written in two letters."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return whole[:_MAX_TEXT_CHARS].translate(_ESCAPES)


def fold(line: str) -> Sequence[str]:
    """Pieces of MAX_LINE_OCTETS at most, the further ones behind a space; no character is broken (3.1)."""
    if len(line.encode()) <= MAX_LINE_OCTETS:
        return [line]
    pieces: list[str] = []
    octets, room = line.encode(), MAX_LINE_OCTETS
    while len(octets) > room:
        end = room
        while octets[end] & 0xC0 == _CONTINUES:
            end -= 1
        pieces.append(octets[:end].decode())
        octets, room = octets[end:], MAX_LINE_OCTETS - 1
    return [pieces[0], *(f" {piece}" for piece in (*pieces[1:], octets.decode()))]


def _event(event: AllDay) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    stamp = event.changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    yield f"DTSTAMP:{stamp}"
    yield f"LAST-MODIFIED:{stamp}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{_after(event.last):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DESCRIPTION:{escaped(event.description)}"
    yield f"CATEGORIES:{escaped(event.category)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _after(day: date) -> date:
    """The end is not within the event (3.6.1)."""
    return day if day == date.max else day + timedelta(days=1)
