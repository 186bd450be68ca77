"""Holidays as written: a country as a seed, days that confirm, move or undo what the seed only estimates."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Self, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, Tag, WithJsonSchema, model_validator

from checks.estate import Holiday
from watchdog.settings.fields import Day, Entry, Line

#: Replays look back to 2017; no bill or contract is planned past 2050.
SEED_YEARS: Final = range(2015, 2051)
#: Farther from its estimate no moon is sighted; the next feast is weeks away.
_AROUND_DAYS: Final = 4
#: How the holidays library marks a day of the moon that nobody has sighted yet.
_ESTIMATED: Final = re.compile(r"\(estimated\)\Z")


#: Days that a province takes off beside those of the country, by what its circulars were reported to say. Short,
#: since circulars are seldom to be found: the days of this year are for the section `calendar`.
PROVINCES: Final[Mapping[str, Mapping[date, str]]] = {
    # Daily Wifaq: K-P closed 2 to 6 May 2022, the federal government 2 to 5 May.
    "PK-KP": {date(2022, 5, 6): "Eid al-Fitr"},
}


#: Of an entry, which has a field of the name of the type.
_Span: TypeAlias = list[date]


class HolidayEntry(Entry):
    date: Day
    name: Line = "holiday"
    estimated: StrictBool = Field(default=False, description="a moon-sighted day that no notification has confirmed")
    working: StrictBool = Field(default=False, description="an ordinary day after all: takes it out of the seed")
    days: int = Field(1, ge=1, le=15, strict=True, description="how many days in a row, from `date` on")
    confirmed: StrictBool = Field(
        default=False, description="as notified: the estimates of up to four days around are no holidays any more"
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum((self.estimated, self.working, self.confirmed)) > 1:
            raise ValueError("a day is estimated, confirmed or working; say one of them")
        return self

    def span(self) -> _Span:
        last = min(self.date.toordinal() + self.days - 1, date.max.toordinal())
        return [date.fromordinal(day) for day in range(self.date.toordinal(), last + 1)]


def _country(value: Any) -> str:  # noqa: ANN401  # whatever stands in the file
    from holidays import list_supported_countries  # noqa: PLC0415  # 50 ms that only a seed costs

    code = value.upper() if isinstance(value, str) else ""
    if code in PROVINCES:
        return code
    if code not in list_supported_countries(include_aliases=False):
        raise ValueError(
            "no country of this code; write its two letters, say pk, or pk-kp for the days that Khyber Pakhtunkhwa adds"
        )
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
    """The days off, in order. A day written out wins over a seed, wherever it stands; of two, the later written."""
    days: dict[date, Holiday] = {}
    for seed in (item for item in written if isinstance(item, str)):
        days.update(_seed(seed))
    entries = [item for item in written if isinstance(item, HolidayEntry)]
    for entry in entries:
        if entry.confirmed:
            _settle(days, entry)
    for entry in entries:
        for day in entry.span():
            if entry.working:
                days.pop(day, None)
            else:
                days[day] = Holiday(date=day, name=entry.name, estimated=entry.estimated)
    return tuple(days[day] for day in sorted(days))


def worked_days_of(written: Sequence[str | HolidayEntry]) -> frozenset[date]:
    """Days said to be worked: they are, beside an estimated holiday too."""
    return frozenset(day for item in written if isinstance(item, HolidayEntry) and item.working for day in item.span())


def _settle(days: dict[date, Holiday], entry: HolidayEntry) -> None:
    first, last = entry.span()[0], entry.span()[-1]
    around = range(first.toordinal() - _AROUND_DAYS, last.toordinal() + _AROUND_DAYS + 1)
    for day in [day for day, holiday in days.items() if holiday.estimated and day.toordinal() in around]:
        del days[day]


def _seed(country: str) -> dict[date, Holiday]:
    if country in PROVINCES:
        return {day: Holiday(date=day, name=name) for day, name in PROVINCES[country].items()}
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
