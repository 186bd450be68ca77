"""What the bills of one office are judged against in one run. What many bills share is worked out once."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import TypeVar

from checks.billing.path.forecast import Forecast, forecast, stands_still
from checks.billing.path.pace import Pace
from checks.billing.path.position import Position, position_of, stays
from checks.billing.path.schedule import Schedule, schedule, with_too_late
from checks.billing.payee.verdict import Obstacle, PayeeVerdict
from checks.billing.risk.blast import Blast, blast_of, services_behind
from checks.billing.risk.window import Window, suspension_window
from checks.deadline import After, Ladder, resolve
from checks.estate import Estate, Service
from checks.ledger.state import BillOnRecord, Block
from checks.model import Deadline
from checks.workdays import WorkCalendar

T = TypeVar("T")

#: Percent.
HALF = 50


class DueDays:
    """Deadlines by the day a bill is due, as one office works and one run sees them: many bills share a day."""

    def __init__(self, calendar: WorkCalendar, ladder: Ladder, now: datetime) -> None:
        self.calendar = calendar
        self.now = now
        self.today = calendar.local_date(now)
        self.opening = calendar.start_of_day(self.today)
        self._ladder = ladder
        self._deadlines: dict[date, Deadline] = {}

    def deadline(self, due: date) -> Deadline:
        if due not in self._deadlines:
            at = self.calendar.end_of_day(due)
            rungs = resolve(self._ladder, at, calendar=self.calendar, after=After.EVERY_WORKING_DAY, now=self.now)
            self._deadlines[due] = Deadline(at=at, rungs=rungs)
        return self._deadlines[due]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How one bill stands on its way to the vendor, and by when it must move."""

    at: Position
    window: Window
    """When the vendor may cut off."""
    schedule: Schedule
    """Back from the first day of `window`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    due_days: DueDays
    estate: Estate
    service: Service | None
    """The check's own, for bills that name none and hang on nothing else."""
    pace: Pace
    """Of the office's bills, the same that all other kinds go by."""
    source: str
    """Where bills stand that are in the list: "the settings", "bills.csv"."""
    unread_since: datetime | None = None
    """Set while the list cannot be read and the bill is judged from memory: the last good reading."""
    payees: Mapping[str, PayeeVerdict] = field(default_factory=dict)
    """Whether those who are owed can be paid, by their ids."""
    _worked_out: dict[Hashable, object] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.due_days.now

    @property
    def today(self) -> date:
        return self.due_days.today

    @property
    def calendar(self) -> WorkCalendar:
        return self.due_days.calendar

    @property
    def zone(self) -> tzinfo:
        return self.estate.time_zone

    def is_followed(self, bill: BillOnRecord) -> bool:
        """Whether anybody says where on its path it is; else its stage means nothing."""
        return self.estate.billing.is_watched or len(bill.path) > 1

    def stand(self, bill: BillOnRecord) -> Stand:
        return self._once(("stand", bill.key), lambda: self._stand(bill))

    def usual_wd(self, at: Position) -> int:
        """Working days that half of all bills take at most from there to the vendor's word."""
        return self._once(("usual", at.index), lambda: self.pace.after_wd(at.index, HALF))

    def deadline(self, bill: BillOnRecord, act_by: date, followed: Schedule | None) -> Deadline:
        """By its days alone; `followed` is its schedule where somebody says how far it is."""
        due, cuts_off = bill.terms.due, bill.suspends
        since = None if followed is None else followed.too_late_since
        key = "deadline", due, act_by, cuts_off, since
        return self._once(key, lambda: self._deadline(due, act_by, cuts_off, followed))

    def _deadline(self, due: date, act_by: date, cuts_off: date | None, followed: Schedule | None) -> Deadline:
        of_day = self.due_days.deadline(due)
        cuts_off_at = None if cuts_off is None else self.end_of_day(cuts_off)
        rungs = of_day.rungs if followed is None else with_too_late(of_day.rungs, followed, self.calendar)
        return replace(of_day, act_by=self.end_of_day(act_by), cuts_off_at=cuts_off_at, rungs=rungs)

    def end_of_day(self, day: date) -> datetime:
        return self._once(("end", day), lambda: self.calendar.end_of_day(day))

    def _stand(self, bill: BillOnRecord) -> Stand:
        rules, window = self.estate.billing, self._window(bill)
        stays_ = stays(bill, rules)
        at = position_of(bill, stays_, rules)
        days = self.calendar.local_date(bill.received_at), self.calendar.local_date(at.entered_at)
        key = "schedule", at.index, window.earliest, stays_[0].index, *days
        scheduled = self._once(key, lambda: schedule(bill, rules, self.calendar, window.earliest, self.pace))
        return Stand(at=at, window=window, schedule=scheduled)

    def _window(self, bill: BillOnRecord) -> Window:
        terms, rules = bill.terms, self.estate.billing
        of_bill = terms.contract, bill.vendor, terms.service
        contract = self._once(("contract", *of_bill), lambda: rules.contract_of(*of_bill))
        key = "window", terms.due, bill.suspends, bill.grace_until, None if contract is None else contract.id
        return self._once(key, lambda: suspension_window(bill, self.estate.billing, self.calendar))

    def unnamed_window(self, bill: BillOnRecord) -> Window:
        """As it would be had the vendor named no day."""
        terms = replace(bill.terms, suspends=None)
        return self._window(replace(bill, terms=terms, announced=None, grace_until=None))

    def forecast(self, bill: BillOnRecord, at: Position) -> Forecast:
        days = self.calendar.local_date(bill.received_at), self.calendar.local_date(at.entered_at), bill.held_until
        key = "forecast", at.index, *days, stands_still(bill, self.today)
        return self._once(key, lambda: forecast(bill, self.estate.billing, self.calendar, self.today, self.pace))

    def blast(self, bill: BillOnRecord) -> Blast:
        key = "blast", bill.vendor, bill.terms.contract, bill.terms.service
        return self._once(key, lambda: self._blast(bill))

    def blocks(self, bill: BillOnRecord) -> tuple[Block | Obstacle, ...]:
        """What stands in the way of its payment, be it of the bill or of its payee."""
        payee = self.payees.get(bill.vendor)
        return bill.blocks if payee is None else (*bill.blocks, *payee.reasons)

    def _blast(self, bill: BillOnRecord) -> Blast:
        own = (self.service.id,) if self.service is not None and bill.terms.service is None else ()
        return blast_of(services_behind(bill, self.estate) or own, self.estate)

    def _once(self, key: Hashable, work: Callable[[], T]) -> T:
        if key not in self._worked_out:
            self._worked_out[key] = work()
        return self._worked_out[key]  # type: ignore[return-value]  # a key begins with what it is of
