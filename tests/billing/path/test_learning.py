"""Stages take their times from the ledger's own history, once there is enough of it."""

from datetime import date

from checks.billing import payment_stage
from checks.billing.path.learning import learnt_times
from checks.billing.path.times import StageTime, written_times
from checks.calendars import OfficeCalendars
from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from tests.support.bills import ESTATE, morning
from tests.support.on_record import bill_of, happened, received, terms
from tests.support.way_checks import WayCheck

K = LedgerEventKind
RULES = BillingRules(learn_from=10)
CALENDARS = OfficeCalendars(ESTATE)
MONDAY, TODAY = date(2026, 6, 1), date(2026, 11, 20)
VERIFICATION = 1


def verified_after(wd: int, number: int, *, office: str | None = None) -> list[Draft]:
    """A bill whose verification took so many working days of the first office; sanctioned and gone a day later."""
    about, calendar = f"acme/{number}", CALENDARS.of(office)
    asks = terms(number=str(number), office=office)
    verified = calendar.shift(MONDAY, wd)
    return [
        received(MONDAY, about=about, asks=asks),
        happened(K.VERIFIED, verified, about=about),
        happened(K.ACKNOWLEDGED, calendar.shift(verified, 1), about=about),
    ]


def stuck_since(day: date, number: int) -> BillOnRecord:
    return bill_of(received(day, about=f"acme/{number}", asks=terms(number=str(number))))


def learnt(*bills: BillOnRecord, office: str | None = None) -> StageTime:
    return learnt_times(bills, RULES, CALENDARS, ESTATE.offices, TODAY)[office][VERIFICATION]


def test_with_too_few_cases_what_is_written_counts() -> None:
    bills = [bill_of(*verified_after(9, number)) for number in range(9)]
    assert learnt(*bills) == written_times(RULES.path)[VERIFICATION]


def test_with_enough_cases_the_median_and_the_ninth_of_ten_are_taken() -> None:
    bills = [bill_of(*verified_after(wd, wd)) for wd in range(1, 11)]
    assert learnt(*bills) == StageTime(stage="verification", p50_wd=5, p90_wd=9, cases=10)


def test_a_day_of_receipt_that_was_put_right_is_learnt_from() -> None:
    """Written down a month early: ten working days were learnt as some thirty."""
    bills = [bill_of(*verified_after(wd, wd)) for wd in range(1, 11)]
    wrong = [
        bill_of(
            received(date(2026, 5, 1), about=one.key, asks=one.terms),
            *verified_after(wd, wd)[1:],
            happened(K.CORRECTED, TODAY, about=one.key, reason="a slip", received_at=one.received_at),
        )
        for wd, one in enumerate(bills, start=1)
    ]
    assert learnt(*wrong) == learnt(*bills)


def test_bills_that_are_stuck_make_a_stage_slower_not_faster() -> None:
    bills = [bill_of(*verified_after(wd, wd)) for wd in range(1, 11)]
    stuck = [stuck_since(MONDAY, number) for number in range(20, 30)]
    slower = learnt(*bills, *stuck)
    assert (slower.p50_wd, slower.cases) == (10, 10)
    assert slower.p90_wd > 100


def test_bills_that_came_just_now_change_little() -> None:
    bills = [bill_of(*verified_after(wd, wd)) for wd in range(1, 11)]
    fresh = [stuck_since(TODAY, number) for number in range(20, 30)]
    assert (learnt(*bills, *fresh).p50_wd, learnt(*bills, *fresh).p90_wd) == (5, 9)


def test_a_bill_that_was_cancelled_teaches_nothing_of_where_it_lay() -> None:
    bills = [bill_of(*verified_after(wd, wd)) for wd in range(1, 11)]
    cancelled = bill_of(received(MONDAY), happened(K.CANCELLED, TODAY, reason="sent twice"))
    assert learnt(*bills, cancelled) == learnt(*bills)


def test_an_office_with_enough_cases_has_times_of_its_own() -> None:
    slow = [bill_of(*verified_after(30, number, office="depot")) for number in range(10)]
    fast = [bill_of(*verified_after(2, number, office="hq")) for number in range(10, 15)]
    assert learnt(*slow, *fast, office="depot").p50_wd == 30
    assert learnt(*slow, *fast, office="hq") == learnt(*slow, *fast, office=None)


def test_checks_go_by_what_was_learnt_and_say_so() -> None:
    one = WayCheck(payment_stage.KIND, rules=RULES)
    for wd in range(11, 21):
        one.say(*verified_after(wd, wd))
    one.say(received(TODAY, asks=terms(suspends=date(2027, 6, 1))))
    told = dict(one.look(morning(date(2026, 11, 20)))["acme/INV-7 verification"].facts)
    assert told["Usually takes"] == "15"
    assert told["Nine of ten within"] == "19 working days, by 10 cases here"


def test_nothing_is_learnt_twice_a_day_so_that_no_day_moves() -> None:
    one = WayCheck(payment_stage.KIND, rules=RULES)
    one.say(received(date(2026, 11, 2), asks=terms(suspends=date(2027, 6, 1))))
    before = one.look(morning(date(2026, 11, 20)))["acme/INV-7 verification"].deadline
    for wd in range(11, 21):
        one.say(*verified_after(wd, wd))
    assert one.look(morning(date(2026, 11, 20), hour=16))["acme/INV-7 verification"].deadline == before
    assert one.look(morning(date(2026, 11, 21)))["acme/INV-7 verification"].deadline != before
