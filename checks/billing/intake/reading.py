"""Any file that holds bills, told apart by what is in it and not by its name."""

from datetime import date
from typing import Final

from checks.billing.intake.bill_rows import BillRows
from checks.billing.intake.columns import check_mapping
from checks.billing.intake.csv_table import csv_rows
from checks.billing.intake.digital_invoice import digital_invoices
from checks.billing.intake.limits import MAX_ROWS
from checks.billing.intake.request import Exported, Known, Layout, ReadList
from checks.billing.intake.sheet_table import SheetBook, mapping_of
from checks.billing.intake.sheet_zip import COMPOUND_START, ZIP_START
from checks.billing.refusal import WHOLE_FILE, refused

#: The sheet that exports of ours have beside the bills, and what its first row begins with.
OWN_SHEET: Final = "nigehban-export"
OWN_MARK: Final = "nigehban export"


def read_bills(raw: bytes, layout: Layout, known: Known, today: date) -> ReadList:
    """Raises BillsRefusedError with every problem."""
    try:
        check_mapping(layout.mapping)
    except ValueError as error:
        raise refused(1, WHOLE_FILE, str(error)) from None
    start = raw[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if raw.startswith(ZIP_START):
        return _workbook(raw, layout, known, today)
    if raw.startswith(COMPOUND_START):
        raise refused(1, WHOLE_FILE, "an old Excel file (.xls), or one with a password; save it as .xlsx or CSV")
    if start.startswith(b"%PDF"):
        raise refused(1, WHOLE_FILE, "a PDF; `nigehban invoices notice` reads what vendors write")
    if start.startswith(b"<"):
        raise refused(1, WHOLE_FILE, "a web page or XML, whatever it is called; open it and save it as .xlsx or CSV")
    if start.startswith((b"{", b"[")):
        return ReadList(bills=digital_invoices(raw, layout, known, today))
    if not start:
        raise refused(1, WHOLE_FILE, "empty; the first row names the columns, say vendor, bill no, amount, due")
    rows = BillRows(layout, known, today)
    bills = rows.read(csv_rows(raw, layout.mapping, layout.encoding))
    return ReadList(bills=bills, unread=rows.unread)


def _workbook(raw: bytes, layout: Layout, known: Known, today: date) -> ReadList:
    book = SheetBook(raw)
    chosen = book.chosen(layout.sheet)
    rows = BillRows(layout, known, today, is_cut_at_commas=False)
    bills = rows.read(book.rows(chosen))
    others = [f"sheet {sheet.name[:40]}" for sheet in book.sheets if not sheet.is_hidden and sheet != chosen]
    return ReadList(bills=bills, unread=(*rows.unread, *others), exported=_exported(book))


def _exported(book: SheetBook) -> Exported | None:
    own = next((sheet for sheet in book.sheets if sheet.is_hidden and sheet.name == OWN_SHEET), None)
    if own is None:
        return None
    found = dict(mapping_of(book.rows(own), MAX_ROWS + 1))
    head = found.pop(OWN_MARK, None)
    return None if head is None else Exported(head=head, stages=found)
