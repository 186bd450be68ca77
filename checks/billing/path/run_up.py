"""From where a bill is to the stage that a cut-off asks for: by when it must start, and whether it will miss. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from checks.billing.path.pace import QUANTILES, SAFE_PERCENT
from checks.billing.path.unmet import Unmet, day_after, unmet
from checks.billing.path.way import Way
from checks.ledger.rules import BillingRules, CutOff

_EVEN = 50
_AT_EVEN = QUANTILES.index(_EVEN)
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
    """From this day on a bill that is still there more likely misses than not, by what is left of its stay as well."""

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
    received = way.calendar.local_date(way.bill.received_at)
    found = unmet(way.at.index, received, way.today, rules, way.pace, way.calendar, cut_offs)
    first = min(found, key=lambda one: one.cut_off.day, default=None)
    return None if first is None else _run_up(way, first)


def _run_up(way: Way, one: Unmet) -> RunUp:
    safe, last_call = (
        way.calendar.shift(one.last, -one.pace.after_wd(way.at.index, wd)) for wd in (SAFE_PERCENT, _EVEN)
    )
    # What nobody can move, nobody knows until when, must move by the safe start; before that there is time to mend it.
    last_call = safe if way.is_stuck else min(last_call, _last_hope(way, one))
    return RunUp(cut_off=one.cut_off, last=one.last, safe=min(safe, last_call), last_call=last_call)


def _last_hope(way: Way, one: Unmet) -> date:
    """The first day on which a bill that is still where it is, however long it is held, more likely misses than not;
    for one that is hopeless from the beginning the day on which it came there. Moved by events, never by time alone.
    """
    entered = way.calendar.local_date(way.at.entered_at)
    held = way.bill.held_until or entered

    def misses(stayed_wd: int) -> bool:
        begins = max(way.calendar.shift(entered, stayed_wd), held) if stayed_wd else max(entered, held)
        left_wd = one.pace.left_wd(way.at.index, stayed_wd)[_AT_EVEN]
        return day_after(way.calendar, begins, left_wd) > one.last

    stays = range(max(way.calendar.between(entered, one.last), 0) + 1)
    stayed_wd = bisect_left(stays, True, key=misses)  # noqa: FBT003  # what it looks for
    return way.calendar.shift(entered, stayed_wd) if stayed_wd else entered
