"""Dates as registries write them: the right day or an error, never a guess.

What is read: the year in four digits; months as numbers or English names. Which of two small numbers is the day is
taken from the text itself (one over 12, both the same, "(dd/mm/yyyy)" behind it) or from what the registry is known
to write (`Layout`). Everything else is an error: two-digit years, months without a day, years of other calendars
(Hijri 1448, Jalali 1405, Buddhist 2570 fall outside the bounds), a weekday that is not that day's.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import NamedTuple

from checks.domains.registration import Precision

#: Longer texts are not dates.
MAX_LENGTH = 80

#: The name system is older, registries' dates of expiry are not.
FIRST_YEAR = 1990

#: Some registries sell a hundred years at once.
YEARS_AHEAD = 101


class DayOrder(Enum):
    """Which comes first where a date has two numbers and the year behind them."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a registry is known to write, beyond what its text says."""

    order: DayOrder | None = None
    offset: timedelta | None = None
    """Its clock's offset from UTC, for times written without a zone."""
    is_renewal_expiry: bool = False
    """What it calls the renewal date is the expiry, and not the last renewal."""


class StatedDate(NamedTuple):
    at: datetime
    """Aware UTC: the instant, or the start of the day where only the day is known."""
    precision: Precision


class DateTextError(ValueError):
    """The text is not a date that can be relied on."""


class AmbiguousTextError(DateTextError):
    """The text is a date, of more than one possible day."""


class _Day(NamedTuple):
    year: int
    month: int
    day: int


class _Clock(NamedTuple):
    hour: int
    minute: int
    second: int


_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MONTH_NUMBERS = {spelling: i for i, name in enumerate(_MONTHS, 1) for spelling in (name, name[:3])} | {"sept": 9}
_WEEKDAY_NUMBERS = {spelling: i for i, name in enumerate(_WEEKDAYS) for spelling in (name, name[:3])}

#: Names of zones that mean one offset wherever they are used, in hours.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "pkt": 5, "hkt": 8, "sgt": 8, "jst": 9, "kst": 9, "aest": 10, "nzst": 12, "nzdt": 13,
}  # fmt: skip

#: Names that stand for several offsets: with them only the day is known.
_VAGUE_ZONES = frozenset({"ist", "bst", "cst", "cdt", "est", "edt", "mst", "mdt", "pst", "pdt", "ast", "clt", "clst"})

_WEEKDAY = rf"(?:(?P<weekday>{'|'.join(sorted(_WEEKDAY_NUMBERS, key=len, reverse=True))})[,.]?\ +)?"
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_NUMBERS, key=len, reverse=True))})"
_DAY = r"(?P<day>[0-9]{1,2})"
_YEAR = r"(?P<year>[0-9]{4})"
_TIME = (
    r"(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?:\ ?(?P<half>am|pm))?)"
)
_ZONE = (
    r"(?:\ ?\(?(?P<zone>(?:(?:utc|gmt)\ ?)?[+-][0-9]{1,2}(?::?[0-9]{2})?|[a-z]{1,4})\)?"
    r"(?:\ \((?P<comment>utc|gmt|[a-z]{3,4})\))?)"
)
_BEHIND = rf"(?:[t\ ,]\ *{_TIME}{_ZONE}?)?"

#: "2027-01-02", "2027/01/02", "2027. 01. 02.", each with a time behind it or not. Two digits each (ISO 8601 §5.2.2):
#: with one, a date that lost a digit would pass for another.
_YEAR_FIRST = rf"{_YEAR}(?P<sep>[-/.]|\.\ )(?P<number>[0-9]{{2}})(?P=sep)(?P<day>[0-9]{{2}})\.?{_BEHIND}"
#: "20270102", "20270102123456", "20270102T123456Z".
_COMPACT = (
    rf"{_YEAR}(?P<number>[0-9]{{2}})(?P<day>[0-9]{{2}})"
    r"(?:t?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})(?P<zone>z)?)?"
)
_COMPACT_DAY = rf"{_YEAR}(?P<number>[0-9]{{2}})(?P<day>[0-9]{{2}})\ {_TIME}{_ZONE}?"
#: "02-Jan-2027", "2nd January 2027", "Sat, 02 Jan 2027".
_DAY_NAME_YEAR = rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?(?:[-/.]|,?\ +){_MONTH}(?:[-/.]|[.,]?\ +){_YEAR}\.?{_BEHIND}"
#: "2027-Jan-02."
_YEAR_NAME_DAY = rf"{_YEAR}(?P<sep>[-/.\ ]){_MONTH}(?P=sep){_DAY}\.?{_BEHIND}"
#: "January 2 2027", "Sat Jan 2 2027", "Jan-02-2027".
_NAME_DAY_YEAR = rf"{_WEEKDAY}{_MONTH}(?:[-/]|\.?\ +){_DAY}(?:st|nd|rd|th)?(?:[-/]|,?\ +){_YEAR}\.?{_BEHIND}"
#: "Sat Jan 2 12:34:56 UTC 2027", as C's asctime and Unix' date write.
_ASCTIME = rf"{_WEEKDAY}{_MONTH}\ +{_DAY},?\ +{_TIME}{_ZONE}?\ +{_YEAR}"
#: "02.01.2027", "1/2/2027": the order is told by something else.
_NUMBERS = rf"(?P<first>[0-9]{{1,2}})(?P<sep>[-/.]|\.\ )(?P<other>[0-9]{{1,2}})(?P=sep){_YEAR}\.?{_BEHIND}"

_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        _YEAR_FIRST, _COMPACT, _COMPACT_DAY, _DAY_NAME_YEAR, _YEAR_NAME_DAY, _NAME_DAY_YEAR, _ASCTIME, _NUMBERS,
    )
)  # fmt: skip

_PART = r"(?:d{1,2}|mon|m{1,3}|y{4}|y{2})"
#: "(dd/mm/yyyy)" behind a date or within a label; all three parts, or day and month.
_ORDER = re.compile(
    rf"\b(?P<parts>{_PART}(?:(?:[-/.]|\.?\ )?{_PART}){{1,2}})(?:[\ t]?hh?:mm(?::ss)?)?\b", re.IGNORECASE
)
#: The same with the brackets around it and whatever else they hold.
_ORDER_IN_BRACKETS = re.compile(rf"\([^()]*{_ORDER.pattern.replace('?P<parts>', '?:')}[^()]*\)", re.IGNORECASE)


def parse_date(text: str, *, now: datetime, layout: Layout | None = None) -> StatedDate:
    """The instant `text` names, or the start of the day it names.

    Without a zone (in the text or in `layout`) a time of day names no instant, and neither does a day alone: then the
    start of that day in UTC stands for it. Names end at some hour of their last day, so this is too early by up to a
    day, and a warning too early does no harm; and in UTC the day that is shown stays the day that was written.

    Raises AmbiguousTextError where the text could be two days, DateTextError for everything else: no date, no such
    day, a year before 1990 or over 101 years from `now`. Costs some 10 µs.
    """
    known = layout or Layout()
    if len(text) > MAX_LENGTH:
        raise DateTextError("too long for a date")
    plain, orders = _split_order(" ".join(text.lower().split()))
    for shape in _SHAPES:
        if found := shape.fullmatch(plain):
            return _judged(found, orders, known.order, known.offset, now)
    raise DateTextError("not a date in a form that is known")


def order_text(label: str) -> str:
    """What of a label such as "Expiry Date (dd/mm/yyyy)" announces an order, "" where nothing does."""
    return " ".join(f"({found['parts']})" for found in _ORDER.finditer(label.lower()) if _letters(found))


def _split_order(text: str) -> tuple[str, frozenset[str]]:
    """The date alone, and the orders announced beside it: "dmy", "md"."""
    orders = frozenset(filter(None, map(_letters, _ORDER.finditer(text))))
    if not orders:
        return text, orders
    return " ".join(_ORDER.sub(" ", _ORDER_IN_BRACKETS.sub(" ", text)).split()), orders


def _letters(found: re.Match[str]) -> str:
    """Like "dmy" of "dd/mm/yyyy"; "" where a part stands twice."""
    parts = re.findall(_PART, found["parts"].lower())
    letters = "".join(part[0] for part in parts)
    return letters if {"d", "m"} <= set(letters) and len(set(letters)) == len(letters) else ""


def _judged(
    found: re.Match[str], orders: frozenset[str], known: DayOrder | None, offset: timedelta | None, now: datetime
) -> StatedDate:
    parts = {name: text for name, text in found.groupdict().items() if text is not None}
    day = _day_of(parts, orders, known)
    if not FIRST_YEAR <= day.year <= now.year + YEARS_AHEAD:
        raise DateTextError(f"year {day.year} is not one of an expiry")
    try:
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        raise DateTextError("there is no such day") from None
    if "weekday" in parts and _WEEKDAY_NUMBERS[parts["weekday"]] != start.weekday():
        raise DateTextError("the weekday is not that day's")
    return _placed(start, _clock_of(parts), _offset_of(parts), offset)


def _placed(start: datetime, clock: _Clock | None, stated: timedelta | None, known: timedelta | None) -> StatedDate:
    zone = stated if stated is not None else known
    if clock is None or zone is None:
        return StatedDate(start, Precision.DAY)
    at = start.replace(hour=clock.hour, minute=clock.minute, second=clock.second, tzinfo=timezone(zone))
    return StatedDate(at.astimezone(UTC), Precision.INSTANT)


def _day_of(parts: dict[str, str], orders: frozenset[str], known: DayOrder | None) -> _Day:
    year = int(parts["year"])
    if "first" in parts:
        return _ordered(year, int(parts["first"]), int(parts["other"]), _announced(orders) or known)
    if "month" in parts:  # a name, which no order can make a day
        return _Day(year, _MONTH_NUMBERS[parts["month"]], int(parts["day"]))
    if orders - {"ymd", "md"}:
        raise AmbiguousTextError("the order that is announced is not that of the date")
    return _Day(year, int(parts["number"]), int(parts["day"]))


def _announced(orders: frozenset[str]) -> DayOrder | None:
    """Of a date with the year behind; another announcement is not about it."""
    if not orders:
        return None
    if orders <= {"dmy", "dm"}:
        return DayOrder.DAY_FIRST
    if orders <= {"mdy", "md"}:
        return DayOrder.MONTH_FIRST
    raise AmbiguousTextError("the order that is announced is not that of the date")


def _ordered(year: int, first: int, other: int, order: DayOrder | None) -> _Day:
    """Where the numbers deny the announced order, one of the two is wrong, and nobody knows which."""
    day_first, month_first = _Day(year, other, first), _Day(year, first, other)
    possible = {day for day in (day_first, month_first) if 1 <= day.month <= 12 and 1 <= day.day <= 31}  # noqa: PLR2004  # the calendar
    match order:
        case DayOrder.DAY_FIRST:
            possible &= {day_first}
        case DayOrder.MONTH_FIRST:
            possible &= {month_first}
        case None:
            pass
    if not possible:
        raise DateTextError("there is no such day in the order that is announced" if order else "there is no such day")
    if len(possible) > 1:
        raise AmbiguousTextError("could be day and month or month and day")
    return possible.pop()


def _clock_of(parts: dict[str, str]) -> _Clock | None:
    if "hour" not in parts:
        return None
    hour, minute, second = int(parts["hour"]), int(parts["minute"]), int(parts.get("second", "0"))
    if "half" in parts:
        if not 1 <= hour <= 12:  # noqa: PLR2004  # a clock's face
            raise DateTextError("there is no such time")
        hour = hour % 12 + (12 if parts["half"] == "pm" else 0)
    if hour > 23 or minute > 59 or second > 60:  # noqa: PLR2004  # RFC 3339 §5.6, with its leap second
        raise DateTextError("there is no such time")
    return _Clock(hour, minute, min(second, 59))


def _offset_of(parts: dict[str, str]) -> timedelta | None:
    """None: no zone, or one of many meanings."""
    zone = parts.get("zone", "")
    if not zone or zone in _VAGUE_ZONES:
        return None
    if zone in _ZONES:
        return timedelta(hours=_ZONES[zone])
    signed = re.fullmatch(r"(?:utc|gmt)? ?([+-])([0-9]{1,2}?):?([0-9]{2})?", zone)
    if signed is None:
        raise DateTextError("a zone that is not known")
    offset = timedelta(hours=int(signed[2]), minutes=int(signed[3] or 0))
    if offset > timedelta(hours=14) or int(signed[3] or 0) > 59:  # noqa: PLR2004  # the calendar
        raise DateTextError("there is no such zone")
    return -offset if signed[1] == "-" else offset
