"""Downloaded lists of active taxpayers, good ones and others."""

import csv
import io
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.billing.payee.list_reading import ListRefusedError, ListRows, csv_rows
from checks.ledger.taxpayers import ListKind


def read(text: str, kind: ListKind = ListKind.INCOME_TAX) -> list[tuple[str, str]]:
    return list(ListRows(csv_rows(io.StringIO(text, newline="")), kind))


def refusal(text: str, kind: ListKind = ListKind.INCOME_TAX) -> str:
    with pytest.raises(ListRefusedError) as refused:
        read(text, kind)
    return str(refused.value)


def test_numbers_and_names_are_found_by_their_headings_below_a_title() -> None:
    text = "ACTIVE TAXPAYERS,,\nSR,NTN,Name\n1,1234567-8,ACME  MAIL\n2,17301-1234567-1,SOMEBODY\n"
    assert read(text) == [("1234567", "ACME MAIL"), ("1730112345671", "SOMEBODY")]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_separator_is_understood(mark: str) -> None:
    assert read(f"NTN{mark}NAME\n1234567{mark}ACME\n") == [("1234567", "ACME")]


def test_who_is_listed_by_two_numbers_is_found_by_either() -> None:
    text = "NTN,CNIC,Name\n1234567,1730112345671,SOMEBODY\n"
    assert read(text) == [("1234567", "SOMEBODY"), ("1730112345671", "SOMEBODY")]


def test_zeros_that_a_spreadsheet_dropped_are_put_back() -> None:
    assert read("NTN\n667440\n66744.0\n") == [("0667440", ""), ("0066744", "")]


def test_a_sales_tax_number_says_nothing_in_an_income_tax_list() -> None:
    text = "STRN,Name\n1234567890123,ACME\n"
    assert read(text, ListKind.SALES_TAX) == [("1234567890123", "ACME")]
    assert "no column of numbers" in refusal(text)


def test_a_list_without_a_heading_is_refused() -> None:
    assert "no column of numbers" in refusal("1234567,ACME\n7654321,ZETA\n")


def test_a_list_without_a_number_is_refused() -> None:
    assert refusal("NTN,Name\n,ACME\n") == "no row has a number"


def test_a_list_that_has_slipped_by_a_column_is_refused_with_the_first_such_row() -> None:
    rows = ["1234567,ACME"] * 100 + [",ZETA,"] * 4
    assert "4 rows have no NTN, CNIC or registration number, the first is row 102" in refusal(
        "\n".join(["NTN,Name", *rows])
    )


def test_a_sum_below_the_list_does_no_harm() -> None:
    found = ListRows(csv_rows(["NTN,Name\n", "1234567,ACME\n", "Total,1\n"]), ListKind.INCOME_TAX)
    assert list(found) == [("1234567", "ACME")]
    assert (found.read, found.unread, found.first_unread) == (1, 1, 3)


@pytest.mark.parametrize("active", ["Active", "ACTIVE ", "Active Taxpayer", "Late Filer"])
@pytest.mark.parametrize("inactive", ["Inactive", "In-Active", "Suspended", "BLACK LISTED", "Non-Filer"])
def test_who_is_listed_as_not_active_is_left_out(active: str, inactive: str) -> None:
    lines = ["NTN,Name,ATL Status\n", f"1234567,ACME,{active}\n", f"7654321,ZETA,{inactive}\n"]
    found = ListRows(csv_rows(lines), ListKind.INCOME_TAX)
    assert list(found) == [("1234567", "ACME")]
    assert (found.read, found.inactive) == (1, 1)


@pytest.mark.parametrize(("status", "shown"), [("Pending", 'the status "Pending"'), ("", "no status")])
def test_a_status_that_nobody_can_read_refuses_the_list(status: str, shown: str) -> None:
    assert f"row 3 has {shown}" in refusal(f"NTN,Status\n1234567,Active\n7654321,{status}\n")


def test_a_list_of_none_but_the_inactive_is_refused() -> None:
    assert refusal("NTN,Status\n1234567,Inactive\n") == "no row is active by its status"


def test_a_quotation_mark_that_is_not_closed_is_refused() -> None:
    assert "quotation mark" in refusal('NTN,Name\n1234567,"ACME\n')


def test_a_name_is_one_line_and_not_endless() -> None:
    ((_, name),) = read(f'NTN,Name\n1234567,"A\nB{"x" * 900}"\n')
    assert name.startswith("A B")
    assert len(name) == 120


CELLS = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=30))
def test_whatever_stands_in_the_rows_only_numbers_come_out(rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["NTN", "Name"], *rows])
    try:
        found = read(text.getvalue())
    except ListRefusedError:
        return
    assert all(len(number) in {7, 13} and number[1:].isdigit() for number, _ in found)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read(text)
    except ListRefusedError as error:
        assert str(error)  # noqa: PT017  # whatever it was, it is said why
