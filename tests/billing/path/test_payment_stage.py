"""A stage is told by its act-by day, once per rung, and ends when the bill moves on."""

from dataclasses import replace
from datetime import date

from checks.billing import labels, payment_stage
from checks.ledger.event import BlockReason, LedgerEventKind
from checks.ledger.rules import DEFAULT_PATH, BillingRules
from checks.model import Cause, Finding, Status
from tests.support.bills import morning
from tests.support.on_record import happened, received, terms
from tests.support.way_checks import WayCheck

K = LedgerEventKind
#: The case of 2017, as far as it was on paper.
RECEIVED, CUTS_OFF = date(2017, 7, 24), date(2017, 10, 19)
ACT_BY, LAST_CALL = date(2017, 8, 3), date(2017, 9, 8)


def check(*, suspends: date | None = CUTS_OFF, rules: BillingRules | None = None) -> WayCheck:
    one = WayCheck(payment_stage.KIND, rules=rules or BillingRules(is_watched=True))
    one.say(received(RECEIVED, asks=terms(due=date(2017, 8, 23), suspends=suspends)))
    return one


def facts(finding: Finding) -> dict[str, str]:
    return dict(finding.facts)


def test_a_stage_is_due_weeks_before_the_bill_is() -> None:
    finding = check().look(morning(RECEIVED))["acme/INV-7 verification"]
    assert finding.deadline is not None
    assert finding.deadline.at == morning(ACT_BY, hour=17)
    assert (finding.status, finding.cause) == (Status.OK, Cause.NONE)


def test_it_is_told_ahead_on_the_day_and_on_every_working_day_while_late() -> None:
    found = check().look(morning(date(2017, 8, 9)))["acme/INV-7 verification"]
    assert found.deadline is not None
    told = [rung.name for rung in found.deadline.rungs if rung.at <= morning(date(2017, 8, 9))]
    assert told == ["3wd", "1wd", "0wd", *(f"overdue 2017-08-{day:02}" for day in (4, 7, 8, 9))]
    assert (found.status, found.cause) == (Status.WARNING, Cause.OVERDUE)


def test_it_is_critical_from_the_day_after_which_money_likely_comes_too_late() -> None:
    one = check()
    before = one.look(morning(date(2017, 9, 7), hour=16))["acme/INV-7 verification"]
    after = one.look(morning(LAST_CALL, hour=10))["acme/INV-7 verification"]
    assert (before.status, after.status) == (Status.WARNING, Status.CRITICAL)
    assert facts(after)["Last call"].startswith("Fri 8 Sep 2017")


def test_a_bill_that_came_late_is_critical_once_its_act_by_day_is_over() -> None:
    one = WayCheck(payment_stage.KIND)
    one.say(received(date(2017, 10, 2), asks=terms(suspends=CUTS_OFF)))
    (finding,) = (found for found in one.look(morning(date(2017, 10, 5))).values() if found.deadline)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.OVERDUE)


def test_a_day_of_receipt_that_is_put_right_tells_what_the_right_one_would_have_told() -> None:
    one, typed, now = WayCheck(payment_stage.KIND), date(2017, 8, 24), morning(date(2017, 8, 28))
    one.say(received(typed, asks=terms(due=date(2017, 8, 23), suspends=CUTS_OFF)))
    wrong = one.look(now)["acme/INV-7 verification"]
    assert facts(wrong)["There since"] == "Thu 24 Aug 2017"
    true = received(RECEIVED).happened_at
    one.say(happened(K.CORRECTED, date(2017, 8, 28), reason="the wrong month", received_at=true))
    assert one.look(now)["acme/INV-7 verification"] == check().look(now)["acme/INV-7 verification"]


def test_a_bill_that_moves_on_ends_its_stage_well_and_begins_the_next() -> None:
    one = check()
    one.look(morning(date(2017, 8, 9)))
    one.say(happened(K.VERIFIED, date(2017, 8, 9)))
    found = one.look(morning(date(2017, 8, 9), hour=12))
    over, begun = found["acme/INV-7 verification"], found["acme/INV-7 payee-check"]
    assert (over.status, over.deadline) == (Status.OK, None)
    assert begun.deadline is not None


def test_a_paid_bill_ends_its_stage_and_is_never_heard_of_again() -> None:
    one = check()
    one.look(morning(date(2017, 8, 9)))
    one.say(happened(K.ACKNOWLEDGED, date(2017, 8, 10)))
    assert one.look(morning(date(2017, 8, 11)))["acme/INV-7 verification"].deadline is None
    assert set(one.look(morning(date(2017, 8, 12)))) == {"bills on the way"}


def test_it_says_whose_desk_how_long_and_what_goes_dark() -> None:
    path = tuple(replace(stage, owner="section-it") if stage.id == "verification" else stage for stage in DEFAULT_PATH)
    finding = check(rules=BillingRules(path=path)).look(morning(date(2017, 8, 9)))["acme/INV-7 verification"]
    told = facts(finding)
    assert told["Whose desk"] == "section-it"
    assert (told["Working days there"], told["Usually takes"]) == ("12", "3")
    assert told["Usually in the way"] == "no certificate that the service was received"
    assert told["Goes dark for"] == "Health Department (1,200 users)"
    assert told["Act by"] == "Thu 3 Aug 2017, 4 working days ago"


def test_a_bill_that_stands_still_is_still_told_and_says_why() -> None:
    one = check()
    one.say(happened(K.BLOCKED, date(2017, 8, 1), block=BlockReason.ACCOUNT_ATTACHED, reason="notice of the FBR"))
    told = facts(one.look(morning(date(2017, 8, 9)))["acme/INV-7 verification"])
    assert told["Why"] == "account attached: notice of the FBR"
    assert told[labels.FORECAST].endswith("once it moves again")


def test_without_a_day_of_cutting_off_the_earliest_likely_one_counts() -> None:
    finding = check(suspends=None).look(morning(date(2017, 8, 9)))["acme/INV-7 verification"]
    assert facts(finding)["Cut off from"] == "Fri 22 Sep 2017"
    assert finding.deadline is not None
    assert finding.deadline.cuts_off_at is None


def test_the_count_says_how_many_are_late() -> None:
    assert check().look(morning(date(2017, 8, 9)))["bills on the way"].summary == "1 open bill on the way, 1 late"


def test_only_bills_of_a_stage_are_told_where_that_is_asked() -> None:
    one = check()
    one.options = {"stage": "pre-audit"}
    assert set(one.look(morning(date(2017, 8, 9)))) == {"bills at pre-audit"}


def test_a_bill_that_comes_with_too_little_time_is_critical_at_once_and_says_when_it_is_paid() -> None:
    one = WayCheck(payment_stage.KIND)
    one.say(received(date(2017, 10, 9), asks=terms(suspends=CUTS_OFF)))
    (finding,) = (found for found in one.look(morning(date(2017, 10, 9))).values() if found.deadline)
    assert finding.status is Status.CRITICAL
    assert labels.TOO_LATE in facts(finding)


def test_a_stage_that_is_over_says_where_the_bill_lies_or_that_it_is_paid() -> None:
    one = check()
    one.look(morning(date(2017, 8, 9)))
    one.say(happened(K.VERIFIED, date(2017, 8, 9)))
    moved = one.look(morning(date(2017, 8, 9), hour=12))["acme/INV-7 verification"]
    assert moved.summary.endswith("the bill lies in payee check, not paid yet")
    one.say(happened(K.ACKNOWLEDGED, date(2017, 8, 10)))
    paid = one.look(morning(date(2017, 8, 11)))["acme/INV-7 payee-check"]
    assert paid.summary.endswith("the bill is paid")


def test_a_stage_that_ends_by_an_objection_says_why() -> None:
    one = check()
    one.say(happened(K.VERIFIED, date(2017, 8, 9)))
    one.look(morning(date(2017, 8, 10)))
    one.say(happened(K.RETURNED, date(2017, 8, 11), reason="no stamp"))
    over = one.look(morning(date(2017, 8, 11), hour=12))["acme/INV-7 payee-check"]
    assert over.summary.endswith("the bill lies in verification, not paid yet; sent back with an objection: no stamp")
