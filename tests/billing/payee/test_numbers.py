"""Numbers of payees: how they are printed, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.billing.payee.numbers import listed_number, masked, parse_cnic, parse_iban, parse_ntn, parse_strn

GOOD_IBAN = "PK36SCBL0000001123456702"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1234567", "1234567"),
        ("1234567-8", "1234567"),
        ("12345678", "1234567"),
        ("066744-0", "0667440"),
        ("0667440", "0667440"),
        (" 1234567 - 8 ", "1234567"),
        ("1234567–8", "1234567"),  # noqa: RUF001  # as word processors write it
        ("۱۲۳۴۵۶۷", "1234567"),
        ("a123456-7", "A123456"),
    ],
)
def test_an_ntn_is_read_as_it_is_printed(text: str, digits: str) -> None:
    assert parse_ntn(text) == digits


@pytest.mark.parametrize("text", ["", "123456", "123456789", "1234-567", "12345-67", "123456A", "NTN 1234567", "-"])
def test_what_is_no_ntn_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="seven digits"):
        parse_ntn(text)


def test_an_strn_is_13_digits() -> None:
    assert parse_strn("12-34-5678-901-23") == "1234567890123"
    with pytest.raises(ValueError, match="13 digits"):
        parse_strn("12-34-5678-901-2")


def test_a_cnic_is_13_digits_with_a_province_and_a_gender() -> None:
    assert parse_cnic("17301-1234567-1") == "1730112345671"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("17301-1234567", "13 digits"),
        ("07301-1234567-1", "province"),
        ("97301-1234567-1", "province"),
        ("17301-1234567-0", "last digit"),
    ],
)
def test_what_is_no_cnic_is_refused_without_saying_it_again(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        parse_cnic(text)
    assert "1234567" not in str(refused.value)


def test_an_iban_of_pakistan_holds_by_its_check_digits() -> None:
    assert parse_iban("PK36 SCBL 0000 0011 2345 6702") == GOOD_IBAN


@given(marks=st.lists(st.sampled_from(["", " ", "-", "\u2013"]), min_size=24, max_size=24), is_small=st.booleans())
def test_all_printings_of_an_iban_are_one_account(*, marks: list[str], is_small: bool) -> None:
    printed = "".join(map("".join, zip(GOOD_IBAN, marks, strict=True)))
    assert parse_iban(printed.lower() if is_small else printed) == GOOD_IBAN


@pytest.mark.parametrize("length", [20, 23, 25])
def test_an_iban_of_pakistan_is_24_long(length: int) -> None:
    with pytest.raises(ValueError, match="IBAN of Pakistan"):
        parse_iban((GOOD_IBAN + "0")[:length])


@given(st.integers(4, 23), st.integers(1, 9))
def test_one_digit_off_never_passes_for_an_iban(place: int, step: int) -> None:
    sign = GOOD_IBAN[place]
    wrong = str((int(sign) + step) % 10) if sign.isdigit() else chr((ord(sign) - ord("A") + step) % 26 + ord("A"))
    with pytest.raises(ValueError, match="check digits"):
        parse_iban(GOOD_IBAN[:place] + wrong + GOOD_IBAN[place + 1 :])


@given(st.from_regex("[0-9]{7}", fullmatch=True), st.integers(0, 9))
def test_all_printings_of_an_ntn_are_one_number(digits: str, check: int) -> None:
    printed = (digits, f"{digits}-{check}", f"{digits[:6]}-{digits[6]}", f" {digits} ")
    assert {parse_ntn(text) for text in printed} == {digits}
    assert {listed_number(text) for text in printed} == {digits}


@given(st.integers(1000, 999_999))
def test_zeros_that_a_spreadsheet_dropped_come_back(number: int) -> None:
    assert listed_number(str(number)) == listed_number(f"{number}.0") == f"{number:07d}"


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_a_parser(text: str) -> None:
    for parse in (parse_ntn, parse_strn, parse_cnic, parse_iban):
        with suppress(ValueError):
            assert parse(text).isascii()
    found = listed_number(text)
    assert found is None or len(found) in {7, 13}


@given(st.from_regex("[1-8][0-9]{11}[1-9]", fullmatch=True))
def test_a_masked_number_shows_its_last_four_digits_only(cnic: str) -> None:
    assert masked(cnic) == "•" * 9 + cnic[-4:]
    assert masked(f"{cnic[:5]}-{cnic[5:12]}-{cnic[12]}") == masked(cnic)


def test_a_short_number_is_masked_as_a_whole() -> None:
    assert masked("1234") == "••••"
