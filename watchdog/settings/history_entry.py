"""How long history is kept, as written."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Final, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from checks.units import Duration
from watchdog.settings.fields import Entry
from watchdog.settings.values import Retention

#: A day is rolled up from its hours, and hours are packed from looks, a little after they have ended.
SHORTEST: Final = timedelta(days=2)
_LEVELS: Final = ("looks", "hours", "days")


def _long_enough(kept: timedelta) -> timedelta:
    if kept < SHORTEST:
        raise ValueError("must be at least 2d, since days are summed up from what is kept")
    return kept


_Kept: TypeAlias = Annotated[Duration, AfterValidator(_long_enough)]


class HistoryEntry(Entry):
    looks: _Kept = Field("90d", validate_default=True, description="every single look")
    hours: _Kept = Field("400d", validate_default=True, description="sums of an hour")
    days: _Kept = Field("3650d", validate_default=True, description="sums of a day")

    @model_validator(mode="after")
    def _coarser_is_longer(self) -> Self:
        for fine, coarse in pairwise(_LEVELS):
            if getattr(self, coarse) < getattr(self, fine):
                raise ValueError(f"{coarse} must be kept at least as long as {fine}")
        return self

    def retention(self) -> Retention:
        return Retention(looks=self.looks, hours=self.hours, days=self.days)
