"""What is missing in the calendar by which an office counts its working days. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from checks.estate import Holiday

#: So far ahead holidays must be known: bills of today are counted into that time.
AHEAD: Final = timedelta(days=60)
#: From so long before it on somebody is asked whether a day of the moon has been notified.
NEAR: Final = timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoonDays:
    """Days in a row that are only estimated."""

    name: str
    first: date
    last: date


def known_until(holidays: Sequence[Holiday], today: date) -> date | None:
    """The last holiday that is known, where that is too near; None where enough is known.

    An office that lists no holiday at all has none, or wants none: nobody is asked about it.
    """
    last = max((holiday.date for holiday in holidays), default=None)
    return last if last is not None and last < today + AHEAD else None


def unconfirmed(holidays: Sequence[Holiday], today: date) -> Iterator[MoonDays]:
    """Those of the coming NEAR, in order."""
    for run in _runs(sorted((one for one in holidays if one.estimated), key=lambda one: one.date)):
        if today <= run.first <= today + NEAR:
            yield run


def _runs(estimated: Sequence[Holiday]) -> Iterator[MoonDays]:
    run: MoonDays | None = None
    for holiday in estimated:
        if run is not None and holiday.date - run.last <= timedelta(days=1):
            run = MoonDays(name=run.name, first=run.first, last=holiday.date)
            continue
        if run is not None:
            yield run
        run = MoonDays(name=holiday.name, first=holiday.date, last=holiday.date)
    if run is not None:
        yield run
