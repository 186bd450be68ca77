"""From where a bill is to the stage that a cut-off asks for: by when it must start, and whether it will miss. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from checks.billing.path.pace import SAFE_PERCENT, pace_of
from checks.billing.path.way import Way
from checks.ledger.rules import BillingRules, CutOff

_EVEN = 50
_JUNE = 6
#: Told of from so many working days before its latest safe start on.
AHEAD_WD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUp:
    cut_off: CutOff
    last: date
    """The last working day that counts: the cut-off's own, or the one before it."""
    safe: date
    """The last working day on which its present stage may end for nine of ten bills to be far enough in time."""
    last_call: date
    """The same for half of all bills: from the day after, it will probably miss."""

    def is_missed(self, today: date) -> bool:
        return today > self.last

    def is_told(self, way: Way) -> bool:
        """From ten working days before the safe start until money returns."""
        return way.calendar.shift(self.safe, -AHEAD_WD) <= way.today < self.cut_off.money_returns


def next_run_up(way: Way, rules: BillingRules, cut_offs: Iterable[CutOff]) -> RunUp | None:
    """The first cut-off that `way` has not met, of those whose money has not returned; None where none is left.

    Cut-offs follow one another: accounts offices that take bills until a day see to it that those come through by the
    next one, so a bill is judged by that when it gets there.
    """
    found = (run_up for one in cut_offs if (run_up := _run_up(way, rules, one)) is not None)
    return min(found, key=lambda one: one.cut_off.day, default=None)


def _run_up(way: Way, rules: BillingRules, cut_off: CutOff) -> RunUp | None:
    asked = next((place for place, stage in enumerate(rules.path) if stage.id == cut_off.stage), 0)
    received = way.calendar.local_date(way.bill.received_at)
    if way.at.index >= asked or way.today >= cut_off.money_returns or received > _year_end(cut_off.day):
        return None
    pace = pace_of(rules.path[:asked], way.pace.times[:asked])
    last = way.calendar.on_or_before(cut_off.day)
    return RunUp(
        cut_off=cut_off,
        last=last,
        safe=way.calendar.shift(last, -pace.after_wd(way.at.index, SAFE_PERCENT)),
        last_call=way.calendar.shift(last, -pace.after_wd(way.at.index, _EVEN)),
    )


def _year_end(day: date) -> date:
    """Bills received after a cut-off of June still ask for money of the old fiscal year, which ends with June."""
    return date(day.year, _JUNE + 1, 1) - timedelta(days=1) if day.month == _JUNE else day
