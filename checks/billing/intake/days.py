"""Days as offices write them. A day that could be read two ways is refused, unless the file's layout is declared."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final

from checks.billing.intake.script import plain


class DayOrder(Enum):
    """How a file writes days in figures. The value stands on the command line and in settings."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"
    EXCEL = "excel"
    """Day numbers of a spreadsheet that counts from 1900."""
    EXCEL_1904 = "excel-1904"


#: A bill lies within so many years of today; anything else is a slip of the pen (0202, 2062).
PLAUSIBLE_YEARS: Final = 10

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9.]{2,9})?Z?)?", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})", re.ASCII)
_FIGURES: Final = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?: 0?0:00(?::00)?)?", re.ASCII)
_NAMED: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[- /,]{0,2}([^\W\d_]{3,12})\.?[- /,]{1,2}([0-9]{4}|[0-9]{2})")
_NAME_FIRST: Final = re.compile(r"([^\W\d_]{3,12})\.?[- ]([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_SERIAL: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]+)?", re.ASCII)

_ENGLISH: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_URDU: Final = (
    *("جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون"),
    *("جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر"),
)
#: Lists repeat their days; so many different ones are kept.
_KEPT_DAYS: Final = 10_000
_MONTHS: Final = {
    **{name: number for number, name in enumerate(_ENGLISH, start=1)},
    **{name[:3]: number for number, name in enumerate(_ENGLISH, start=1)},
    "sept": 9,
    **{plain(name): number for number, name in enumerate(_URDU, start=1)},
}

_LAST_MONTH: Final = 12
_WANTED: Final = "expected a day such as 2026-12-01, 1 Dec 2026 or 1-Dec-26"
_NO_SUCH_DAY: Final = "there is no such day in the calendar"
#: 31 December 9999, which has seven digits.
_LAST_SERIAL: Final = 2_958_465
_LONGEST_SERIAL: Final = 6
_EPOCH_1904: Final = date(1904, 1, 1)
_BETWEEN_EPOCHS: Final = 1462
#: The first day number after the 29 February 1900 that spreadsheets count and that never was.
_AFTER_LEAP_BUG: Final = 61


@dataclass(slots=True, kw_only=True)
class DayReader:
    """Reads the days of one file. `order` is what is declared of it; without, what is clear in itself is taken."""

    today: date
    order: DayOrder | None = None
    _shown: dict[DayOrder, None] = field(default_factory=dict)
    _known: dict[str, date] = field(default_factory=dict)

    def read(self, text: str) -> date:
        """Raises ValueError that says what is right and never repeats the cell."""
        known = self._known.get(text)
        if known is None:
            known = _plausible(self._day(plain(text)), self.today)
            if len(self._known) < _KEPT_DAYS:
                self._known[text] = known
        return known

    def _day(self, text: str) -> date:
        if match := _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
            return _date(int(match[1]), int(match[2]), int(match[3]))
        if match := _FIGURES.fullmatch(text):
            return self._of_figures(int(match[1]), int(match[3]), match[4])
        if match := _NAMED.fullmatch(text):
            return _date(_year(match[3]), _month(match[2]), int(match[1]))
        if match := _NAME_FIRST.fullmatch(text):
            return _date(int(match[3]), _month(match[1]), int(match[2]))
        if _SERIAL.fullmatch(text):
            return self._of_serial(text)
        raise ValueError(_WANTED)

    def _of_figures(self, first: int, second: int, year: str) -> date:
        order = self.order or self._evident(first, second, year)
        match order:
            case DayOrder.DMY:
                return _ordered(_year(year), second, first, "day first")
            case DayOrder.MDY:
                return _ordered(_year(year), first, second, "month first")
            case DayOrder.YMD if len(year) == 2:  # noqa: PLR2004  # as 26-12-01
                return _ordered(2000 + first, second, int(year), "year first")
            case _:
                raise ValueError(f"the file is declared to write {order.value}, and this is something else")

    def _evident(self, first: int, second: int, year: str) -> DayOrder:
        """What only one reading can be; one file must not have two of them."""
        if len(year) == 2:  # noqa: PLR2004
            raise ValueError(
                "a year of two digits between figures can be read several ways; say how: dates dmy, mdy, ymd"
            )
        if first <= _LAST_MONTH and second <= _LAST_MONTH and first != second:
            raise ValueError("day and month could be either; declare the file's layout: dates dmy or mdy")
        if first == second:
            return DayOrder.DMY
        order = DayOrder.DMY if first > _LAST_MONTH else DayOrder.MDY
        self._shown[order] = None
        if len(self._shown) > 1:
            raise ValueError("this list has the day first in one row and the month first in another; mend it")
        return order

    def _of_serial(self, text: str) -> date:
        if self.order in {DayOrder.EXCEL, DayOrder.EXCEL_1904}:
            return serial_day(text, from_1904=self.order is DayOrder.EXCEL_1904)
        raise ValueError("a plain number; format the column as a date, or declare day numbers: dates excel")


def serial_day(text: str, *, from_1904: bool) -> date:
    """The day that a spreadsheet's number is, time of day left out.

    Numbers that count from 1900 count a 29 February 1900 (ECMA-376, part 1, 18.17.4.1). Raises ValueError.
    """
    try:
        said = Decimal(text)
    except InvalidOperation:
        raise ValueError(_WANTED) from None
    if not (said.is_finite() and 0 <= said.adjusted() <= _LONGEST_SERIAL and said > 0):
        raise ValueError(_NO_SUCH_DAY)
    number = int(said)
    if number > _LAST_SERIAL - (_BETWEEN_EPOCHS if from_1904 else 0):
        raise ValueError(_NO_SUCH_DAY)
    if from_1904:
        return _EPOCH_1904 + timedelta(days=number)
    if number == _AFTER_LEAP_BUG - 1:
        raise ValueError(f"{_NO_SUCH_DAY}: spreadsheets count a 29 February 1900 that never was")
    return date(1899, 12, 30 if number >= _AFTER_LEAP_BUG else 31) + timedelta(days=number)


def _month(name: str) -> int:
    month = _MONTHS.get(name.casefold())
    if month is None:
        raise ValueError("no month is called so")
    return month


def _year(text: str) -> int:
    return int(text) if len(text) > 2 else 2000 + int(text)  # noqa: PLR2004


def _ordered(year: int, month: int, day: int, declared: str) -> date:
    if month > _LAST_MONTH:
        raise ValueError(f"the list has the {declared}, and there is no month {month}")
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(_NO_SUCH_DAY) from None


def _plausible(day: date, today: date) -> date:
    if abs(day.year - today.year) > PLAUSIBLE_YEARS:
        raise ValueError(
            f"the year {day.year} is more than {PLAUSIBLE_YEARS} years from now; look for a slip of the pen"
        )
    return day
