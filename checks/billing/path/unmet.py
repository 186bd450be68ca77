"""Cut-offs that a bill has not met yet, and by which it is judged. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from checks.billing.path.pace import Pace
from checks.ledger.rules import BillingRules, CutOff
from checks.workdays import WorkCalendar

_JUNE: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    cut_off: CutOff
    asked: int
    """Index of the stage that must be reached by then."""
    last: date
    """The last working day that counts: the cut-off's own, or the one before it."""
    returns: date
    """The working day from which on there is money again."""
    pace: Pace
    """From each stage to the one asked for."""
    received_until: date
    """Bills received later ask for other money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outset:
    """From where a bill goes on."""

    index: int
    """Of its stage."""
    stayed_wd: int
    """Working days there so far."""
    begins: date
    """The day from which the rest is counted."""


def unmet(  # noqa: PLR0917  # what it is judged by
    index: int,
    received: date,
    today: date,
    rules: BillingRules,
    pace: Pace,
    calendar: WorkCalendar,
    all_: Iterable[CutOff],
) -> Iterator[Unmet]:
    """Of `all_`, those that ask for a stage beyond `index` and whose money has not returned by `today`."""
    places = {stage.id: place for place, stage in enumerate(rules.path)}
    for one in all_:
        asked, received_until = places.get(one.stage, 0), _year_end(one.day)
        if index < asked and today < one.money_returns and received <= received_until:
            yield Unmet(
                cut_off=one,
                asked=asked,
                last=calendar.on_or_before(one.day),
                returns=calendar.on_or_after(one.money_returns),
                pace=pace.until(asked),
                received_until=received_until,
            )


def day_after(calendar: WorkCalendar, begins: date, wd: int) -> date:
    """The working day on which something is over that takes so many of them from `begins` on."""
    return calendar.shift(begins, wd) if wd else calendar.on_or_after(begins)


def _year_end(day: date) -> date:
    """Bills received after a cut-off of June still ask for money of the old fiscal year, which ends with June."""
    return date(day.year, _JUNE + 1, 1) - timedelta(days=1) if day.month == _JUNE else day
