"""What somebody puts right in a notice comes to something, or is refused with what would be right."""

from datetime import date

import pytest

from checks.billing.intake.notice_drafts import Given, edited
from checks.ledger.event import LedgerEventKind
from checks.units import parse_money
from tests.support.on_record import KEY, bill_of, happened, received

ON = date(2026, 11, 3)
NOTED = happened(LedgerEventKind.NOTED, ON, reason="the vendor's notice")


@pytest.mark.parametrize("given", [Given(amount=parse_money("200000.00 PKR")), Given(due=date(2026, 12, 9))])
def test_terms_of_a_bill_that_is_open_no_more_are_refused(given: Given) -> None:
    with pytest.raises(ValueError, match=r"paid or cancelled meanwhile.*record a correction"):
        edited([NOTED], given, {})


def test_terms_of_an_open_bill_correct_it_also_beside_one_that_is_paid() -> None:
    bills = {KEY: bill_of(received(ON))}
    paid = happened(LedgerEventKind.NOTED, ON, about="acme/inv8", reason="the vendor's notice")
    kinds = [(one.about, one.kind) for one in edited([NOTED, paid], Given(due=date(2026, 12, 9)), bills)]
    assert kinds == [
        (KEY, LedgerEventKind.CORRECTED),
        (KEY, LedgerEventKind.NOTED),
        ("acme/inv8", LedgerEventKind.NOTED),
    ]


def test_a_day_of_cutting_off_is_taken_whatever_became_of_the_bill() -> None:
    (one,) = edited([NOTED], Given(suspends=date(2026, 12, 20)), {})
    assert one.kind is LedgerEventKind.SUSPENSION_ANNOUNCED
