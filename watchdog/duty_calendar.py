"""The calendar of a rota: where it is, and whose shifts its events are."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from alerts.people.rota import Shift
from checks.calendar_feed import CalendarError, read_calendar, read_spans
from checks.secret import Secret

#: Of a calendar so much is read, around now.
_BACK: Final = timedelta(days=35)
_AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCalendar:
    """`names` maps what events are called to receiver ids."""

    rota: str
    place: Path | Secret | str
    """A file, or a URL."""
    zone: str
    names: Mapping[str, str]


def shifts_in(data: bytes, calendar: DutyCalendar, now: datetime) -> tuple[Shift, ...]:
    """The shifts in a calendar's bytes. Raises CalendarError where it cannot be read, or names somebody unknown."""
    names = {title.casefold(): who for title, who in calendar.names.items()}
    shifts = []
    for span in read_spans(data, now - _BACK, now + _AHEAD, calendar.zone):
        who = names.get(span.summary.strip().casefold())
        if who is None:
            raise CalendarError(
                f"the event {span.summary[:60]!r} of {span.starts:%d %b %Y} is the id of no receiver; add it to names"
            )
        shifts.append(Shift(who=who, begins=span.starts, ends=span.ends))
    return tuple(shifts)


def carried_over(
    calendar: DutyCalendar, before: DutyCalendar | None, shifts: Sequence[Shift], receivers: Container[str]
) -> tuple[Shift, ...]:
    """What of `shifts`, read from `before`, holds until `calendar` of other settings is read; () for another place."""
    if before is None or (before.place, before.zone) != (calendar.place, calendar.zone):
        return ()
    return tuple(shift for shift in shifts if shift.who in receivers)


def read_file(file: Path) -> bytes:
    """Raises CalendarError where it cannot be read."""
    try:
        return read_calendar(file)
    except OSError as error:
        raise CalendarError(f"cannot be read: {error.strerror or error}") from None
