"""The dates in a notice, and what each is the date of. Pure.

A date is read in every way it can be read. Where more than one is left it stands as ambiguous, whatever is usual here:
03/12 has been taken for the third of December and for the twelfth of March by different offices of one city.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from checks.billing.intake.notice import DayMeaning, FoundDay, FoundSpan
from checks.billing.intake.notice_day_words import AVOIDED, LABELS, NOT_PLAIN, PATTERNS, WEIGHTY
from checks.billing.intake.notice_lines import passage, statement

#: Dates of a notice lie within so many years of the day it is read on.
_YEARS_AROUND: Final = 3
_YEAR_DIGITS: Final = 4
_CENTURY: Final = 2000
_NO_YEAR: Final = frozenset({3})
_NO_DAY: Final = "there is no such day, or its year cannot be"
#: More dates than any notice has.
_MAX_DAYS: Final = 60

_MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "jan january جنوری", "feb february فروری", "mar march مارچ", "apr april اپریل", "may مئی", "jun june جون",
            "jul july جولائی", "aug august اگست", "sep sept september ستمبر", "oct october اکتوبر",
            "nov november نومبر", "dec december دسمبر",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        ("mon monday پیر سوموار", "tue tuesday منگل", "wed wednesday بدھ", "thu thursday جمعرات", "fri friday جمعہ",
         "sat saturday", "sun sunday اتوار")
    )
    for name in names.split()
}  # fmt: skip

_MONTH: Final = "|".join(sorted((name for name in _MONTHS if name != "may"), key=len, reverse=True))
# The month is May or MAY: "may" alone is a verb.
_NAME: Final = rf"(?:(?i:{_MONTH})|May|MAY)"
_ORDINAL: Final = r"(?:\s?(?:st|nd|rd|th|ST|ND|RD|TH))?"
_GAP: Final = r"[\s,./'،-]{0,3}"
_NUMERIC: Final = re.compile(r"(?<![\w/.-])([0-9]{1,4})\s?([./-])\s?([0-9]{1,2})\s?\2\s?([0-9]{1,4})(?![\w/-]|\.[0-9])")
_DAY_FIRST: Final = re.compile(
    rf"(?<![\w/.-])([0-9]{{1,2}}){_ORDINAL}(?:\s+day)?(?:\s+of)?{_GAP}({_NAME})\b\.?(?:{_GAP}([0-9]{{4}}|[0-9]{{2}})(?![0-9]))?"
)
_MONTH_FIRST: Final = re.compile(
    rf"(?<![\w])({_NAME})\b\.?\s{{0,2}}([0-9]{{1,2}})(?![0-9]){_ORDINAL}(?:{_GAP}([0-9]{{4}})(?![0-9]))?"
)
_WEEKDAY_BEFORE: Final = re.compile(
    rf"\b({'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})\b[\s,.،(the]{{0,8}}$", re.IGNORECASE
)
_WEEKDAY_AFTER: Final = re.compile(
    rf"^[\s,،(]{{1,3}}({'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})\b", re.IGNORECASE
)

_NUMBERS: Final[Mapping[str, int]] = {
    "three": 3, "five": 5, "seven": 7, "ten": 10, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30,
    "تین": 3, "پانچ": 5, "سات": 7, "دس": 10, "چودہ": 14, "پندرہ": 15, "تیس": 30,
}  # fmt: skip
_COUNT: Final = rf"([0-9]{{1,3}}|{'|'.join(_NUMBERS)})"
_SPANS: Final = (
    re.compile(
        rf"\bwithin\s+(?:the\s+next\s+|a\s+period\s+of\s+)?{_COUNT}\s*(?:\(\s*[0-9a-z]{{1,10}}\s*\)\s*)?"
        r"(working\s+|calendar\s+|business\s+)?days?\b",
        re.IGNORECASE,
    ),
    re.compile(rf"{_COUNT}\s+(کاری\s+|دفتری\s+)?(?:دنوں|دن|یوم|روز|ایام)\s+(?:کے\s+)?اندر"),
)


@dataclass(frozen=True, slots=True)
class _Written:
    """A date where it stands; `unsure` is why its readings are not to be taken as they are."""

    start: int
    end: int
    readings: tuple[date, ...]
    unsure: str = ""


def days_in(text: str, today: date) -> tuple[FoundDay, ...]:
    """`text` as notice_lines.lines_of makes it. At most _MAX_DAYS, in their order."""
    written = _written(text, today)
    edges = [0, *(one.end for one in written)], [*(one.start for one in written[1:]), len(text)]
    found = [_found(text, one, before, after) for one, before, after in zip(written, edges[0], edges[1], strict=False)]
    return tuple(_beside_others(text, place, written, found) for place in range(len(found)))


def spans_in(text: str) -> tuple[FoundSpan, ...]:
    found = [match for pattern in _SPANS for match in pattern.finditer(text)][:_MAX_DAYS]
    return tuple(
        FoundSpan(
            days=_NUMBERS.get(match[1].casefold()) or int(match[1]),
            is_working=(match[2] or "").strip().casefold() in {"working", "business", "کاری", "دفتری"},
            passage=passage(text, match.start(), match.end()),
        )
        for match in found
    )


def _written(text: str, today: date) -> Sequence[_Written]:
    found = sorted([*_numeric(text, today), *_named(text, today)], key=lambda one: (one.start, -one.end))
    apart: list[_Written] = []
    for one in found:
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return [_by_weekday(text, one) for one in apart[:_MAX_DAYS]]


def _numeric(text: str, today: date) -> Iterator[_Written]:
    for match in _NUMERIC.finditer(text):
        days = [_date(*figures) for figures in _orders(match[1], match[3], match[4])]
        near = tuple(sorted({day for day in days if day is not None and _is_near(day, today)}))
        if near:
            yield _Written(match.start(), match.end(), near, _doubt(near))
        elif _YEAR_DIGITS in {len(match[1]), len(match[4])}:
            yield _Written(match.start(), match.end(), (), _NO_DAY)


def _orders(first: str, middle: str, last: str) -> list[tuple[str, str, str]]:
    """Year, month and day in every way in which figures are written."""
    digits = len(first), len(last)
    if any(size in _NO_YEAR for size in digits):
        return []
    if digits[0] == _YEAR_DIGITS:
        return [(first, middle, last)]
    ends = [(last, middle, first), (last, first, middle)]
    return ends if digits[1] == _YEAR_DIGITS else [*ends, (first, middle, last)]


def _named(text: str, today: date) -> Iterator[_Written]:
    for pattern, on, month, year in ((_DAY_FIRST, 1, 2, 3), (_MONTH_FIRST, 2, 1, 3)):
        for match in pattern.finditer(text):
            number = str(_MONTHS[match[month].casefold()])
            years = [match[year]] if match[year] else [str(today.year + shift) for shift in (-1, 0, 1)]
            days = tuple(day for one in years if (day := _date(one, number, match[on])) is not None)
            near = tuple(day for day in days if _is_near(day, today))
            if match[year]:
                yield _Written(match.start(), match.end(), near, "" if near else _NO_DAY)
            elif near:
                yield _Written(match.start(), match.end(), near, "it says no year")


def _doubt(readings: Sequence[date]) -> str:
    return "day and month can be read either way" if len(readings) > 1 else ""


def _by_weekday(text: str, one: _Written) -> _Written:
    """A day of the week beside it rules out what is another one."""
    beside = _WEEKDAY_BEFORE.search(text[max(one.start - 24, 0) : one.start]) or _WEEKDAY_AFTER.search(
        text[one.end : one.end + 16]
    )
    if beside is None or not one.readings:
        return one
    weekday = _WEEKDAYS[beside[1].casefold()]
    fitting = tuple(day for day in one.readings if day.weekday() == weekday)
    if not fitting:
        return _Written(one.start, one.end, one.readings, "it is another day of the week than it says")
    kept = "" if len(fitting) == 1 else one.unsure
    return _Written(one.start, one.end, fitting, kept)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year) + (_CENTURY if len(year) < _YEAR_DIGITS else 0), int(month), int(day))
    except ValueError:
        return None


def _is_near(day: date, today: date) -> bool:
    return abs(day.year - today.year) <= _YEARS_AROUND


def _found(text: str, one: _Written, after_day: int, before_day: int) -> FoundDay:
    first, last = statement(text, one.start, one.end)
    before = _unavoided(text[max(first, after_day) : one.start])
    after = _unavoided(text[one.end : min(last, before_day)])
    meaning, rival = _meaning(before, after)
    is_plain = meaning not in WEIGHTY or NOT_PLAIN.search(text[first:last]) is None
    doubts = [
        one.unsure,
        "" if rival is None else f"it may be meant for {rival.value}",
        "" if is_plain else "the words speak of something paid, put off or split up",
    ]
    return FoundDay(
        meaning=meaning,
        readings=one.readings,
        doubt="; ".join(doubt for doubt in doubts if doubt),
        passage=passage(text, one.start, one.end),
    )


def _beside_others(text: str, place: int, written: Sequence[_Written], found: Sequence[FoundDay]) -> FoundDay:
    """Another day in its statement that says nothing of itself makes it doubtful: either may be the one that counts."""
    one = found[place]
    first, last = statement(text, written[place].start, written[place].end)
    unexplained = any(
        other.meaning is DayMeaning.OTHER and first <= at.start < last
        for other, at in zip(found, written, strict=True)
        if other is not one
    )
    if one.doubt or not unexplained or one.meaning not in WEIGHTY:
        return one
    return replace(one, doubt="another day stands beside it")


def _meaning(before: str, after: str) -> tuple[DayMeaning, DayMeaning | None]:
    """What the words nearest to the date say it is; and what others in the same statement would make of it."""
    for meaning, label in LABELS.items():
        if label.search(before[-80:]):
            return meaning, None
    far = {
        meaning: distance for meaning, words in PATTERNS.items() if (distance := _distance(words, before, after)) >= 0
    }
    ranked = sorted(far, key=lambda meaning: far[meaning])
    if not ranked:
        return DayMeaning.OTHER, None
    nearest = ranked[0]
    rivals = [one for one in ranked[1:] if one in WEIGHTY or (nearest in WEIGHTY and far[one] - far[nearest] < _CLOSE)]
    return nearest, rivals[0] if rivals else None


#: Words this much farther away than others are about something else.
_CLOSE: Final = 12


def _distance(words: re.Pattern[str], before: str, after: str) -> int:
    """In characters from the date to the nearest of `words`; -1 where there is none."""
    ends = [len(before) - match.end() for match in words.finditer(before)]
    follows = words.search(after)
    # In English what follows a date belongs to it less than what stands before; in Urdu the verb comes last.
    is_urdu = follows is not None and follows[0][0] >= "\u0600"
    starts = [] if follows is None else [follows.start() + (0 if is_urdu else 30)]
    return min([*ends, *starts], default=-1)


def _unavoided(text: str) -> str:
    return AVOIDED.sub(lambda found: " " * len(found[0]), text)
