"""Amounts of cells: any dress an office gives them, one exact value, or a reason."""

# ruff: noqa: RUF001  # digits and marks of other scripts are what is read here

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.billing.intake.amounts import DecimalMark, parse_amount

LAKH = "1,34,000.00"


@pytest.mark.parametrize(
    "text",
    [
        *("134000", "134000.0", "134000.00", LAKH, "134,000", "134,000.00", "Rs 1,34,000", "Rs. 134,000/-"),
        *("Rs.134000", "PKR 134000", "134000 PKR", "₨ 134,000", "134000/=", "134000 only", "  134000  "),
        *("۱۳۴۰۰۰", "١٣٤٠٠٠", "۱٬۳۴٬۰۰۰٫۰۰", "１３４，０００", "روپے ۱۳۴۰۰۰", "\u200f134000\u200e", "134000\u00a0PKR"),
    ],
)
def test_an_amount_is_read_whatever_its_dress(text: str) -> None:
    assert parse_amount(text).text() == "134000.00 PKR"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-5", "negative"),
        ("(1,200)", "negative"),
        ("1200-", "negative"),
        ("−5", "negative"),
        ("1.234,56", "point and comma"),
        ("1,23", "point and comma"),
        ("1.234.567", "point and comma"),
        ("134000.005", "never rounded"),
        ("1.34E+05", "power of ten"),
        ("12 lakh", "in digits"),
        ("$12", "three letters"),
        ("USD 12", "in USD, where the list says PKR"),
        ("Rs 12 USD", "two currencies"),
        ("134000 net", "no currency"),
        ("PKT 134000", "no currency"),
        ("134000 all", "no currency"),
        ("0", "over nothing"),
        ("0.00", "over nothing"),
        ("", "expected|empty"),
        ("about 12", "expected"),
        ("12 to 15", "expected"),
        ("1,34,00", "expected"),
        ("9999999999999", "at most"),
    ],
)
def test_an_amount_that_is_none_or_several_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_amount(text)


def test_a_comma_is_before_the_paisa_where_that_is_declared() -> None:
    assert parse_amount("1.234,56", mark=DecimalMark.COMMA).text() == "1234.56 PKR"


def test_where_a_comma_is_declared_a_point_before_the_paisa_is_refused() -> None:
    with pytest.raises(ValueError, match="declared"):
        parse_amount("1234.56", mark=DecimalMark.COMMA)


def test_yen_have_no_decimals() -> None:
    with pytest.raises(ValueError, match="JPY has 0 digits"):
        parse_amount("120.50", currency="JPY")


def test_a_code_of_the_settings_is_a_currency_whatever_the_standard_says() -> None:
    assert parse_amount("12 QQQ", currency="QQQ").currency == "QQQ"


@given(paisa=st.integers(1, 10**14))
def test_no_amount_changes_by_being_dressed_up(paisa: int) -> None:
    whole, fraction = divmod(paisa, 100)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    groups = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    dressed = f"Rs {','.join([*groups, tail])}.{fraction:02d}/-"

    assert parse_amount(dressed) == parse_amount(f"{whole}.{fraction:02d}")


@given(text=st.text(max_size=30))
def test_no_text_breaks_the_reader_of_amounts(text: str) -> None:
    try:
        money = parse_amount(text)
    except ValueError:
        return
    assert money.amount > 0
