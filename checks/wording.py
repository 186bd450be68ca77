"""Days and moments as people say them, in any locale."""

from datetime import date, datetime, tzinfo

# Not strftime: its names follow the machine's locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def local(at: datetime, zone: tzinfo) -> datetime:
    """`at` in `zone`. The end of time itself (RFC 5280 §4.1.2.5: "99991231235959Z") stays as it is."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at


def day_of(day: date) -> str:
    """Like "Mon 6 Nov 2017"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment(at: datetime, zone: tzinfo) -> str:
    """Like "02:14 on Sat 14 Oct 2017"; "02:14 UTC on …" in UTC, which is nobody's clock on the wall."""
    there = local(at, zone)
    return f"{there:%H:%M}{' UTC' if str(zone) == 'UTC' else ''} on {day_of(there.date())}"
