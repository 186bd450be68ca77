"""One open bill on its way, with all that is worked out of it once for every question."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from checks.billing.path.forecast import Forecast, forecast
from checks.billing.path.learnt_pace import paces
from checks.billing.path.pace import Pace
from checks.billing.path.position import Position, position
from checks.billing.path.schedule import Schedule, schedule
from checks.billing.payee.grounds import obstacles
from checks.billing.risk.stake import calendar_of
from checks.billing.risk.window import Window, suspension_window
from checks.estate import Estate
from checks.ledger.state import BillOnRecord
from checks.plugin import Calendars, CheckContext
from checks.workdays import WorkCalendar


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
    obstacle: str = ""
    """Why its vendor cannot be paid at all; "" where nothing is known."""

    @property
    def stopped(self) -> str:
        """Why it does not move now, by itself or by its vendor; "" where it moves."""
        obstacle = f"its vendor cannot be paid: {self.obstacle}" if self.obstacle else ""
        return "; ".join(part for part in (self.forecast.stands_still, obstacle) if part)

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


async def ways_in(ctx: CheckContext) -> Callable[[BillOnRecord], Way]:
    """What works a way out, by what one run is handed, with times learnt from the ledger as far as there are."""
    pace, why = await paces(ctx), await obstacles(ctx)
    return lambda bill: way_of(
        bill, ctx.estate, ctx.calendars, ctx.now, pace(bill.terms.office), why.get(bill.vendor, "")
    )


def way_of(  # noqa: PLR0917  # what a run is handed
    bill: BillOnRecord, estate: Estate, calendars: Calendars, now: datetime, pace: Pace, obstacle: str = ""
) -> Way:
    """For whoever looks at `bill` without being a check; `obstacle` as in Way."""
    rules, calendar = estate.billing, calendar_of(bill, estate, calendars)
    today = calendar.local_date(now)
    window = suspension_window(bill, rules, calendar)
    return Way(
        bill=bill,
        calendar=calendar,
        today=today,
        at=position(bill, rules),
        window=window,
        schedule=schedule(bill, rules, calendar, window.earliest, pace),
        forecast=forecast(bill, rules, calendar, today, pace),
        pace=pace,
        obstacle=obstacle,
    )
