"""Whether the ledger and the calendar are kept up: what is asked, when, and what is let be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.billing import bookkeeping as kind
from checks.billing.calendar_upkeep import known_until, unconfirmed
from checks.billing.silence import USUAL_DAYS, longest_silence
from checks.estate import Holiday
from checks.ledger.event import Draft
from checks.ledger.rules import BillingRules, Contract
from checks.model import Cause, Finding, Status
from checks.wording import day_of
from tests.support.bills import facts
from tests.support.owed import OwedCheck, acknowledged, blocked, received
from tests.support.risky import connected_estate

CAME = date(2017, 7, 24)


def check(*contracts: Contract, silent_after_days: int | None = None) -> OwedCheck:
    estate = connected_estate(*contracts)
    rules = replace(estate.billing, silent_after_days=silent_after_days)
    return OwedCheck(kind.KIND, estate=replace(estate, billing=rules))


def entries(one: OwedCheck, days_later: int) -> Finding:
    return one.look(CAME + timedelta(days=days_later))["entries"]


# Entries ------------------------------------------------------------------------------------------------------------


def test_a_ledger_into_which_nobody_has_written_for_sixty_days_is_asked_about() -> None:
    one = check()
    one.say(received(on=CAME))
    assert entries(one, 60).status is Status.OK
    found = entries(one, 61)
    assert (found.status, found.cause) == (Status.WARNING, Cause.OVERDUE)
    assert found.summary == (
        "no bill and no event was entered since Mon 24 Jul 2017: 61 days, so nobody here can say what is owed"
    )


def test_any_event_of_a_bill_or_a_vendor_is_an_entry() -> None:
    one = check()
    one.say(received(on=CAME))
    one.say(blocked("acme", CAME + timedelta(days=50)))
    assert entries(one, 110).status is Status.OK
    assert entries(one, 111).status is Status.WARNING


def test_bills_that_are_paid_count_as_entries_too() -> None:
    one = check()
    one.say(received(on=CAME), acknowledged("acme/inv-7", CAME + timedelta(days=40)))
    assert entries(one, 100).status is Status.OK
    assert entries(one, 101).status is Status.WARNING


def test_a_ledger_that_was_never_written_is_asked_about_after_as_long() -> None:
    one = check()
    assert entries(one, 0).status is Status.OK
    assert entries(one, 60).status is Status.OK
    found = entries(one, 61)
    assert found.status is Status.WARNING
    assert "entered ever, and Nigehban has waited since Mon 24 Jul 2017" in found.summary


def test_the_settings_say_otherwise() -> None:
    one = check(silent_after_days=10)
    one.say(received(on=CAME))
    assert [entries(one, days).status for days in (10, 11)] == [Status.OK, Status.WARNING]
    assert facts(entries(one, 11))["Asked after"] == "10 days: as the settings say"


def test_an_entry_ends_it() -> None:
    one = check()
    one.say(received(on=CAME))
    assert entries(one, 70).status is Status.WARNING
    one.say(received("INV-8", on=CAME + timedelta(days=70)))
    assert entries(one, 71).status is Status.OK


def of_cycle(months: int | None, first_bill: date | None = date(2017, 1, 5)) -> Contract:
    return Contract(id="mail", vendor="acme", title="Mail", cycle_months=months, first_bill=first_bill)


@pytest.mark.parametrize(
    ("cycles", "days"),
    [((), 60), ((None,), 60), ((1,), 61), ((6,), 216), ((6, 3), 123), ((12, None), 402)],
)
def test_who_has_two_bills_a_year_by_contract_is_not_asked_in_between(cycles: Sequence[int | None], days: int) -> None:
    rules = BillingRules(contracts=tuple(of_cycle(months) for months in cycles))
    assert longest_silence(rules, (), CAME)[0] == days


def test_a_contract_whose_bills_have_not_begun_or_are_over_says_nothing() -> None:
    begins, over = of_cycle(6, date(2018, 1, 5)), replace(of_cycle(6), ends=date(2017, 6, 30))
    assert longest_silence(BillingRules(contracts=(begins, over)), (), CAME)[0] == USUAL_DAYS


def test_who_has_two_bills_a_year_without_a_contract_is_asked_less_once_that_shows() -> None:
    came = [date(2015, 1, 10), date(2015, 7, 12), date(2016, 1, 9), date(2016, 7, 11), date(2017, 1, 10)]
    days, why = longest_silence(BillingRules(), came, CAME)
    assert days == 274  # half as long again
    assert why == "more than once so far no bill came for 183 days"
    assert longest_silence(BillingRules(), came[:3], CAME)[0] == USUAL_DAYS


def test_bills_of_several_vendors_that_come_close_together_make_nobody_ask_between_them() -> None:
    came = [date(year, month, day) for year in (2014, 2015, 2016) for month in (1, 4, 7, 10) for day in (5, 8, 12)]
    assert longest_silence(BillingRules(), came, CAME)[0] == 85 * 3 // 2


def test_one_lapse_does_not_make_the_next_one_usual() -> None:
    came = [date(2016, month, 5) for month in range(1, 7)] + [date(2017, 5, 5), date(2017, 6, 5)]
    assert longest_silence(BillingRules(), came, CAME)[0] == USUAL_DAYS


@given(st.lists(st.dates(date(2010, 1, 1), date(2017, 7, 24)), max_size=40))
def test_no_history_makes_the_question_come_sooner_than_usual(came: list[date]) -> None:
    assert longest_silence(BillingRules(), came, CAME)[0] >= USUAL_DAYS


# Calendars ----------------------------------------------------------------------------------------------------------

TODAY = date(2026, 11, 22)


def off(day: str, *, estimated: bool = False, name: str = "Eid al-Fitr") -> Holiday:
    return Holiday(date=date.fromisoformat(day), name=name, estimated=estimated)


@pytest.mark.parametrize(
    ("days", "until"),
    [
        ((), None),
        (("2027-01-21",), None),
        (("2027-01-20",), "2027-01-20"),
        (("2026-12-25", "2026-03-23"), "2026-12-25"),
    ],
)
def test_a_calendar_must_reach_sixty_days_ahead_where_there_is_one(days: Sequence[str], until: str | None) -> None:
    wanted = None if until is None else date.fromisoformat(until)
    assert known_until([off(day) for day in days], TODAY) == wanted


def test_days_of_the_moon_in_a_row_are_asked_about_together_from_ten_days_before() -> None:
    days = [off(f"2026-12-0{day}", estimated=True) for day in (3, 4, 2)]
    (found,) = unconfirmed(days, TODAY)
    assert (found.first, found.last) == (date(2026, 12, 2), date(2026, 12, 4))
    assert not list(unconfirmed(days, TODAY - timedelta(days=1)))
    assert not list(unconfirmed(days, date(2026, 12, 3)))
    assert not list(unconfirmed([off("2026-12-02")], TODAY))


def paying(*holidays: Holiday) -> OwedCheck:
    one = check()
    offices = {id_: replace(office, holidays=holidays) for id_, office in one.estate.offices.items()}
    assert offices
    one.estate = replace(one.estate, offices=offices)
    return one


def test_an_office_whose_calendar_ends_is_told_apart_from_one_that_lists_no_day() -> None:
    office, *_ = paying().estate.offices
    found = paying(off("2026-12-25")).look(TODAY)[f"holidays of {office}"]
    assert (found.status, found.cause) == (Status.WARNING, Cause.OVERDUE)
    assert "after Fri 25 Dec 2026" in found.summary
    bare = paying().look(TODAY)
    assert list(bare) == ["books", "entries"]
    assert "no holiday is listed" in bare["books"].summary


def test_a_day_of_the_moon_is_over_once_it_is_confirmed() -> None:
    far = off("2027-12-25")
    one = paying(off("2026-12-01", estimated=True), far)
    subject = "moon 2026-12-01"
    found = one.look(TODAY)[subject]
    assert (found.status, found.cause) == (Status.WARNING, Cause.DUE)
    assert "Eid al-Fitr, Tue 1 Dec 2026, is only estimated" in found.summary
    one.estate = paying(off("2026-12-02"), far).estate
    after = one.look(TODAY + timedelta(days=1))[subject]
    assert (after.status, after.deadline) == (Status.OK, None)


def with_swat(one: OwedCheck, *holidays: Holiday) -> OwedCheck:
    """`one` with a second office that has a calendar of its own."""
    first, *_ = one.estate.offices.values()
    one.estate = replace(one.estate, offices={first.id: first, "swat": replace(first, id="swat", holidays=holidays)})
    return one


def billed_to_swat(number: str) -> Draft:
    one = received(number, on=TODAY)
    assert one.details.terms is not None
    return replace(one, details=replace(one.details, terms=replace(one.details.terms, office="swat")))


def test_an_office_whose_last_bill_is_paid_goes_on_being_told_that_its_calendar_ends() -> None:
    one = with_swat(paying(off("2050-12-25")), off("2026-12-25"))
    assert "holidays of swat" not in one.look(TODAY)
    one.say(billed_to_swat("INV-8"))
    assert one.look(TODAY)["holidays of swat"].status is Status.WARNING
    one.say(acknowledged("acme/inv-8", TODAY))
    assert one.look(TODAY)["holidays of swat"].status is Status.WARNING
    with_swat(one, off("2050-12-25"))
    assert one.look(TODAY)["holidays of swat"].summary == "holidays of swat are known far enough ahead"


def test_an_office_that_is_in_the_settings_no_more_is_told_of_no_more() -> None:
    one = with_swat(paying(off("2050-12-25")), off("2026-12-25"))
    one.say(billed_to_swat("INV-8"))
    one.look(TODAY)
    one.estate = paying(off("2050-12-25")).estate
    assert "the settings say otherwise now" in one.look(TODAY)["holidays of swat"].summary
    assert "holidays of swat" not in one.look(TODAY)


@pytest.mark.parametrize(
    ("last", "after"),
    [
        ("2026-12-25", "after Fri 25 Dec 2026"),
        ("2027-01-05", "after Tue 5 Jan 2027"),
        ("2022-12-25", f"after {day_of(TODAY)}"),
    ],
)
def test_the_days_that_are_missing_are_asked_for_and_no_later_year(last: str, after: str) -> None:
    office, *_ = paying().estate.offices
    told = facts(paying(off(last)).look(TODAY)[f"holidays of {office}"])
    assert f"write the days off {after} into the calendar" in told["To do 1"]


def test_a_day_of_the_moon_that_several_offices_keep_is_asked_about_once() -> None:
    eid = off("2026-12-01", estimated=True), off("2050-12-25")
    one = with_swat(paying(*eid), *eid)
    one.say(billed_to_swat("INV-8"))
    found = one.look(TODAY)
    assert [name for name in found if name.startswith("moon")] == ["moon 2026-12-01"]
    assert "in the calendars of 2 offices" in found["moon 2026-12-01"].summary
    assert facts(found["moon 2026-12-01"])["Offices"] == ", ".join(one.estate.offices)
