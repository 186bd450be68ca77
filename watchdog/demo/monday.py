"""The demo's own time: a Monday morning in Karachi, from which on seconds are real ones.

Reminders and office hours follow the calendar, so a story that is told on a Sunday night must not happen on one.
"""

from datetime import datetime, time, timedelta

from watchdog.clock import Clock
from watchdog.demo.settings_file import ZONE

OPENING = time(9, 0)
_MONDAY = 0


def next_monday(now: datetime) -> datetime:
    """The first Monday 09:00 in Karachi that is not before `now`, in that zone; at most a week ahead."""
    local = now.astimezone(ZONE)
    opening = datetime.combine(local.date(), OPENING, ZONE) + timedelta(days=(_MONDAY - local.weekday()) % 7)
    return opening if opening >= local else opening + timedelta(days=7)


def shifted(clock: Clock, by: timedelta) -> Clock:
    """`clock`, that much ahead."""
    return lambda: clock() + by


def monday_clock(clock: Clock) -> tuple[Clock, timedelta]:
    """A clock that shows the next Monday 09:00 in Karachi right now, and how far it is ahead of `clock`."""
    now = clock()
    ahead = next_monday(now) - now
    return shifted(clock, ahead), ahead
