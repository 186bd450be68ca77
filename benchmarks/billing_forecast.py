"""How long forecasts and schedules of 10,000 open bills take. Run: python -m benchmarks.billing_forecast."""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from checks.billing.path.forecast import forecast
from checks.billing.path.pace import Pace, pace_of
from checks.billing.path.schedule import schedule
from checks.billing.path.times import written_times
from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, Details, Draft, LedgerEventKind, Terms
from checks.ledger.fold import folded
from checks.ledger.rules import DEFAULT_PATH, BillingRules
from checks.ledger.state import BillOnRecord
from checks.units import parse_money
from checks.workdays import WorkCalendar

BILLS = 10_000
BAR_S = 2.0
TODAY = date(2026, 11, 20)
RULES = BillingRules()


def bill(number: int, chance: Random) -> BillOnRecord:
    """Received within half a year, at some stage."""
    received_on = TODAY - timedelta(days=chance.randrange(1, 180))
    at = datetime(received_on.year, received_on.month, received_on.day, 6, tzinfo=UTC)
    due = received_on + timedelta(days=30)
    terms = Terms(number=str(number), amount=parse_money("134000.00 PKR"), due=due, suspends=due + timedelta(days=60))
    drafts = [_draft(number, LedgerEventKind.RECEIVED, at, Details(terms=terms))]
    for stage in DEFAULT_PATH[1 : chance.randrange(1, 9)]:
        at += timedelta(days=chance.randrange(5))
        if stage.ends_with is not None:
            drafts.append(_draft(number, stage.ends_with, at, Details()))
    found = folded([linked(draft, draft.happened_at, GENESIS) for draft in drafts])
    assert found is not None
    return found


def _draft(number: int, kind: LedgerEventKind, at: datetime, details: Details) -> Draft:
    return Draft(about=f"acme/{number}", kind=kind, happened_at=at, author="finance", details=details)


def _forecasts(bills: Sequence[BillOnRecord], calendar: WorkCalendar, pace: Pace) -> None:
    for one in bills:
        forecast(one, RULES, calendar, TODAY, pace)


def _schedules(bills: Sequence[BillOnRecord], calendar: WorkCalendar, pace: Pace) -> None:
    for one in bills:
        schedule(one, RULES, calendar, one.suspends or TODAY, pace)


def timed(what: Callable[[], object]) -> float:
    """Seconds of this process on the processor: others may be busy."""
    began = time.process_time()
    what()
    return time.process_time() - began


def main() -> int:
    chance = Random(1)  # noqa: S311  # the same bills every time
    estate = Estate(name="Benchmark", time_zone=ZoneInfo("Asia/Karachi"), billing=RULES)
    calendar = OfficeCalendars(estate).of(None)
    pace_of.cache_clear()
    cold_s = timed(lambda: pace_of(RULES.path, written_times(RULES.path)))
    pace = pace_of(RULES.path, written_times(RULES.path))
    took_s = 0.0
    for count in (BILLS // 10, BILLS):
        bills = [bill(number, chance) for number in range(count)]
        ahead_s = timed(partial(_forecasts, bills, calendar, pace))
        back_s = timed(partial(_schedules, bills, calendar, pace))
        took_s = ahead_s
        print(
            f"{count:,} open bills: forecasts {ahead_s:.2f} s ({ahead_s / count * 1e6:.0f} us each), "
            f"schedules {back_s:.2f} s ({back_s / count * 1e6:.0f} us each)"
        )
    print(f"once per path: {cold_s * 1e3:.0f} ms; the bar for {BILLS:,} forecasts is {BAR_S:.0f} s")
    return 0 if took_s <= BAR_S else 1


if __name__ == "__main__":
    sys.exit(main())
