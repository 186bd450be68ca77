"""Between which days a vendor will probably cut off."""

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.billing.risk.window import suspension_window
from checks.calendars import MONDAY_TO_FRIDAY
from checks.estate import Holiday, Office
from checks.ledger.rules import BillingRules, Contract
from checks.workdays import WorkCalendar
from tests.support.bills import KARACHI
from tests.support.risky import open_bill

RULES = BillingRules()
WEEK = WorkCalendar(MONDAY_TO_FRIDAY, KARACHI)


def with_holidays(*holidays: Holiday) -> WorkCalendar:
    return WorkCalendar(replace(MONDAY_TO_FRIDAY, holidays=holidays), KARACHI)


def test_the_blackout_of_2017_lies_in_its_window() -> None:
    window = suspension_window(open_bill(due=date(2017, 8, 23)), RULES, WEEK)
    assert (window.earliest, window.latest) == (date(2017, 9, 22), date(2017, 10, 23))
    assert window.text() == "disconnection likely between Fri 22 Sep and Mon 23 Oct 2017"
    assert window.why == "due Wed 23 Aug 2017, 30 days of grace, up to 30 days more"


def test_the_likeliest_day_is_half_of_the_tolerance_in() -> None:
    assert suspension_window(open_bill(), RULES, WEEK).likeliest == date(2017, 10, 9)


def test_a_day_that_the_vendor_named_stands_as_named() -> None:
    sunday = date(2017, 10, 15)
    window = suspension_window(open_bill(suspends=sunday), RULES, WEEK)
    assert (window.earliest, window.likeliest, window.latest) == (sunday, sunday, date(2017, 10, 16))
    assert window.why == "the vendor named Sun 15 Oct 2017"


def test_a_day_announced_later_replaces_the_one_on_the_bill() -> None:
    bill = replace(open_bill(suspends=date(2017, 10, 16)), announced=date(2017, 10, 19))
    assert suspension_window(bill, RULES, WEEK).text() == "disconnection likely on Thu 19 Oct 2017"


def test_grace_given_moves_the_named_day() -> None:
    bill = replace(open_bill(suspends=date(2017, 10, 16)), grace_until=date(2017, 11, 15))
    window = suspension_window(bill, RULES, WEEK)
    assert window.earliest == date(2017, 11, 15)
    assert window.why == "grace given until Wed 15 Nov 2017"


def test_grace_given_moves_the_whole_window_of_a_bill_without_a_named_day() -> None:
    bill = replace(open_bill(), grace_until=date(2017, 11, 15))
    window = suspension_window(bill, RULES, WEEK)
    assert (window.earliest, window.latest) == (date(2017, 11, 15), date(2017, 12, 15))
    assert window.why == "due Wed 23 Aug 2017, grace given until Wed 15 Nov 2017, up to 30 days more"


def test_grace_shorter_than_what_the_contract_gives_anyhow_changes_nothing() -> None:
    bill = replace(open_bill(), grace_until=date(2017, 8, 30))
    assert suspension_window(bill, RULES, WEEK) == suspension_window(open_bill(), RULES, WEEK)


def test_a_contract_has_grace_and_tolerance_of_its_own() -> None:
    contract = Contract(id="mail", vendor="acme", title="Mail", grace_days=15, tolerance_days=0)
    window = suspension_window(open_bill(), BillingRules(contracts=(contract,)), WEEK)
    assert (window.earliest, window.latest) == (date(2017, 9, 7), date(2017, 9, 7))
    assert window.why == "due Wed 23 Aug 2017, 15 days of grace by contract mail"


def test_an_estimated_holiday_widens_the_window_on_both_sides() -> None:
    first, last = date(2017, 9, 22), date(2017, 10, 23)
    moon = with_holidays(*(Holiday(date=day, name="Ashura", estimated=True) for day in (first, last)))
    window = suspension_window(open_bill(), RULES, moon)
    assert (window.earliest, window.latest) == (first, date(2017, 10, 25))


def test_a_sure_holiday_moves_the_first_day() -> None:
    off = with_holidays(Holiday(date=date(2017, 9, 22), name="Local holiday"))
    assert suspension_window(open_bill(), RULES, off).earliest == date(2017, 9, 25)


def test_the_end_of_the_calendar_of_the_world_is_no_error() -> None:
    window = suspension_window(open_bill(due=date.max), RULES, WEEK)
    assert window.latest == date.max


DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
WEEKS = st.sets(st.integers(1, 7), min_size=1).map(lambda days: dict.fromkeys(days, (time(9), time(17))))
HOLIDAYS = st.lists(st.tuples(DAYS, st.booleans()), max_size=20)


@given(
    due=DAYS,
    named=st.none() | DAYS,
    granted=st.none() | DAYS,
    grace=st.integers(0, 730),
    tolerance=st.integers(0, 730),
    week=WEEKS,
    holidays=HOLIDAYS,
)
def test_a_window_is_in_order_and_never_opens_before_the_vendor_may_cut_off(
    *,
    due: date,
    named: date | None,
    granted: date | None,
    grace: int,
    tolerance: int,
    week: dict[int, tuple[time, time]],
    holidays: list[tuple[date, bool]],
) -> None:
    office = Office(
        id="any", week=week, holidays=tuple(Holiday(date=day, name="off", estimated=guess) for day, guess in holidays)
    )
    bill = replace(open_bill(due=due, suspends=named), grace_until=granted)
    rules = BillingRules(grace_days=grace, tolerance_days=tolerance)
    window = suspension_window(bill, rules, WorkCalendar(office, KARACHI))
    first = named or due + timedelta(days=grace)
    assert window.earliest >= max(first, granted or first)
    assert window.earliest <= window.likeliest <= window.latest
    assert window.latest <= max(first, granted or first) + timedelta(days=tolerance + 40)
