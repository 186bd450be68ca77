"""Dated days after which bills wait for other money: those that come with the program, and those of an estate."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import BillingRules, CutOff, Stage

_FILE: Final = "cut_offs.yaml"
#: Fiscal years before and after the present day's that are looked at.
_YEARS_AROUND: Final = (-1, 0, 1)
_MONTH_AND_DAY: Final = re.compile("([0-9]{2})-([0-9]{2})")


class CutOffFileError(ValueError):
    """The file cannot be used."""


def _month_and_day(value: Any) -> tuple[int, int]:  # noqa: ANN401  # whatever stands in the file
    found = _MONTH_AND_DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("write month and day as 06-16")
    day = date(2001, int(found[1]), int(found[2]))  # not 29 February, which most years lack
    return day.month, day.day


MonthAndDay = Annotated[tuple[int, int], BeforeValidator(_month_and_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShippedCutOff(_Strict):
    id: str = Field(pattern="^[a-z][a-z-]*$")
    title: str = Field(min_length=1)
    after: LedgerEventKind
    """What a bill must have behind it."""
    days: dict[Annotated[int, Field(ge=2000, le=2100)], MonthAndDay] = Field(min_length=1)
    """By calendar year."""
    source: str = Field(min_length=1)


class Jurisdiction(_Strict):
    title: str
    money_returns: MonthAndDay
    cut_offs: tuple[ShippedCutOff, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_each_once(self) -> "Jurisdiction":
        if len({one.id for one in self.cut_offs}) < len(self.cut_offs):
            raise ValueError("a cut-off stands twice")
        return self


class CutOffFile(_Strict):
    version: int = Field(ge=1)
    as_of: date
    jurisdictions: dict[Literal["federal", "kp"], Jurisdiction]


def read_cut_offs(text: str) -> CutOffFile:
    """Raises CutOffFileError that says what is wrong."""
    try:
        return CutOffFile.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError) as error:
        raise CutOffFileError(str(error)) from None


@lru_cache(1)
def shipped() -> Mapping[str, Jurisdiction]:
    """By id. Read once, at the first question."""
    found = read_cut_offs(files(__package__).joinpath(_FILE).read_text("utf-8"))
    return {str(name): one for name, one in found.jurisdictions.items()}


def cut_offs_around(rules: BillingRules, today: date) -> Sequence[CutOff]:
    """Those of the fiscal years around `today`, earliest first; one of the estate replaces a shipped one of its id."""
    if not rules.cut_offs and rules.jurisdiction not in shipped():
        return ()
    return _around(rules.jurisdiction, rules.path, rules.cut_offs, today.year)


@lru_cache(16)
def _around(jurisdiction: str, path: tuple[Stage, ...], own: tuple[CutOff, ...], this_year: int) -> tuple[CutOff, ...]:
    found = {one.id: one for year in _YEARS_AROUND for one in _of_year(jurisdiction, path, this_year + year)}
    found |= {one.id: one for one in own}
    return tuple(sorted(found.values(), key=lambda one: (one.day, one.id)))


def _of_year(jurisdiction: str, path: Sequence[Stage], year: int) -> Sequence[CutOff]:
    where = shipped().get(jurisdiction)
    if where is None:
        return ()
    reached = ((one, _stage_behind(path, one.after)) for one in where.cut_offs)
    return [
        _dated(f"{jurisdiction}-{year}-{one.id}", one, stage, year, where)
        for one, stage in reached
        if stage is not None
    ]


def _dated(id_: str, one: ShippedCutOff, stage: Stage, year: int, where: Jurisdiction) -> CutOff:
    known = max((known for known in one.days if known <= year), default=min(one.days))
    return CutOff(
        id=id_,
        title=one.title,
        day=date(year, *one.days[known]),
        stage=stage.id,
        money_returns=date(year, *where.money_returns),
        source=one.source if known == year else f"assumed, as in {known}: {one.source}",
        is_assumed=known != year,
    )


def _stage_behind(path: Sequence[Stage], event: LedgerEventKind) -> Stage | None:
    """The stage that a bill reaches by `event`; None where the path has none, so that nothing can be asked."""
    ending = next((place for place, stage in enumerate(path) if stage.ends_with is event), len(path))
    return path[ending + 1] if ending + 1 < len(path) else None
