"""Recurrence rules (RFC 5545 §3.3.10) that are sure to end quickly: python-dateutil works them out, these are let in.

A rule that never comes true keeps dateutil busy until the year 9999, up to three seconds each, and one that comes every
second fills the memory. So only rules that provably recur within years are taken, and what they cost is counted first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dateutil.rrule import rrule

_PERIOD_DAYS: Final[Mapping[str, int]] = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_FILTERS: Final = ("BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS")
_KNOWN: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYHOUR", "BYMINUTE", "BYSECOND", *_FILTERS})
_LONGEST_MONTHS: Final = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_SHORTEST_MONTH: Final = 28
_WEEKS_OF_A_MONTH: Final = 4
_WEEKDAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL: Final = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")

MAX_RULE_CHARS: Final = 500
MAX_TIMES_A_DAY: Final = 24
MAX_INTERVAL: Final = 1000
MAX_COUNT: Final = 100_000

#: Rules that began before it are refused: working one out begins at its first time.
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200


class RecurrenceError(ValueError):
    """Why a rule is not taken, and what would be."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that was looked through. Raises RecurrenceError for one that is not taken."""

    text: str
    """Without "RRULE:"."""

    def __post_init__(self) -> None:
        _refuse_what_may_never_come(_parts(self.text))

    def steps(self, starts: datetime, until: datetime) -> int:
        """How much work it is, at most, to work it out from its first time until then; one takes microseconds."""
        parts = _parts(self.text)
        ends = min(until.date(), _last_day(parts))
        days = max((ends - starts.date()).days, 0) + 1
        period_days = _PERIOD_DAYS[parts["FREQ"]]
        dates_a_period = 1 if parts["FREQ"] == "DAILY" else period_days
        periods = days // (period_days * int(parts.get("INTERVAL", "1"))) + 1
        # At least every eighth period has a time: 29 February misses one leap year of a century.
        periods = min(periods, 8 * int(parts.get("COUNT", periods)))
        return periods * dates_a_period * _times_a_day(parts)

    def rule(self, starts: datetime) -> "rrule":
        """To be asked for its times, on the wall clock: `starts`, the first, has no zone.

        Raises RecurrenceError where it begins too long ago or too far ahead.
        """
        from dateutil.rrule import rrule, rrulestr  # noqa: PLC0415  # most estates have no rule

        refuse_start(starts)
        parts = _parts(self.text)
        _refuse_day_of_start(parts, starts)
        if "UNTIL" in parts:  # dateutil takes none with a zone where the start has none
            parts = {**parts, "UNTIL": parts["UNTIL"].rstrip("Z")}
        try:
            made = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=starts)
        except (ValueError, TypeError, OverflowError) as error:
            raise RecurrenceError(f"{self.text!r} is no rule: {error}") from None
        if not isinstance(made, rrule):
            raise RecurrenceError(f"{self.text!r} is more than one rule")
        return made


def refuse_start(starts: datetime) -> None:
    """Raises RecurrenceError."""
    if not FIRST_YEAR <= starts.year <= LAST_YEAR:
        raise RecurrenceError(f"it begins in the year {starts.year}; {FIRST_YEAR} to {LAST_YEAR} is what can be")


def _parts(text: str) -> dict[str, str]:
    """What a rule says, part by part. Raises RecurrenceError."""
    if len(text) > MAX_RULE_CHARS:
        raise RecurrenceError(f"a rule of {len(text)} characters; {MAX_RULE_CHARS} are the most")
    found: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, is_pair, value = part.partition("=")
        if not is_pair or name not in _KNOWN:
            raise RecurrenceError(f"{part[:40]!r} is not taken; a rule is made of {', '.join(sorted(_KNOWN))}")
        if name in found:
            raise RecurrenceError(f"{name} is said twice")
        found[name] = value
    return found


def _last_day(parts: Mapping[str, str]) -> date:
    said = parts.get("UNTIL", "")[:8]
    return datetime.strptime(said, "%Y%m%d").date() if said else date.max  # noqa: DTZ007  # a day


def _refuse_what_may_never_come(parts: Mapping[str, str]) -> None:
    frequency = parts.get("FREQ", "")
    if frequency not in _PERIOD_DAYS:
        raise RecurrenceError(f"FREQ is one of {', '.join(_PERIOD_DAYS)}")
    interval = _numbers(parts, "INTERVAL", 1, MAX_INTERVAL)
    _numbers(parts, "COUNT", 1, MAX_COUNT)
    if "COUNT" in parts and "UNTIL" in parts:
        raise RecurrenceError("COUNT and UNTIL are two ways to say one thing; one of them can stand")
    _refuse_odd_until(parts)
    if parts.get("WKST", "MO") not in {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}:
        raise RecurrenceError("WKST is a day of the week like MO")
    if _times_a_day(parts) > MAX_TIMES_A_DAY:
        raise RecurrenceError(f"it comes more than {MAX_TIMES_A_DAY} times a day")
    days = _weekdays(parts)
    months = _numbers(parts, "BYMONTH", 1, 12)
    dates = _numbers(parts, "BYMONTHDAY", -31, 31)
    filters = [name for name in _FILTERS if name in parts]
    if frequency in {"DAILY", "WEEKLY"} and {"BYMONTHDAY", "BYSETPOS", "BYMONTH"} & set(filters):
        raise RecurrenceError(f"{filters[-1]} goes with FREQ=MONTHLY or YEARLY")
    if frequency == "DAILY" and filters and interval != [1]:
        raise RecurrenceError("say it as FREQ=WEEKLY: every so many days, but only on some, may never come")
    if frequency in {"DAILY", "WEEKLY"} and any(ordinal for ordinal, _ in days):
        raise RecurrenceError("BYDAY names an ordinal like 1MO only with FREQ=MONTHLY or YEARLY")
    if days and dates:
        raise RecurrenceError("BYDAY and BYMONTHDAY together may not come for years; one of them can stand")
    if filters and frequency in {"MONTHLY", "YEARLY"}:
        _refuse_rare(parts, interval or [1], months, dates, days)


def _refuse_odd_until(parts: Mapping[str, str]) -> None:
    wrong = RecurrenceError("UNTIL is written like 20261231 or 20261231T235959Z")
    if "UNTIL" in parts and not _UNTIL.fullmatch(parts["UNTIL"]):
        raise wrong
    try:
        _last_day(parts)
    except ValueError:
        raise wrong from None


def _refuse_rare(
    parts: Mapping[str, str], interval: list[int], months: list[int], dates: list[int], days: list[tuple[int, str]]
) -> None:
    """What not every period has, and an interval may therefore pass over for ever."""
    if parts["FREQ"] == "MONTHLY" and months and interval != [1]:
        raise RecurrenceError("INTERVAL and BYMONTH together may never come; list the months")
    if months and dates and all(abs(date) > _LONGEST_MONTHS.get(month, 31) for month in months for date in dates):
        raise RecurrenceError("no such date is in that month")
    if interval != [1] and (
        (dates and min(map(abs, dates)) > _SHORTEST_MONTH)
        or any(abs(ordinal) > _WEEKS_OF_A_MONTH for ordinal, _ in days)
    ):
        raise RecurrenceError("not every month has that day, so with INTERVAL it may never come")
    if parts["FREQ"] == "YEARLY" and days and not months:
        raise RecurrenceError("FREQ=YEARLY with BYDAY needs BYMONTH")
    positions = _numbers(parts, "BYSETPOS", -31, 31)
    # A month has each day of the week four times at least.
    if positions and (
        any(ordinal for ordinal, _ in days) or not days or max(map(abs, positions)) > _WEEKS_OF_A_MONTH * len(days)
    ):
        raise RecurrenceError("BYSETPOS picks among the days of BYDAY, of which every month has four of each")


def _refuse_day_of_start(parts: Mapping[str, str], starts: datetime) -> None:
    """Where a rule names months and no day, its days are that of its start."""
    if "BYMONTH" in parts and not {"BYDAY", "BYMONTHDAY"} & parts.keys():
        _refuse_what_may_never_come({**parts, "BYMONTHDAY": str(starts.day)})


def _weekdays(parts: Mapping[str, str]) -> list[tuple[int, str]]:
    """With their ordinals, 0 for none."""
    if "BYDAY" not in parts:
        return []
    found = [_WEEKDAY.fullmatch(word) for word in parts["BYDAY"].split(",")]
    if not all(found):
        raise RecurrenceError("BYDAY lists days of the week like MO or 1MO")
    return [(int(one[1] or 0), one[2]) for one in found if one]


def _numbers(parts: Mapping[str, str], name: str, least: int, most: int) -> list[int]:
    if name not in parts:
        return [1] if name == "INTERVAL" else []
    words = parts[name].split(",")
    wanted = f"{name} is a number from {least} to {most}, and not 0" if least < 0 else f"{name}: {least} to {most}"
    if len(words) > 1 and name in {"INTERVAL", "COUNT"}:
        raise RecurrenceError(wanted)
    if not all(re.fullmatch(r"[+-]?[0-9]{1,6}", word, re.ASCII) for word in words):
        raise RecurrenceError(wanted)
    numbers = [int(word) for word in words]
    if any(not least <= number <= most or (number == 0 and least != 0) for number in numbers):
        raise RecurrenceError(wanted)
    return numbers


def _times_a_day(parts: Mapping[str, str]) -> int:
    times = 1
    for name, most in (("BYHOUR", 23), ("BYMINUTE", 59), ("BYSECOND", 59)):
        times *= len(set(_numbers(parts, name, 0, most))) or 1
    return times
