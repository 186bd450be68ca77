"""Finance's list: most lost per rupee first."""

from datetime import date
from decimal import Decimal

from checks.billing.risk.stake import stakes, totals, totals_text
from checks.calendars import OfficeCalendars
from checks.ledger.state import BillOnRecord
from tests.support.risky import connected_estate, open_bill


def in_order(*bills: BillOnRecord) -> list[str]:
    estate = connected_estate()
    return [stake.bill.number for stake in stakes(bills, estate, OfficeCalendars(estate))]


def test_a_small_bill_that_darkens_many_comes_before_a_large_one() -> None:
    small, large = open_bill("small", amount="134000.00 PKR"), open_bill("large", amount="9000000.00 PKR")
    assert in_order(large, small) == ["small", "large"]


def test_of_equal_loss_whoever_may_be_cut_off_first_comes_first() -> None:
    late, soon = open_bill("late", due=date(2017, 9, 1)), open_bill("soon", due=date(2017, 8, 1))
    assert in_order(late, soon) == ["soon", "late"]


def test_users_per_dollar_are_not_held_against_users_per_rupee() -> None:
    dollars, rupees = open_bill("usd", amount="10.00 USD"), open_bill("pkr", amount="9000000.00 PKR")
    assert in_order(dollars, rupees) == ["pkr", "usd"]


def test_sums_are_never_over_two_currencies() -> None:
    bills = [open_bill("1"), open_bill("2", amount="1200.50 USD"), open_bill("3", amount="0.10 PKR")]
    found = totals(bills)
    assert [(one.currency, one.amount, one.bills) for one in found] == [
        ("PKR", Decimal("134000.10"), 2),
        ("USD", Decimal("1200.50"), 1),
    ]
    assert totals_text(found) == "Rs 134,000.10 and USD 1,200.50"


def test_a_sum_may_be_more_than_any_one_bill() -> None:
    bills = [open_bill(str(number), amount="1000000000000.00 PKR") for number in range(3)]
    assert str(totals(bills)[0]) == "Rs 3,000,000,000,000"
