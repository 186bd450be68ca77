"""Backward from the day a vendor cuts off: by when each stage must be over, and which one is late. Pure."""

from dataclasses import dataclass
from datetime import date

from checks.billing.path.pace import SAFE_PERCENT, Pace, usual_pace
from checks.billing.path.position import position
from checks.ledger.rules import BillingRules, Stage
from checks.ledger.state import BillOnRecord
from checks.workdays import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class ActBy:
    stage: Stage
    index: int
    day: date
    """The last working day on which the stage may end: from there, SAFE_PERCENT of a hundred bills are through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Of the stages that a bill has before it, its present one first."""

    last: date
    """The last working day on which the vendor can say that it has its money, before it cuts off."""
    acts: tuple[ActBy, ...]

    @property
    def present(self) -> ActBy:
        return self.acts[0]

    def runway_wd(self, today: date, calendar: WorkCalendar) -> int:
        """Working days left until the bill must have moved on; negative once it is late."""
        return calendar.between(today, self.present.day)

    def late_stage(self, today: date) -> ActBy | None:
        """The stage it is held up at: its act-by day has passed. None while it is in time."""
        return self.present if today > self.present.day else None


def schedule(
    bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar, cuts_off: date, pace: Pace | None = None
) -> Schedule:
    """Act-by days in working days back from the last one before `cuts_off`.

    A stage must be over so early that nine of ten bills make the rest of the way in time (SAFE_PERCENT), objections
    included. Adding up the ninetieth percentiles of all stages would ask for far more: no bill is late everywhere.
    """
    pace = usual_pace(rules) if pace is None else pace
    last = calendar.shift(cuts_off, -1)
    first = position(bill, rules).index
    acts = (
        ActBy(stage=rules.path[index], index=index, day=calendar.shift(last, -pace.after_wd(index, SAFE_PERCENT)))
        for index in range(first, len(rules.path))
    )
    return Schedule(last=last, acts=tuple(acts))
