"""What makes two spellings one bill, and two bills two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.invoice import bill_key
from tests.support.ledgers import keeper_with, received
from watchdog.billing.naming import bill_named


@pytest.mark.parametrize("number", ["INV-7", "inv 7", "Inv7", "ＩＮＶ－７", "INV–7", "inv-۷"])  # noqa: RUF001  # is read
def test_dress_makes_no_other_bill(number: str) -> None:
    assert bill_key("acme", number) == "acme/inv7"


@pytest.mark.parametrize("number", ["2026-1-12", "2026 1 12", "2026 - 1 - 12", "2026–1–12", "۲۰۲۶-۱-۱۲"])  # noqa: RUF001
def test_what_parts_two_digits_counts_however_it_is_written(number: str) -> None:
    assert bill_key("acme", number) == "acme/2026-1-12"


def test_two_numbers_of_the_same_digits_are_two_bills() -> None:
    assert len({bill_key("acme", number) for number in ("2026-1-12", "2026-11-2", "2026112", "2026-112")}) == 4


@given(st.text(max_size=20))
def test_a_key_is_its_own_key(number: str) -> None:
    _, _, plain = bill_key("acme", number).partition("/")

    assert bill_key("acme", plain) == f"acme/{plain}"


def test_a_bill_whose_key_was_spelled_without_partings_is_found_by_its_number() -> None:
    rows = keeper_with([received("acme/inv20260007")]).rows

    assert bill_named(rows, "acme/INV-2026-0007").key == "acme/inv20260007"
    assert bill_named(rows, "INV-2026-0007").key == "acme/inv20260007"


def test_a_number_without_partings_does_not_find_another_that_has_some() -> None:
    rows = keeper_with([received("acme/2026-1-12"), received("acme/2026-11-2")]).rows

    assert bill_named(rows, "acme/2026-1-12").key == "acme/2026-1-12"
