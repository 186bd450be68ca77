"""Lists as offices keep them: titles above, headings of their own, both languages, and every bad cell named."""

# ruff: noqa: RUF001  # digits and marks of other scripts are what is read here

import json
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.support.bill_lists import HEAD, MOMENT, ROW, csv_list, problems, read, saved, workbook

DUE = "2026-12-01"


def test_headings_are_known_by_the_names_offices_give_them() -> None:
    (bill,) = read(csv_list("INV-7,Acme Hosting,Rs 1,1 Dec 2026", head="Bill No.,Supplier,Bill Amount,Due Date")).bills

    assert (bill.vendor, bill.terms.number, bill.terms.due) == ("acme", "INV-7", date(2026, 12, 1))


def test_headings_and_cells_in_urdu_are_read() -> None:
    raw = "بل نمبر,وینڈر,رقم,آخری تاریخ\nINV-۷,acme,۱٬۳۴٬۰۰۰,۱ دسمبر ۲۰۲۶\n".encode()

    (bill,) = read(raw).bills

    assert bill.terms.amount.text() == "134000.00 PKR"


def test_a_title_above_the_headings_is_passed_over_and_rows_keep_their_numbers() -> None:
    raw = b"Government of Somewhere\n\nvendor,number,amount,due\nacme,INV-7,x,2026-12-01\n"

    assert problems(raw)[0].startswith("row 4, amount: ")


def test_columns_that_nobody_knows_are_said_not_to_be_read() -> None:
    found = read(csv_list("1,acme,INV-7,5,2026-12-01", head="S.No,vendor,number,amount,due"))

    assert found.unread == ("S.No",)


def test_a_heading_that_is_nearly_ours_is_refused_so_that_no_day_is_lost() -> None:
    raw = csv_list("acme,INV-7,5,2026-12-01,2026-12-20", head="vendor,number,amount,due,suspendss")

    assert 'nearly "suspends"' in problems(raw)[0]


def test_a_mapping_says_which_heading_is_what() -> None:
    raw = csv_list("acme,INV-7,5,2026-12-01", head="Firma,Nummer,Betrag,Bis")
    mapping = {"firma": "vendor", "Nummer": "number", "Betrag": "amount", "Bis": "due"}

    assert len(read(raw, mapping=mapping).bills) == 1


@pytest.mark.parametrize(
    ("mapping", "why"),
    [({"Bis": "until"}, "no column that we know"), ({"Tag": "due"}, "is not in this list")],
)
def test_a_mapping_that_cannot_be_is_refused(mapping: dict[str, str], why: str) -> None:
    raw = csv_list("acme,INV-7,5,2026-12-01", head="vendor,number,amount,Bis")

    assert any(why in problem for problem in problems(raw, mapping=mapping))


def test_every_bad_cell_of_a_list_is_named_with_its_row_and_column() -> None:
    raw = csv_list(
        "acme,INV-1,-5,2026-12-01",
        "nobody,INV-2,5,0202-12-01",
        "acme,,5,2026-02-30",
        "acme,=INV-4,5,2026-12-01",
        "acme,INV-5,5,2026-12-01",
        "acme,inv 5,5,2026-12-01",
    )

    assert [problem.partition(": ")[0] for problem in problems(raw)] == [
        *("row 2, amount", "row 3, vendor", "row 3, due", "row 4, number", "row 4, due", "row 5, number"),
        "row 7, number",
    ]


def test_one_bill_spelled_three_ways_stands_once() -> None:
    raw = csv_list("acme,INV-7,5,2026-12-01", "Acme Hosting,inv 7,5,2026-12-01", "12345678,Inv‑۷,5,2026-12-01")

    assert [problem.partition(",")[0] for problem in problems(raw)] == ["row 3", "row 4"]


def test_a_currency_of_its_own_column_counts() -> None:
    raw = csv_list("acme,INV-7,1200.50,USD,2026-12-01", head="vendor,number,amount,currency,due")

    (bill,) = read(raw).bills

    assert bill.terms.amount.text() == "1200.50 USD"


def test_two_currencies_of_one_amount_are_both_named() -> None:
    raw = csv_list("acme,INV-7,Rs 500,USD,2026-12-01", head="vendor,number,amount,currency,due")

    assert problems(raw)[0].startswith("row 2, amount: in PKR, where the column currency says USD")


def test_a_vendor_and_a_due_day_can_be_declared_for_the_whole_list() -> None:
    (bill,) = read(csv_list("INV-7,5", head="number,amount"), vendor="zeta", due=date(2026, 12, 1)).bills

    assert (bill.vendor, bill.terms.due) == ("zeta", date(2026, 12, 1))


def test_a_contract_of_another_vendor_is_refused() -> None:
    raw = csv_list("zeta,INV-7,5,2026-12-01,mail-2026", head="vendor,number,amount,due,contract")

    assert "another vendor" in problems(raw)[0]


def test_a_payment_without_proof_is_refused() -> None:
    raw = csv_list("acme,INV-7,5,2026-12-01,2026-11-01", head="vendor,number,amount,due,settled_on")

    assert problems(raw)[0].startswith("row 2, evidence: ")


# Encodings and kinds of files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_unicode_is_read_without_a_word(encoding: str) -> None:
    raw = csv_list("acme,INV-7,5,1 دسمبر 2026").decode().encode(encoding)

    assert len(read(raw).bills) == 1


def test_text_in_an_older_encoding_is_read_once_that_is_declared() -> None:
    raw = csv_list("acme,پ-7,5,2026-12-01").decode().encode("cp1256")

    assert "declare its encoding" in problems(raw)[0]
    assert read(raw, encoding="windows-1256").bills[0].terms.number == "پ-7"


def test_utf_16_without_its_mark_is_refused() -> None:
    assert "UTF-16" in problems(csv_list("acme,INV-7,5,2026-12-01").decode().encode("utf-16-le"))[0]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_cells_may_be_parted_by_any_usual_mark(mark: str) -> None:
    raw = csv_list("acme,INV-7,5,2026-12-01").replace(b",", mark.encode())

    assert len(read(raw).bills) == 1


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n\n", "empty"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<html><table>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", "old Excel"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b'vendor,number,amount,due\nacme,"INV', "quotation mark"),
        (b"a,b\n1,2\n", "no headings"),
        (b"vendor,number\nacme,INV-7\n", "missing"),
        (b"\xff\xfe\x00", "not utf-16"),
        (b"{", "JSON"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_what_is_no_list_is_refused_in_words(raw: bytes, why: str) -> None:
    assert why in problems(raw)[0]


# Workbooks --------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_by_what_its_cells_are() -> None:
    (bill,) = read(workbook(("acme", "INV-7", 1200.1, MOMENT))).bills

    assert (bill.terms.amount.text(), bill.terms.due) == ("1200.10 PKR", date(2026, 12, 1))


def test_a_workbook_that_counts_from_1904_has_the_same_days() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEAD))
    sheet.append(list(ROW))

    assert read(saved(book)).bills[0].terms.due == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("acme", "INV-7", "=1+1", date(2026, 12, 1)), "row 2, amount: a formula"),
        (("acme", date(2026, 12, 1), 5, date(2026, 12, 1)), "row 2, number: the sheet made a date of it"),
        (("acme", "INV-7", date(2026, 12, 1), date(2026, 12, 1)), "row 2, amount: formatted as a date"),
        (("acme", "INV-7", 5, 46357), "row 2, due: a plain number"),
        (("acme", "INV-7", 0.125, date(2026, 12, 1)), "row 2, amount: PKR has 2 digits"),
        (("acme", 12345678901234567, 5, date(2026, 12, 1)), "row 2, number: a number of more digits"),
        (("acme", "#REF!", 5, date(2026, 12, 1)), "row 2, number: an error of the spreadsheet"),
        (("acme", "INV-7", True, date(2026, 12, 1)), "row 2, amount: expected"),
        (("acme", "INV-7", None, date(2026, 12, 1)), "row 2, amount: this cell is empty"),
    ],
)
def test_a_cell_of_a_workbook_that_is_not_what_it_seems_is_refused(row: tuple[object, ...], problem: str) -> None:
    assert problems(workbook(row))[0].startswith(problem)


def test_only_the_first_shown_sheet_is_read_and_the_others_are_named() -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.sheet_state = "hidden"
    for title in ("Bills", "Notes"):
        sheet = book.create_sheet(title)
        sheet.append(list(HEAD))
        sheet.append(list(ROW))

    found = read(saved(book))

    assert (len(found.bills), found.unread) == (1, ("sheet Notes",))
    assert read(saved(book), sheet="Notes").unread == ("sheet Bills",)
    assert "there are Bills, Notes" in problems(saved(book), sheet="Bill")[0]


# Digital invoices -------------------------------------------------------------------------------------------------

INVOICE = {
    "invoiceType": "Sale Invoice",
    "invoiceDate": "2026-11-01",
    "invoiceNumber": "7000007DI1747119701593",
    "sellerNTNCNIC": "1234567",
    "items": [
        {"valueSalesExcludingST": 1000.0, "salesTaxApplicable": 180.5, "salesTaxWithheldAtSource": 36.1},
        {"totalValues": 100},
    ],
}


def test_a_digital_invoice_is_read_with_tax_and_the_number_of_the_tax_authority() -> None:
    (bill,) = read(json.dumps(INVOICE).encode(), due=date(2026, 12, 1)).bills

    assert (bill.vendor, bill.terms.number) == ("acme", "7000007DI1747119701593")
    assert bill.terms.amount.text() == "1280.50 PKR"
    assert bill.notes == "invoice of 2026-11-01; sales tax withheld at source 36.1"


def test_names_of_the_older_interface_are_known_whatever_their_case() -> None:
    old = {"InvoiceNumber": "X-1", "SellerNTN": "1234567-8", "DateTime": "2026-11-01 10:00:00", "TotalBillAmount": "5"}

    (bill,) = read(json.dumps([old]).encode(), due=date(2026, 12, 1)).bills

    assert bill.terms.amount.text() == "5.00 PKR"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"sellerNTNCNIC": "7654321"}, "row 1, sellerNTNCNIC"),
        ({"invoiceNumber": ""}, "row 1, invoiceNumber"),
        ({"invoiceDate": "01/02/2026"}, "row 1, invoiceDate"),
        ({"items": []}, "row 1, totalValues"),
        ({"items": [1]}, "row 1, items"),
        ({"items": [{"totalValues": -5}]}, "row 1, totalvalues"),
        ({"items": [{"totalValues": "134,00"}]}, "row 1, totalvalues"),
        ({"items": [{"totalValues": "1.234,56"}]}, "row 1, totalvalues"),
        ({"items": [{"totalValues": 1e30}]}, "row 1, totalvalues"),
        ({"items": [{"totalValues": 5.001}]}, "row 1, totalValues"),
        ({"invoiceType": "Credit Note"}, "row 1, invoiceType"),
    ],
)
def test_a_digital_invoice_that_cannot_be_taken_says_which_field(change: dict[str, object], problem: str) -> None:
    assert problems(json.dumps({**INVOICE, **change}).encode(), due=date(2026, 12, 1))[0].startswith(problem)


def test_a_digital_invoice_whose_amount_has_commas_of_thousands_is_read() -> None:
    raw = json.dumps({**INVOICE, "items": [{"totalValues": "1,34,000.00"}]}).encode()

    assert read(raw, due=date(2026, 12, 1)).bills[0].terms.amount.text() == "134000.00 PKR"


def test_a_digital_invoice_without_a_due_day_asks_for_one() -> None:
    assert "declare one" in problems(json.dumps(INVOICE).encode())[0]


@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    assert all(problems(raw))


def test_due_in_words_is_as_good_as_due_in_figures() -> None:
    assert read(csv_list("acme,INV-7,5,1-Dec-26")).bills[0].terms.due.isoformat() == DUE
