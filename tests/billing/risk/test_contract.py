"""Days of contracts, and bills that should have come."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.billing import contract as kind
from checks.billing.risk.expected import Arrival, Expected, expected_bills
from checks.calendars import MONDAY_TO_FRIDAY
from checks.ledger.rules import Contract
from checks.model import Cause, Finding, Status
from checks.units import parse_money
from checks.workdays import WorkCalendar
from tests.support.bills import KARACHI, facts
from tests.support.owed import OwedCheck, acknowledged, received
from tests.support.risky import connected_estate

WEEK = WorkCalendar(MONDAY_TO_FRIDAY, KARACHI)
MONTHLY = Contract(
    id="mail",
    vendor="acme",
    title="Mail hosting",
    services=("official-email",),
    fee=parse_money("134000.00 PKR"),
    cycle_months=1,
    first_bill=date(2017, 1, 5),
)
LASTING = Contract(
    id="mail", vendor="acme", title="Mail hosting", ends=date(2018, 6, 30), notice_days=90, retender_days=180
)


def check(contract: Contract) -> OwedCheck:
    return OwedCheck(kind.KIND, estate=connected_estate(contract))


def deadline_of(one: OwedCheck, subject: str, today: date) -> date:
    deadline = one.look(today)[subject].deadline
    assert deadline is not None
    return WEEK.local_date(deadline.at)


# Days ---------------------------------------------------------------------------------------------------------------


def test_notice_tender_and_end_have_a_deadline_each() -> None:
    one = check(LASTING)
    today = date(2017, 10, 2)
    assert deadline_of(one, "mail notice", today) == date(2018, 3, 30)  # the 1st of April is a Sunday
    assert deadline_of(one, "mail tender", today) == date(2018, 1, 1)
    assert deadline_of(one, "mail end", today) == date(2018, 6, 29)


def test_half_a_year_ahead_the_first_reminder_comes() -> None:
    one = check(LASTING)
    assert one.look(date(2017, 7, 4))["mail tender"].status is Status.OK
    found = one.look(date(2017, 7, 6))["mail tender"]
    assert (found.status, found.cause) == (Status.WARNING, Cause.DUE)
    assert found.summary == "start of a new tender for the contract Mail hosting with Acme Mail (Pvt) Ltd"
    assert facts(found)["Matter"] == "begin the new tender"


@pytest.mark.parametrize("today", [date(2018, 1, 2), date(2018, 2, 2), date(2018, 6, 29), date(2019, 7, 1)])
@pytest.mark.parametrize("is_entered_late", [True, False])
def test_a_tender_that_was_missed_stays_overdue_whenever_the_contract_was_entered(
    today: date, *, is_entered_late: bool
) -> None:
    one = check(LASTING)
    if not is_entered_late:
        one.look(date(2017, 10, 2))
    found = one.look(today)["mail tender"]
    assert (found.status, found.cause) == (Status.CRITICAL, Cause.OVERDUE)


@pytest.mark.parametrize(
    ("matter", "done", "said"),
    [
        ("tender", {"tender_begun": date(2018, 1, 9)}, "mail tender began on Tue 9 Jan 2018"),
        ("notice", {"notice_given": date(2018, 3, 2)}, "mail notice was given on Fri 2 Mar 2018"),
        ("end", {"ends": date(2021, 6, 30)}, None),
    ],
)
def test_what_is_done_is_over(matter: str, done: dict[str, date], said: str | None) -> None:
    one = check(LASTING)
    assert one.look(date(2018, 7, 2))[f"mail {matter}"].cause is Cause.OVERDUE
    one.estate = connected_estate(replace(LASTING, **done))  # type: ignore[arg-type]  # only days
    found = one.look(date(2018, 7, 3))[f"mail {matter}"]
    assert found.status is Status.OK
    assert said in {None, found.summary}


REHEARSED = replace(MONTHLY, exit_rehearsal_months=12, starts=date(2015, 1, 31), exit_rehearsed=date(2016, 7, 30))


def test_leaving_is_rehearsed_again_so_many_months_after_the_last_time() -> None:
    one = check(REHEARSED)
    assert deadline_of(one, "mail exit rehearsal", date(2017, 1, 2)) == date(2017, 7, 28)  # the 30th is a Sunday
    found = one.look(date(2017, 6, 30))["mail exit rehearsal"]
    assert (found.status, found.cause) == (Status.WARNING, Cause.DUE)
    assert facts(found)["Rehearsed last"] == "Sat 30 Jul 2016"
    assert found.summary == "exit rehearsal of the contract Mail hosting with Acme Mail (Pvt) Ltd"


def test_one_that_was_never_rehearsed_counts_from_its_first_day_on_and_is_never_critical() -> None:
    one = check(replace(REHEARSED, exit_rehearsed=None, exit_rehearsal_months=13))
    assert deadline_of(one, "mail exit rehearsal", date(2015, 3, 2)) == date(2016, 2, 29)
    found = one.look(date(2019, 3, 1))["mail exit rehearsal"]
    assert (found.status, found.cause) == (Status.WARNING, Cause.OVERDUE)
    assert facts(found)["Rehearsed last"] == "never"


def test_a_rehearsal_that_was_done_is_asked_for_again_a_cycle_later() -> None:
    one = check(REHEARSED)
    assert one.look(date(2017, 8, 7))["mail exit rehearsal"].cause is Cause.OVERDUE
    one.estate = connected_estate(replace(REHEARSED, exit_rehearsed=date(2017, 8, 7)))
    assert one.look(date(2017, 8, 8))["mail exit rehearsal"].status is Status.OK
    assert deadline_of(one, "mail exit rehearsal", date(2017, 8, 9)) == date(2018, 8, 7)


def test_no_rehearsal_is_asked_for_beyond_the_end_of_a_contract_nor_without_being_asked() -> None:
    today = date(2017, 6, 30)
    assert "mail exit rehearsal" not in check(replace(REHEARSED, ends=date(2017, 7, 29))).look(today)
    assert "mail exit rehearsal" not in check(replace(REHEARSED, exit_rehearsal_months=None)).look(today)


def test_a_contract_that_left_the_settings_is_told_no_more() -> None:
    one = check(LASTING)
    one.look(date(2018, 7, 2))
    one.estate = connected_estate()
    assert {(found.status, found.deadline) for found in one.look(date(2018, 7, 3)).values()} == {(Status.OK, None)}


def test_a_contract_without_an_end_has_no_days() -> None:
    assert list(check(MONTHLY).look(date(2017, 1, 1))) == ["contracts"]


def test_how_much_hangs_on_a_vendor_stands_with_the_count() -> None:
    said = facts(check(LASTING).look(date(2017, 10, 2))["contracts"])
    assert said["Hangs on acme"] == "3 of 3 services and 1,500 of 1,500 users (100%)"


# Bills that are expected ---------------------------------------------------------------------------------------------


def of_october(one: OwedCheck, today: date) -> Finding | None:
    return one.look(today).get("mail bill of Oct 2017")


def watched() -> OwedCheck:
    """Since the end of September; the bill of October is expected on Thursday the 5th."""
    one = check(MONTHLY)
    one.look(date(2017, 9, 25))
    return one


def test_an_expected_bill_is_missed_after_five_working_days() -> None:
    one = watched()
    assert of_october(one, date(2017, 10, 12)) is None
    found = of_october(one, date(2017, 10, 13))
    assert found is not None
    assert (found.status, found.cause, found.deadline) == (Status.WARNING, Cause.OVERDUE, None)
    assert "no bill of Oct 2017 from Acme Mail (Pvt) Ltd for Mail hosting" in found.summary


def test_a_bill_that_stays_away_becomes_critical() -> None:
    found = of_october(watched(), date(2017, 10, 27))
    assert found is not None
    assert found.status is Status.CRITICAL


def test_a_bill_that_came_is_not_missed_though_it_was_paid_at_once() -> None:
    one = watched()
    one.say(received(on=date(2017, 10, 4)), acknowledged("acme/inv-7", date(2017, 10, 4)))
    assert of_october(one, date(2017, 10, 20)) is None


def test_a_bill_that_comes_late_closes_its_incident() -> None:
    one = watched()
    one.look(date(2017, 10, 16))
    one.say(received(on=date(2017, 10, 17)))
    found = of_october(one, date(2017, 10, 17))
    assert found is not None
    assert found.status is Status.OK
    assert "mail bill of Oct 2017 came on Tue 17 Oct 2017, number INV-7" in found.summary


def test_nothing_is_missed_of_the_time_before_anybody_watched() -> None:
    one = check(MONTHLY)
    assert list(one.look(date(2017, 10, 31))) == ["contracts"]


def test_a_bill_of_another_vendor_is_not_the_one_expected() -> None:
    one = watched()
    one.say(received(vendor="zeta", on=date(2017, 10, 4)))
    assert of_october(one, date(2017, 10, 20)) is not None


def arrivals(*days: date) -> list[Arrival]:
    return [Arrival(number=str(place), on=day) for place, day in enumerate(days)]


def test_the_usual_day_is_learnt_from_six_bills_on() -> None:
    came = arrivals(*(date(2017, month, 15) for month in range(1, 7)))
    known = expected_bills(MONTHLY, came, WEEK, date(2017, 7, 5))
    assert known[-1].usual_day == date(2017, 7, 15)
    assert expected_bills(MONTHLY, came[:5], WEEK, date(2017, 6, 5))[-1].usual_day == date(2017, 6, 5)


def test_of_two_bills_in_one_cycle_the_first_fills_the_gap_before() -> None:
    came = arrivals(date(2017, 9, 5), date(2017, 11, 1), date(2017, 11, 6))
    known = expected_bills(MONTHLY, came, WEEK, date(2017, 11, 20))
    assert [(one.month, one.arrival is not None) for one in known[-2:]] == [("Oct 2017", True), ("Nov 2017", True)]


@pytest.mark.parametrize(
    ("first", "second"), [(date(2017, 1, 31), date(2017, 2, 28)), (date(2020, 1, 30), date(2020, 2, 29))]
)
def test_a_shorter_month_has_its_bill_on_its_last_day(first: date, second: date) -> None:
    contract = Contract(id="mail", vendor="acme", title="Mail", cycle_months=1, first_bill=first)
    assert [one.day for one in expected_bills(contract, (), WEEK, second)] == [first, second]


def test_after_the_contract_has_ended_no_bill_is_expected() -> None:
    contract = Contract(
        id="mail", vendor="acme", title="Mail", cycle_months=1, first_bill=date(2017, 1, 5), ends=date(2017, 3, 31)
    )
    assert [one.month for one in expected_bills(contract, (), WEEK, date(2017, 4, 20))] == ["Mar 2017"]


@given(
    months=st.integers(1, 12),
    first=st.dates(date(2015, 1, 1), date(2016, 12, 31)),
    lateness=st.lists(st.integers(-5, 20), max_size=40),
)
def test_bills_that_come_every_cycle_are_never_missed(months: int, first: date, lateness: list[int]) -> None:
    contract = Contract(id="mail", vendor="acme", title="Mail", cycle_months=months, first_bill=first)
    today = date(2018, 6, 1)
    slots = [one.day for year in (2015, 2016, 2017, 2018) for one in _through(contract, year)]
    came = arrivals(
        *(day + timedelta(days=lateness[place % len(lateness)] if lateness else 0) for place, day in enumerate(slots))
    )
    known = expected_bills(contract, [one for one in came if one.on <= today], WEEK, today)
    assert not [one for one in known if one.is_missed(today) and one.day + timedelta(days=20) < today]


def _through(contract: Contract, year: int) -> list[Expected]:
    """The bills expected in that year, found month by month, since what is long past is let go of."""
    days = [date(year, month, 28) for month in range(1, 13)] + [date(year, 12, 31)]
    found = {one.day: one for day in days for one in expected_bills(contract, (), WEEK, day) if one.day.year == year}
    return list(found.values())
