"""What a cut-off says last of a bill, and whether a bill names the cut-off that its money waits behind."""

from dataclasses import replace
from datetime import date

from checks.billing import labels, payment_cut_off
from checks.billing.last_words import NOT_LOOKED_AT
from checks.ledger.event import LedgerEventKind
from checks.ledger.journal import Journal
from checks.ledger.rules import BillingRules
from checks.model import Finding, Status
from tests.support.bills import ESTATE, BillsCheck, bill, facts, morning
from tests.support.on_record import happened, received, terms
from tests.support.way_checks import WayCheck

_K = LedgerEventKind
KP = BillingRules(jurisdiction="kp", is_watched=True)
#: Of 2025: bills 16 June.
SUBJECT = "acme/INV-7 kp-2025-bills"


def near() -> WayCheck:
    """A bill that is told of the cut-off of June 2025."""
    one = WayCheck(payment_cut_off.KIND, rules=KP)
    one.say(received(date(2025, 4, 14), asks=terms(due=date(2025, 7, 31), suspends=None)))
    one.look(morning(date(2025, 6, 10)))
    return one


def last_word(one: WayCheck, on: date) -> str:
    over: Finding = one.look(morning(on))[SUBJECT]
    assert (over.status, over.deadline) == (Status.OK, None)
    return over.summary.removeprefix(f"{SUBJECT} ")


def test_a_bill_that_got_past_a_cut_off_says_where_it_lies_now() -> None:
    one = near()
    one.say(happened(_K.SUBMITTED, date(2025, 6, 11)))
    assert last_word(one, date(2025, 6, 12)) == (
        f"is over: {labels.FAR_ENOUGH}; the bill lies in pre-audit, {labels.NOT_PAID_YET}"
    )


def test_a_bill_that_missed_a_cut_off_says_in_the_end_that_money_has_returned() -> None:
    assert last_word(near(), date(2025, 8, 1)) == (
        f"is over: {labels.MONEY_IS_BACK} (Fri 1 Aug 2025); the bill lies in verification, {labels.NOT_PAID_YET}"
    )


def test_a_bill_that_was_paid_says_that_alone() -> None:
    one = near()
    one.say(happened(_K.ACKNOWLEDGED, date(2025, 6, 11)))
    assert last_word(one, date(2025, 6, 12)) == f"is over: {labels.IS_PAID}"


def test_a_bill_that_nobody_knows_any_more_claims_nothing() -> None:
    one = near()
    one.ledger = Journal()
    assert last_word(one, date(2025, 6, 12)) == NOT_LOOKED_AT


def test_a_bill_names_the_cut_off_that_its_money_waits_behind() -> None:
    check = BillsCheck(estate=replace(ESTATE, billing=KP))
    said = facts(check.look(morning(date(2025, 6, 2)), bill(due=date(2025, 6, 20), suspends=None))["acme/INV-7"])
    assert said[labels.CUT_OFF].startswith("bills")
    assert "Mon 16 Jun 2025" in said[labels.CUT_OFF]
    assert "once money returns" in said[labels.CUT_OFF]
