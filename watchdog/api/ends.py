"""How long something is to last, as people write it: pure."""

import re
from datetime import UTC, date, datetime, timedelta

from checks.units import parse_duration
from checks.wording import local
from checks.workdays import WorkCalendar

#: Longer than this nobody means.
LONGEST = timedelta(days=366)

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")

_EXPECTED = 'must be a time of day ("17:00"), a day ("2026-12-01"), or both ("2026-12-01 17:00")'


def end_at(text: str, now: datetime, calendar: WorkCalendar) -> datetime:
    """The instant that `text` names, in the zone of `calendar`; a day means the end of that working day.

    A time of day is the next one of that reading. Raises ValueError that says what is right.
    """
    return _bounded(_instant(text.strip(), now, calendar), now)


def end_after(text: str, now: datetime) -> datetime:
    """The instant a duration from now. Raises ValueError that says what is right."""
    return _bounded(now + parse_duration(text.strip()), now)


def _instant(text: str, now: datetime, calendar: WorkCalendar) -> datetime:
    try:
        if found := _TIME.fullmatch(text):
            return _next(int(found[1]), int(found[2]), now, calendar)
        if _DAY.fullmatch(text):
            return calendar.end_of_day(date.fromisoformat(text))
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("there is no such time") from None
    raise ValueError(_EXPECTED)


def _next(hour: int, minute: int, now: datetime, calendar: WorkCalendar) -> datetime:
    there = local(now, calendar.zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
    if there.astimezone(UTC) <= now:
        there += timedelta(days=1)  # on the wall, whatever the clock does that night
    return there.astimezone(UTC)


def _bounded(end: datetime, now: datetime) -> datetime:
    if end <= now:
        raise ValueError("lies in the past")
    if end - now > LONGEST:
        raise ValueError(f"is more than {LONGEST.days} days ahead; an acknowledgement can last until it is well")
    return end
