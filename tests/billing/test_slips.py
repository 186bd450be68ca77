"""Words that can only be slips: refused with what was said, what is on record and what would be right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.ledger.event import Draft
from checks.ledger.journal import Journal
from checks.ledger.state import BillOnRecord, BillStanding
from tests.billing.test_spoken import BILL, NOW, SPEAKER, on_record, outcome
from tests.support.virtual_loop import run_virtual
from watchdog.billing.spoken import Speaker, Word, new_bill, word_on


def cancelled() -> BillOnRecord:
    journal = Journal(clock=lambda: NOW)
    run_virtual(journal.record([new_bill(BILL, SPEAKER)]))
    (bill,) = journal.on_record()
    return replace(bill, standing=BillStanding.CANCELLED)


def taken(said: Word, bill: BillOnRecord | None = None, speaker: Speaker = SPEAKER) -> Draft | tuple[str, ...]:
    return outcome(lambda: word_on(said, bill or on_record(), speaker))


@pytest.mark.parametrize("event", ["withheld", "credit-note"])
def test_no_more_is_taken_off_a_bill_than_all_of_it(event: str) -> None:
    why = "Rs 1,340,000 is more than the whole bill, Rs 134,000; where the bill is wrong, record it as corrected first"
    assert taken(Word(event=event, amount="1340000")) == (f"amount: {why}",)


def test_tax_is_less_than_the_bill_and_a_credit_note_may_be_all_of_it() -> None:
    no_less = "Rs 134,000 is no less than the whole bill, Rs 134,000, and tax is a part of it"
    instead = "money that was sent is `credited`, and what the vendor has is `acknowledged`"
    correct = "where the bill is wrong, record it as corrected first"
    assert taken(Word(event="withheld", amount="134000")) == (f"amount: {no_less}; {instead}; {correct}",)
    assert isinstance(taken(Word(event="withheld", amount="133999.99")), Draft)
    assert isinstance(taken(Word(event="credit-note", amount="134000")), Draft)


def test_tax_that_was_withheld_before_counts_but_for_the_same_payment() -> None:
    journal = Journal(clock=lambda: NOW)
    tax = Word(event="withheld", amount="70000", payment="challan 1")
    run_virtual(journal.record([new_bill(BILL, SPEAKER), word_on(tax, on_record(), SPEAKER)]))
    (bill,) = journal.on_record()
    (why,) = taken(replace(tax, payment="challan 2"), bill)  # type: ignore[misc]  # what is wrong
    assert why.startswith(
        "amount: Rs 70,000, with Rs 70,000 withheld before, is no less than the whole bill, Rs 134,000"
    )
    assert isinstance(taken(tax, bill), Draft)


@pytest.mark.parametrize("event", ["held", "grace"])
def test_a_day_to_come_is_not_one_that_is_over(event: str) -> None:
    assert taken(Word(event=event, until="2026-01-15")) == (
        "until: 2026-01-15 lies before today (2026-11-22); look at the year",
    )
    assert isinstance(taken(Word(event=event, until="2026-11-22")), Draft)


@pytest.mark.parametrize("event", ["held", "grace"])
def test_what_was_said_then_may_end_before_today_but_not_before_then(event: str) -> None:
    bill = on_record(replace(BILL, received="2026-11-01"))
    assert isinstance(taken(Word(event=event, until="2026-11-10", at="2026-11-05"), bill), Draft)
    assert taken(Word(event=event, until="2026-11-04", at="2026-11-05"), bill) == (
        "until: 2026-11-04 lies before the day it was said (2026-11-05); look at the year",
    )


def test_only_a_cancelled_bill_is_reopened() -> None:
    said = Word(event="reopened", reason="a mistake")
    assert taken(said) == ("event: reopened is of a cancelled bill, this one is open",)
    assert taken(said, replace(on_record(), standing=BillStanding.PAID)) == (
        "event: reopened is of a cancelled bill, this one is paid; money that came back is `credit-returned`",
    )
    assert isinstance(taken(said, cancelled()), Draft)


def test_a_cut_off_is_not_corrected_to_a_day_before_the_bill_is_due() -> None:
    said = Word(event="corrected", suspends="2026-11-25", reason="by telephone")
    assert taken(said) == ("suspends: lies before the day it is due, 2026-12-01; the vendor cuts off later than that",)
    assert isinstance(taken(replace(said, suspends="2026-12-10")), Draft)


def test_what_happened_before_a_bill_was_there_is_refused_with_a_way_that_there_is() -> None:
    said = Word(event="verified", at="2026-11-20")
    correct = "nigehban invoices record acme/INV-7 corrected --received DAY --reason TEXT"
    assert taken(said) == (
        f"at: lies before the bill was received (2026-11-22); if it came in earlier, first: {correct}",
    )
    later = replace(SPEAKER, now=NOW + timedelta(hours=1))
    assert isinstance(taken(replace(said, at="2026-11-22", reason="20 November"), speaker=later), Draft)
