"""One open bill on its way, with all that is worked out of it once for every question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from checks.billing.path.cut_offs import cut_offs_around
from checks.billing.path.forecast import Forecast, chance_from, forecast_from, outset_of, stands_still
from checks.billing.path.learnt_pace import paces
from checks.billing.path.pace import Pace, PaceOf
from checks.billing.path.position import Position, position_of, stays
from checks.billing.path.schedule import Course, Schedule, schedule_from
from checks.billing.path.unmet import Outset, Unmet, unmet
from checks.billing.payee.grounds import obstacles
from checks.billing.risk.blast import Blast, blast_of, services_under
from checks.billing.risk.window import Window, window_under
from checks.estate import Estate
from checks.ledger.rules import BillingRules, Contract
from checks.ledger.state import BillOnRecord
from checks.plugin import Calendars, CheckContext
from checks.workdays import WorkCalendar

_AtStake: TypeAlias = tuple[str | None, str, str | None]
_OfWindow: TypeAlias = tuple[str | None, date, date | None, date | None]
_OfForecast: TypeAlias = tuple[int, int, date, tuple[str, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    bill: BillOnRecord
    calendar: WorkCalendar
    """Of the office that pays it."""
    today: date
    """There."""
    at: Position
    window: Window
    """When the vendor may cut off: schedules are counted from its first day."""
    schedule: Schedule
    forecast: Forecast
    pace: Pace
    blast: Blast
    """What goes dark if it is not paid."""
    outset: Outset
    unmet: tuple[Unmet, ...]
    """Cut-offs that it has before it."""
    obstacle: str = ""
    """Why its vendor cannot be paid at all; "" where nothing is known."""

    @property
    def stopped(self) -> str:
        """Why it does not move now, by itself or by its vendor; "" where it moves."""
        obstacle = f"its vendor cannot be paid: {self.obstacle}" if self.obstacle else ""
        return "; ".join(part for part in (self.forecast.stands_still, obstacle) if part)

    def chance_by(self, day: date) -> float:
        """The chance that the money has arrived by the end of `day`, once it moves."""
        return chance_from(self.outset, self.unmet, self.calendar, day, self.pace)

    @property
    def is_stuck(self) -> bool:
        """It stands still, and nobody has said until when."""
        return bool(self.bill.blocks or self.bill.disputed or self.obstacle)

    @property
    def number(self) -> str:
        """As first spelled: it names subjects, which must outlive a correction."""
        return first_number(self.bill)

    @property
    def stayed_wd(self) -> int:
        """Working days at its stage so far."""
        return max(self.calendar.between(self.calendar.local_date(self.at.entered_at), self.today), 0)


def first_number(bill: BillOnRecord) -> str:
    return bill.changes[0].was.number if bill.changes else bill.number


@dataclass(slots=True)
class Ways:
    """Works ways out one by one, by what one look is handed; what bills have in common it works out once."""

    estate: Estate
    calendars: Calendars
    now: datetime
    pace: PaceOf
    obstacles: Mapping[str, str] = field(default_factory=dict)
    """As Way.obstacle, by vendor."""
    _offices: dict[str | None, "_Office"] = field(default_factory=dict)
    _at_stake: dict[_AtStake, tuple[Contract | None, Blast]] = field(default_factory=dict)

    def of(self, bill: BillOnRecord) -> Way:
        rules, office = self.estate.billing, self._office(bill)
        contract, blast = self._in_common(bill)
        stays_ = stays(bill, rules)
        at, window = position_of(bill, stays_, rules), office.window(contract, bill)
        received = office.calendar.local_date(bill.received_at)
        outset = outset_of(bill, at, office.calendar, office.today)
        unmet_ = office.unmet(at.index, received)
        course = Course(stays_[0].index, at.index, received, office.calendar.local_date(at.entered_at))
        return Way(
            bill=bill,
            calendar=office.calendar,
            today=office.today,
            at=at,
            window=window,
            schedule=office.schedule(course, window.earliest),
            forecast=office.forecast(outset, unmet_, stands_still(bill, office.today)),
            pace=office.pace,
            blast=blast,
            outset=outset,
            unmet=unmet_,
            obstacle=self.obstacles.get(bill.vendor, ""),
        )

    def _office(self, bill: BillOnRecord) -> "_Office":
        named = bill.terms.office if bill.terms.office in self.estate.offices else None
        if named not in self._offices:
            calendar = self.calendars.of(named)
            today = calendar.local_date(self.now)
            self._offices[named] = _Office(self.estate.billing, calendar, today, self.pace(named))
        return self._offices[named]

    def _in_common(self, bill: BillOnRecord) -> tuple[Contract | None, Blast]:
        key = bill.terms.contract, bill.vendor, bill.terms.service
        if key not in self._at_stake:
            contract = self.estate.billing.contract_of(*key)
            self._at_stake[key] = contract, blast_of(services_under(contract, bill, self.estate), self.estate)
        return self._at_stake[key]


@dataclass(slots=True)
class _Office:
    """What the bills of one office share on one day."""

    rules: BillingRules
    calendar: WorkCalendar
    today: date
    pace: Pace
    _cut_offs: dict[int, tuple[Unmet, ...]] = field(default_factory=dict)
    _windows: dict[_OfWindow, Window] = field(default_factory=dict)
    _schedules: dict[tuple[Course, date], Schedule] = field(default_factory=dict)
    _forecasts: dict[_OfForecast, Forecast] = field(default_factory=dict)

    def window(self, contract: Contract | None, bill: BillOnRecord) -> Window:
        key = None if contract is None else contract.id, bill.terms.due, bill.suspends, bill.grace_until
        if key not in self._windows:
            self._windows[key] = window_under(contract, bill, self.rules, self.calendar)
        return self._windows[key]

    def schedule(self, course: Course, cuts_off: date) -> Schedule:
        key = course, cuts_off
        if key not in self._schedules:
            self._schedules[key] = schedule_from(course, self.rules, self.calendar, cuts_off, self.pace)
        return self._schedules[key]

    def forecast(self, outset: Outset, unmet_: tuple[Unmet, ...], still: str) -> Forecast:
        key = outset.index, outset.stayed_wd, outset.begins, tuple(one.cut_off.id for one in unmet_), still
        if key not in self._forecasts:
            self._forecasts[key] = forecast_from(outset, unmet_, self.calendar, self.pace, still)
        return self._forecasts[key]

    def unmet(self, index: int, received: date) -> tuple[Unmet, ...]:
        """Cut-offs that a bill at this stage, received then, has before it."""
        if index not in self._cut_offs:
            every = cut_offs_around(self.rules, self.today)
            found = unmet(index, date.min, self.today, self.rules, self.pace, self.calendar, every)
            self._cut_offs[index] = tuple(found)
        return tuple(one for one in self._cut_offs[index] if received <= one.received_until)


async def ways_in(ctx: CheckContext) -> Ways:
    """By what one run is handed, with times learnt from the ledger as far as there are."""
    return Ways(ctx.estate, ctx.calendars, ctx.now, await paces(ctx), await obstacles(ctx))
