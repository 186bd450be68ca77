"""Holidays as written: a country as a seed, days that confirm, move or undo what the seed only estimates."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, Tag, WithJsonSchema

from checks.estate import Holiday
from watchdog.settings.fields import Day, Entry, Line

#: Replays look back to 2017; no bill or contract is planned past 2050.
SEED_YEARS: Final = range(2015, 2051)
#: How the holidays library marks a day of the moon that nobody has sighted yet.
_ESTIMATED: Final = re.compile(r"\(estimated\)\Z")


class HolidayEntry(Entry):
    date: Day
    name: Line = "holiday"
    estimated: StrictBool = Field(default=False, description="a moon-sighted day that no notification has confirmed")
    working: StrictBool = Field(default=False, description="an ordinary day after all: takes it out of the seed")


def _country(value: Any) -> str:  # noqa: ANN401  # whatever stands in the file
    from holidays import list_supported_countries  # noqa: PLC0415  # 50 ms that only a seed costs

    code = value.upper() if isinstance(value, str) else ""
    if code not in list_supported_countries(include_aliases=False):
        raise ValueError("no country of this code; write its two letters, say pk")
    return code


def _as_list(value: Any) -> Any:  # noqa: ANN401  # whatever stands in the file
    return [value] if isinstance(value, str | dict) else value


def _form(value: Any) -> str:  # noqa: ANN401  # whatever stands in the file
    return "day" if isinstance(value, dict | HolidayEntry) else "country"


_Country: TypeAlias = Annotated[str, BeforeValidator(_country), WithJsonSchema({"type": "string", "examples": ["pk"]})]
_Item: TypeAlias = Annotated[
    Annotated[_Country, Tag("country")] | Annotated[HolidayEntry, Tag("day")], Discriminator(_form)
]
Holidays: TypeAlias = Annotated[tuple[_Item, ...], BeforeValidator(_as_list)]


def holidays_of(written: Sequence[str | HolidayEntry]) -> tuple[Holiday, ...]:
    """The days off, in order. A day written out wins over a seed, wherever it stands."""
    days: dict[date, Holiday] = {}
    for item in sorted(written, key=lambda one: isinstance(one, HolidayEntry)):
        match item:
            case str():
                days.update(_seed(item))
            case HolidayEntry(working=True):
                days.pop(item.date, None)
            case HolidayEntry():
                days[item.date] = Holiday(date=item.date, name=item.name, estimated=item.estimated)
    return tuple(days[day] for day in sorted(days))


def _seed(country: str) -> dict[date, Holiday]:
    from holidays import country_holidays  # noqa: PLC0415  # 50 ms that only a seed costs

    try:
        found = country_holidays(country, years=SEED_YEARS, islamic_show_estimated=True)
    except ValueError:  # the country has no days of the moon
        found = country_holidays(country, years=SEED_YEARS)
    return {day: _holiday(day, found.get_list(day)) for day in found}


def _holiday(day: date, names: Sequence[str]) -> Holiday:
    """A day that has another reason too is off whatever the moon does."""
    return Holiday(
        date=day,
        name="; ".join(_ESTIMATED.sub("", name).strip() for name in names),
        estimated=all(_ESTIMATED.search(name) for name in names),
    )
