"""Parsers of files that people hand in."""

# ruff: noqa: RUF001  # digits of Urdu are among what is handed in

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from checks.billing.csv_rows import KnownIds, parse_bills
from checks.billing.intake.reading import read_bills
from checks.billing.intake.request import Known, Layout
from checks.billing.refusal import BillsRefusedError
from checks.calendar_feed import CalendarError, read_spans
from tests.fuzz.parser import Parser
from watchdog.settings.yaml_tree import read_tree


def _bills(data: bytes) -> None:
    parse_bills(data, today=date(2026, 11, 22), known=KnownIds())


def _bill_list(data: bytes) -> None:
    read_bills(data, Layout(due=date(2026, 12, 1)), Known(vendors={"acme": ["1234567-8"]}), date(2026, 11, 22))


def _sheet() -> bytes:
    """The smallest workbook that has a bill."""
    cells = ("vendor", "number", "amount"), ("acme", "INV-7", "5")
    shown = [[f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row] for row in cells]
    rows = "".join(f"<row>{''.join(row)}</row>" for row in shown)
    relation = '<Relationships><Relationship Id="r1" Target="s.xml"/></Relationships>'
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("xl/workbook.xml", '<workbook><sheets><sheet name="Bills" r:id="r1"/></sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", relation)
        archive.writestr("xl/s.xml", f"<worksheet><sheetData>{rows}</sheetData></worksheet>")
    return raw.getvalue()


def _settings(data: bytes) -> None:
    read_tree(Path("nigehban.yaml"), data, {})


def _calendar(data: bytes) -> None:
    read_spans(data, datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), "Asia/Karachi")


_ROTA = (
    b"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Asia/Karachi:20261101T090000\n"
    b"DTEND;TZID=Asia/Karachi:20261101T170000\nRRULE:FREQ=WEEKLY;BYDAY=SU,MO;COUNT=9\n"
    b"EXDATE;TZID=Asia/Karachi:20261108T090000\nSUMMARY:Bilal\nEND:VEVENT\nEND:VCALENDAR\n"
)


def file_parsers() -> Sequence[Parser]:
    return (
        Parser(
            name="bills",
            feed=_bills,
            refusals=(BillsRefusedError,),
            seeds=(b"vendor,number,amount,due\nacme,INV-7,134000.00 PKR,2026-12-01\n",),
        ),
        Parser(
            name="bill_list",
            feed=_bill_list,
            refusals=(BillsRefusedError,),
            seeds=(
                'Bill No.,Supplier,Amount,Due Date\nINV-7,acme,"1,34,000/-",۱ دسمبر ۲۰۲۶\n'.encode(),
                "vendor;number;amount\nacme;INV-7;Rs 5\n".encode("utf-16"),
                b'{"invoiceNumber":"7","sellerNTNCNIC":"1234567","invoiceDate":"2026-11-01","items":[{"totalValues":5}]}',
                _sheet(),
            ),
        ),
        Parser(
            name="calendar",
            feed=_calendar,
            refusals=(CalendarError,),
            seeds=(_ROTA, _ROTA.replace(b"RRULE", b"RDATE;VALUE=PERIOD:20261103T090000Z/PT2H\nX-R")),
        ),
        Parser(
            name="settings",
            feed=_settings,
            refusals=(),
            seeds=(b"checks:\n  - {id: mx, kind: smtp}\n", b"a: [1, 'two', !secret three]\n"),
        ),
    )
