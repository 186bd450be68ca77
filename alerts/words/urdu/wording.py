"""Days, spans, counts and money as offices in Pakistan write them in Urdu: European digits, lakh and crore in words."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final

from alerts.words.bidi import latin, name
from checks.estate import Department
from checks.wording import local

_WEEKDAYS: Final = ("پیر", "منگل", "بدھ", "جمعرات", "جمعہ", "ہفتہ", "اتوار")
_MONTHS: Final = (
    "جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر",
)  # fmt: skip

#: Departments named one by one; the rest are counted.
_MAX_DEPARTMENTS: Final = 8

_RUPEES: Final = re.compile(r"Rs ([0-9,]+)(\.[0-9]+)?\b")
_SCALES: Final = ((10_000_000, "کروڑ"), (100_000, "لاکھ"), (1_000, "ہزار"))
_DEPARTMENT: Final = re.compile(r"(?:^|, )(.+?)(?: \(([0-9,]+) users?\))?(?=, |$)")


def day_of(day: date) -> str:
    """Like "پیر 6 نومبر 2017"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def day(at: datetime, zone: tzinfo) -> str:
    return day_of(local(at, zone).date())


def moment(at: datetime, zone: tzinfo) -> str:
    """Like "ہفتہ 14 اکتوبر 2017، 02:14 بجے"."""
    there = local(at, zone)
    return f"{day_of(there.date())}، {there:%H:%M} بجے"


def span(length: timedelta) -> str:
    """The two largest units of `length`."""
    seconds = max(0, int(length.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not minutes:
        return f"{seconds} سیکنڈ"
    if not hours:
        return f"{minutes} منٹ"
    if not days:
        return _two(_hours(hours), f"{minutes % 60} منٹ", minutes % 60)
    return _two(f"{days} دن", _hours(hours % 24), hours % 24)


def users(number: int) -> str:
    return f"{number:,} صارفین" if number != 1 else "1 صارف"


def listed(items: Sequence[str]) -> str:
    return " اور ".join(filter(None, ["، ".join(items[:-1]), *items[-1:]]))


def money(written: str) -> str:
    """Of an amount as kinds write it, "Rs 134,000 (…)": "134,000 روپے (1 لاکھ 34 ہزار روپے)"; another stays quoted."""
    found = _RUPEES.match(written)
    if found is None:
        return latin(written.partition(" (")[0], 80)
    try:
        whole = int(Decimal(found[1].replace(",", "")))
    except InvalidOperation:
        return latin(written, 80)
    digits = f"{found[1]}{found[2] or ''} روپے"
    return f"{digits} ({in_words(whole)} روپے)" if whole >= _SCALES[1][0] and not found[2] else digits


def in_words(rupees: int) -> str:
    """Like "1 کروڑ 34 لاکھ 56 ہزار 789"."""
    said, rest = [], rupees
    for scale, word in _SCALES:
        number, rest = divmod(rest, scale)
        if number:
            said.append(f"{number} {word}")
    if rest or not said:
        said.append(str(rest))
    return " ".join(said)


def people(departments: Sequence[Department]) -> str:
    """Who depends on a service, with users; "" for nobody known."""
    by_size = sorted(departments, key=lambda department: -department.users)
    names = [_department(one.name, one.users) for one in by_size[:_MAX_DEPARTMENTS]]
    if rest := len(by_size) - _MAX_DEPARTMENTS:
        names += [f"{rest} دیگر محکمے"] if rest > 0 else []
    total = sum(one.users for one in departments)
    in_all = f"، کل {users(total)}" if total and len(departments) > 1 else ""
    return listed(names) + in_all


def people_written(written: str) -> str:
    """The same of what a kind wrote, "Health Department (1,200 users), Police"."""
    found = [(one[1], int(one[2].replace(",", "")) if one[2] else 0) for one in _DEPARTMENT.finditer(written)]
    return listed([_department(title, number) for title, number in found])


def _department(title: str, number: int) -> str:
    return f"{name(title, 80)} ({users(number)})" if number else name(title, 80)


def _hours(number: int) -> str:
    return "1 گھنٹہ" if number == 1 else f"{number} گھنٹے"


def _two(whole: str, rest: str, number: int) -> str:
    return f"{whole} {rest}" if number else whole
