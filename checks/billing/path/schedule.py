"""Backward from the day a vendor cuts off: by when each stage must be over, and which one is late. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from checks.billing.path.pace import SAFE_PERCENT, Pace
from checks.billing.path.position import stays
from checks.ledger.rules import BillingRules, Stage
from checks.ledger.state import BillOnRecord
from checks.model import Rung, Status
from checks.workdays import WorkCalendar

TOO_LATE: Final = "too late"
"""Name of the rung that tells of a bill that will probably come too late whatever anybody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActBy:
    stage: Stage
    index: int
    day: date
    """The last working day on which the stage may end by a careful plan; a bill that is there longer is late."""
    last_call: date
    """The last working day on which it may end for money to come in time as likely as not; never before `day`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Of the stages that a bill has before it, its present one first."""

    last: date
    """The last working day on which the vendor can say that it has its money, before it cuts off."""
    acts: tuple[ActBy, ...]
    is_tight: bool
    """There is less time from receipt than nine of ten bills need."""
    too_late_since: date | None = None
    """When it came to its present stage with less time left than half of all bills need from there; None: with more."""

    @property
    def present(self) -> ActBy:
        return self.acts[0]

    def runway_wd(self, today: date, calendar: WorkCalendar) -> int:
        """Working days left until the bill must have moved on; negative once it is late."""
        return calendar.between(today, self.present.day)

    def late_stage(self, today: date) -> ActBy | None:
        """The stage it is held up at: its act-by day has passed. None while it is in time."""
        return self.present if today > self.present.day else None


def schedule(bill: BillOnRecord, rules: BillingRules, calendar: WorkCalendar, cuts_off: date, pace: Pace) -> Schedule:
    """Act-by days in working days back from the last one before `cuts_off`; pure of the present day.

    A stage must be over so early that nine of ten bills (SAFE_PERCENT) make the rest of the way in time, objections
    included. Adding up the ninetieth percentiles of all stages would ask for far more: no bill is late everywhere.
    Where receipt leaves less time than that, the margin of all stages shrinks alike, down to the usual pace, half of
    all bills; and where it leaves less than that, each stage gets its share of what there is.
    """
    stays_ = stays(bill, rules)
    received, came = calendar.local_date(bill.received_at), calendar.local_date(stays_[-1].entered_at)
    return schedule_from(Course(stays_[0].index, stays_[-1].index, received, came), rules, calendar, cuts_off, pace)


class Course(NamedTuple):
    """What a schedule goes by of a bill: stages by their index, and days of the paying office."""

    first: int
    present: int
    received: date
    came: date
    """To its present stage."""


def schedule_from(course: Course, rules: BillingRules, calendar: WorkCalendar, cuts_off: date, pace: Pace) -> Schedule:
    """Of all bills on this course."""
    last = calendar.shift(cuts_off, -1)
    there_wd = max(calendar.between(course.received, last), 0)
    room = _Room(pace, course.first, there_wd)
    acts = tuple(
        _act_by(room, last, calendar, rules.path[index], index) for index in range(course.present, len(rules.path))
    )
    came = course.came
    is_too_late = calendar.between(came, last) < pace.whole_wd(course.present, _EVEN)
    return Schedule(
        last=last, acts=acts, is_tight=there_wd < room.safe_wd, too_late_since=came if is_too_late else None
    )


def with_too_late(rungs: Iterable[Rung], schedule_: Schedule, calendar: WorkCalendar) -> tuple[Rung, ...]:
    """`rungs`, and one for the day from which usual times are too long: from then on all of them are critical."""
    since = schedule_.too_late_since
    if since is None:
        return tuple(rungs)
    begins = calendar.start_of_day(since)
    own = Rung(name=TOO_LATE, at=begins, status=Status.CRITICAL)
    graver = (_critical(rung) if rung.at >= begins else rung for rung in rungs)
    return tuple(sorted((own, *(rung for rung in graver if rung.at != begins)), key=lambda rung: rung.at))


def _critical(rung: Rung) -> Rung:
    return rung if rung.status is Status.CRITICAL else replace(rung, status=Status.CRITICAL)


def _act_by(room: "_Room", last: date, calendar: WorkCalendar, stage: Stage, index: int) -> ActBy:
    after_wd = room.after_wd(index)
    last_call_wd = min(after_wd, room.pace.after_wd(index, _EVEN))
    return ActBy(
        stage=stage, index=index, day=calendar.shift(last, -after_wd), last_call=calendar.shift(last, -last_call_wd)
    )


_EVEN = 50


class _Room:
    """How much time the stages behind one another may take of the working days that there are."""

    def __init__(self, pace: Pace, first: int, there_wd: int) -> None:
        self.pace = pace
        self._there_wd = there_wd
        self._usual_wd = pace.whole_wd(first, _EVEN)
        self.safe_wd = pace.whole_wd(first, SAFE_PERCENT)

    def after_wd(self, index: int) -> int:
        """Working days that are set aside for all that comes after stage `index`."""
        usual, safe = self.pace.after_wd(index, _EVEN), self.pace.after_wd(index, SAFE_PERCENT)
        if self._there_wd >= self.safe_wd:
            return safe
        if self._there_wd >= self._usual_wd:
            margin, most = self._there_wd - self._usual_wd, self.safe_wd - self._usual_wd
            return usual + (safe - usual) * margin // most
        return usual * self._there_wd // self._usual_wd
