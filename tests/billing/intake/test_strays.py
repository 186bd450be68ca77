"""No cell of a row is lost without a word: what no heading names refuses the list, as it may be half an amount."""

# ruff: noqa: RUF001  # digits of other scripts are what is read here

import pytest

from tests.support.bill_lists import csv_list, problems, read, workbook

LAST = "vendor,number,due,amount"
SPLIT = (
    'row 2, amount: seems to be split at its comma; write it in quotes, as "1,34,000", or without commas; '
    "where a note follows that is only a number, put a word to it"
)


@pytest.mark.parametrize("cells", ["134,000", "Rs 1,34,000.50", "1,34,000/-", "۱۳۴,۰۰۰", "1,000,000", " 134, 000 "])
def test_an_amount_that_its_comma_cut_in_two_is_refused_and_named(cells: str) -> None:
    assert problems(csv_list(f"acme,INV-7,2026-12-04,{cells}", head=LAST)) == [SPLIT]


def test_an_amount_in_quotes_keeps_its_comma() -> None:
    (bill,) = read(csv_list('acme,INV-7,2026-12-04,"1,34,000"', head=LAST)).bills

    assert bill.terms.amount.text() == "134000.00 PKR"


def test_an_amount_that_pushed_out_an_empty_last_cell_is_refused() -> None:
    assert problems(csv_list("acme,INV-7,2026-12-04,134,000,", head=f"{LAST},office")) == [SPLIT]


@pytest.mark.parametrize("behind", ["notes", "evidence", "contract", "S.No"])
def test_half_an_amount_is_taken_for_no_other_text(behind: str) -> None:
    assert problems(csv_list("acme,INV-7,2026-12-04,134,000", head=f"{LAST},{behind}"))[0] == SPLIT


@pytest.mark.parametrize("behind", ["evidence", "S.No"])
@pytest.mark.parametrize("cells", ["500,123", "500,123,"])
def test_a_number_that_nobody_reads_may_stand_behind_an_amount(behind: str, cells: str) -> None:
    assert len(read(csv_list(f"acme,INV-7,2026-12-04,{cells}", head=f"{LAST},{behind}")).bills) == 1


def test_three_digits_alone_are_no_note_behind_a_small_amount() -> None:
    assert problems(csv_list("acme,INV-7,2026-12-04,134,500", head=f"{LAST},notes")) == [SPLIT]


@pytest.mark.parametrize("note", ["no. 500", "5000"])
def test_another_note_may_stand_behind_a_small_amount(note: str) -> None:
    assert len(read(csv_list(f"acme,INV-7,2026-12-04,134,{note}", head=f"{LAST},notes")).bills) == 1


def test_an_amount_cut_into_three_is_taken_for_no_other_text() -> None:
    assert problems(csv_list("acme,INV-7,2026-12-04,1,34,000", head=f"{LAST},notes,S.No")) == [SPLIT]


@pytest.mark.parametrize(
    ("head", "row", "where"),
    [
        (LAST, "acme,INV-7,2026-12-04,5,urgent", "column 5: stands beyond the last heading"),
        (LAST, "acme,INV-7,2026-12-04,5,,urgent", "column 6: stands beyond the last heading"),
        (f"{LAST},", "acme,INV-7,2026-12-04,5,urgent", "column 5: stands below no heading"),
        (f"vendor,,{LAST[7:]}", "acme,urgent,INV-7,2026-12-04,5", "column 2: stands below no heading"),
        (LAST, ",,,,134000", "column 5: stands beyond the last heading"),
    ],
)
def test_a_cell_that_no_heading_names_is_refused_by_its_place(head: str, row: str, where: str) -> None:
    (problem,) = problems(csv_list(row, head=head))

    assert problem.startswith(f"row 2, {where}")


def test_a_cell_of_a_workbook_beyond_the_headings_is_refused() -> None:
    raw = workbook(("acme", "INV-7", "2026-12-04", 134, "000"), head=LAST.split(","))

    assert problems(raw)[0].startswith("row 2, column 5: stands beyond the last heading")


def test_no_comma_cuts_an_amount_of_a_workbook() -> None:
    raw = workbook(("acme", "INV-7", "2026-12-04", 134, "000"), head=[*LAST.split(","), "notes"])

    assert len(read(raw).bills) == 1


def test_every_row_that_slipped_is_named() -> None:
    raw = csv_list("acme,INV-7,134,000,2026-12-04", "acme,INV-8,5,2026-12-04", "acme,INV-9,5,2026-12-04,x")

    assert [problem.partition(":")[0] for problem in problems(raw)] == ["row 2, amount", "row 4, column 5"]


def test_empty_cells_beyond_the_headings_lose_nothing() -> None:
    assert len(read(csv_list("acme,INV-7,2026-12-04,134,, ", head=f"{LAST},")).bills) == 1
