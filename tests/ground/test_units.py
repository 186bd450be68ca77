"""Quantities as people write them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from checks.units import (
    MAX_AMOUNT,
    Duration,
    Lead,
    Money,
    duration_text,
    minor_digits,
    parse_duration,
    parse_lead,
    parse_money,
)


class Terms(BaseModel):
    pace: Duration
    lead: Lead
    price: Money


monies = st.builds(
    lambda units, currency: Money(Decimal(units).scaleb(-minor_digits(currency)), currency),
    st.integers(min_value=0, max_value=int(MAX_AMOUNT)),
    st.sampled_from(["PKR", "USD", "JPY", "KWD"]),
)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("60s", timedelta(minutes=1)),
        ("5m", timedelta(minutes=5)),
        ("2h", timedelta(hours=2)),
        ("21d", timedelta(days=21)),
        ("0s", timedelta()),
    ],
)
def test_a_duration_is_a_whole_number_and_a_unit(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "60", "s", "-5s", "1.5h", "5 m", "5M", "1h30m", "\u0665m", "5m\n", "1e3s"])
def test_any_other_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_duration(text)


def test_a_duration_of_more_than_ten_years_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        parse_duration("3661d")


@given(st.integers(min_value=0, max_value=3660 * 86_400_000))
def test_a_duration_reads_back_as_it_was_written(milliseconds: int) -> None:
    span = timedelta(milliseconds=milliseconds)
    assume(milliseconds % 1000 == 0 or milliseconds < 10**9)
    assert parse_duration(duration_text(span)) == span


def test_a_lead_time_is_working_days_or_a_duration() -> None:
    assert parse_lead("15wd") == Lead(working_days=15)
    assert parse_lead("21d") == Lead(elapsed=timedelta(days=21))


@pytest.mark.parametrize("text", ["wd", "15 wd", "15WD", "-1wd", "1001wd", "15w", "", "\u0661\u0665wd"])
def test_any_other_lead_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_lead(text)


@pytest.mark.parametrize("text", ["15wd", "21d", "12h", "0s"])
def test_a_lead_time_reads_back_as_it_was_written(text: str) -> None:
    assert str(parse_lead(text)) == text


def test_a_lead_time_is_never_negative_and_never_both_kinds() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Lead(working_days=-1)
    with pytest.raises(ValueError, match="not both"):
        Lead(elapsed=timedelta(days=1), working_days=1)


@given(monies)
def test_money_reads_back_as_it_was_written(money: Money) -> None:
    assert parse_money(money.text()) == money


@given(monies)
def test_money_in_print_says_the_exact_amount(money: Money) -> None:
    printed = str(money).removeprefix("Rs ").removeprefix(f"{money.currency} ").replace(",", "")
    assert Decimal(printed) == money.amount


@pytest.mark.parametrize(
    "text",
    [
        "77000",
        "PKR 77000",
        "77,000.00 PKR",
        "77000.005 PKR",
        "-1.00 PKR",
        "+1 PKR",
        "1e5 PKR",
        "NaN PKR",
        "Infinity PKR",
        "1_000 PKR",
        "\u0661\u0663\u0664 PKR",
        "77000.00 pkr",
        "77000.00  PKR",
        "77000.00 PKR ",
        "0134 PKR",
        ".5 PKR",
        "5. PKR",
        "1000000000000.01 PKR",
        "1.5 JPY",
        "1.0005 KWD",
        "=1+1 PKR",
        "77000.00 PKR\n",
        "",
    ],
)
def test_a_malformed_amount_is_refused_and_its_text_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"PKR|digits|amount") as refusal:
        parse_money(text)
    assert not text or text not in str(refusal.value)


@given(st.text(max_size=30))
def test_any_text_is_money_in_full_or_refused(text: str) -> None:
    try:
        money = parse_money(text)
    except ValueError:
        return
    amount, currency = text.split(" ")
    assert (money.amount, money.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("money", "printed"),
    [
        (Money(Decimal(134000), "PKR"), "Rs 134,000"),
        (Money(Decimal("134000.50"), "PKR"), "Rs 134,000.50"),
        (Money(Decimal("1200.5"), "USD"), "USD 1,200.50"),
        (Money(Decimal("1.125"), "KWD"), "KWD 1.125"),
        (Money(Decimal(0), "PKR"), "Rs 0"),
    ],
)
def test_money_prints_as_people_read_it(money: Money, printed: str) -> None:
    assert str(money) == printed


@pytest.mark.parametrize(
    ("amount", "printed"),
    [
        ("99999", "Rs 99,999"),
        ("134000", "Rs 1.34 lakh"),
        ("134567", "about Rs 1.35 lakh"),
        ("9999999", "about Rs 100 lakh"),
        ("25000000", "Rs 2.5 crore"),
        ("100000000000", "Rs 10,000 crore"),
    ],
)
def test_money_is_spoken_in_lakh_and_crore(amount: str, printed: str) -> None:
    assert Money(Decimal(amount), "PKR").short() == printed


def test_other_currencies_know_no_lakh() -> None:
    assert Money(Decimal(134000), "USD").short() == "USD 134,000"


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal(-1), Decimal("-0"), MAX_AMOUNT + 1])
def test_money_cannot_be_made_of_what_is_no_amount(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="an amount is"):
        Money(amount, "PKR")


def test_quantities_are_fields_of_models() -> None:
    terms = Terms.model_validate({"pace": "60s", "lead": "15wd", "price": "134000.00 PKR"})
    assert terms.lead == Lead(working_days=15)
    assert terms.model_dump_json() == '{"pace":"1m","lead":"15wd","price":"134000.00 PKR"}'
    assert Terms.model_validate(dict(terms)) == terms


def test_a_field_says_what_is_right_for_a_number_without_unit() -> None:
    with pytest.raises(ValidationError, match='expected text such as "60s"'):
        Terms.model_validate({"pace": 60, "lead": "15wd", "price": "134000.00 PKR"})


def test_a_field_is_text_with_a_pattern_in_the_schema() -> None:
    price = Terms.model_json_schema()["properties"]["price"]
    assert price["type"] == "string"
    assert price["examples"] == ["134000.00 PKR"]
