"""Lists of bills as offices hand them in: text, workbooks, and workbooks that mean harm."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl

from checks.billing.intake.reading import read_bills
from checks.billing.intake.request import Known, Layout, ReadList
from checks.billing.refusal import BillsRefusedError

TODAY = date(2026, 11, 22)
KNOWN = Known(
    vendors={"acme": ["Acme Hosting", "1234567-8"], "zeta": ["Zeta Telecom"]},
    services=("official-email",),
    offices=("hq",),
    contracts={"mail-2026": "acme"},
    stages={"received": "received and diarised", "sanction": "sanction"},
)
HEAD = ("Vendor", "Bill No", "Amount", "Due Date")
ROW = ("acme", "INV-7", 134000, date(2026, 12, 1))


def read(raw: bytes, known: Known = KNOWN, **layout: Any) -> ReadList:  # noqa: ANN401  # as Layout has it
    return read_bills(raw, Layout(**layout), known, TODAY)


def problems(raw: bytes, known: Known = KNOWN, **layout: Any) -> list[str]:  # noqa: ANN401  # as Layout has it
    """What a list is refused for; none where it is read."""
    try:
        read(raw, known, **layout)
    except BillsRefusedError as error:
        return [str(problem) for problem in error.problems]
    return []


def csv_list(*rows: str, head: str = "vendor,number,amount,due") -> bytes:
    return "\n".join((head, *rows, "")).encode()


def workbook(*rows: Sequence[object], head: Sequence[object] = HEAD) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (head, *rows):
        sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def repacked(raw: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """`raw` with other parts; None leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def part(raw: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return archive.read(name)


SHEET = "xl/worksheets/sheet1.xml"
MOMENT = datetime(2026, 12, 1, 17, 30)  # noqa: DTZ001  # spreadsheets have no zones
