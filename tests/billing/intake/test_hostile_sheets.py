"""Workbooks that mean harm are refused in words, before they cost anything. All are made here."""

import io
import zipfile

import pytest

from checks.billing.intake import limits
from tests.support.bill_lists import ROW, SHEET, part, problems, read, repacked, workbook

SHARED = "xl/sharedStrings.xml"
_WORDS = ("Vendor", "Bill No", "Amount", "Due Date", "acme", "INV-7")
TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>' % b"".join(
    b"<si><r><t>%s</t></r><rPh><t>spoken</t></rPh></si>" % word.encode() for word in _WORDS
)
CELLS = (
    b'<row r="1">%s</row><row r="2"><c r="A2" t="s"><v>4</v></c><c r="B2" t="s"><v>5</v></c>'
    b'<c r="C2"><v>1200.0999999999999</v></c><c r="D2" t="d"><v>2026-12-01T00:00:00</v></c></row>'
) % b"".join(b'<c t="s"><v>%d</v></c>' % number for number in range(4))
_NAMESPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_sheet(xml: bytes) -> bytes:
    return repacked(SOUND, {SHEET: xml})


def rows_xml(rows: bytes) -> bytes:
    return b'<worksheet xmlns="' + _NAMESPACE + b'"><sheetData>' + rows + b"</sheetData></worksheet>"


SOUND = repacked(workbook(ROW), {SHARED: TEXTS, SHEET: rows_xml(CELLS)})


def test_the_workbook_that_all_others_are_made_of_is_read_to_the_paisa() -> None:
    (bill,) = read(SOUND).bills

    assert (bill.vendor, bill.terms.number, bill.terms.amount.text()) == ("acme", "INV-7", "1200.10 PKR")


def test_a_part_that_unpacks_to_a_thousand_times_its_size_is_refused_unread() -> None:
    bomb = repacked(SOUND, {SHEET: b" " * (64 * 1024 * 1024)})

    assert len(bomb) < 256 * 1024
    assert "times its size" in problems(bomb)[0]


def test_many_parts_that_unpack_to_too_much_together_are_refused() -> None:
    number = limits.MAX_UNPACKED_BYTES // limits.RATIO_FROM_BYTES + 1
    parts: dict[str, bytes | None] = {f"xl/media/{one}": bytes(limits.RATIO_FROM_BYTES) for one in range(number)}

    assert "unpacks to" in problems(repacked(SOUND, parts))[0]


def test_thousands_of_parts_are_refused() -> None:
    parts: dict[str, bytes | None] = {f"xl/media/{number}": b"" for number in range(limits.MAX_ENTRIES + 1)}

    assert "parts" in problems(repacked(SOUND, parts))[0]


def test_a_header_that_lies_about_a_size_is_refused_as_damage() -> None:
    raw = bytearray(SOUND)
    place = raw.rindex(SHEET.encode()) - 46  # of the central directory (APPNOTE 4.3.12): the size unpacked
    raw[place + 24 : place + 28] = (10).to_bytes(4, "little")

    assert problems(bytes(raw)) != []


@pytest.mark.parametrize(
    ("name", "why"),
    [("xl/vbaProject.bin", "macros"), ("xl/externalLinks/externalLink1.xml", "links to other workbooks")],
)
def test_macros_and_links_to_other_workbooks_are_refused(name: str, why: str) -> None:
    assert why in problems(repacked(SOUND, {name: b"x"}))[0]


def test_a_relation_to_somewhere_else_is_refused() -> None:
    name = "xl/_rels/workbook.xml.rels"
    outside = part(SOUND, name).replace(
        b"</Relationships>", b'<Relationship Id="x" TargetMode="External" Target="http://192.0.2.1/"/></Relationships>'
    )

    assert "links to somewhere else" in problems(repacked(SOUND, {name: outside}))[0]


@pytest.mark.parametrize("name", [SHEET, SHARED, "xl/workbook.xml", "xl/styles.xml"])
def test_a_document_type_is_refused_wherever_it_stands(name: str) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    xml = part(SOUND, name)
    bare = xml[xml.index(b"?>") + 2 :] if xml.startswith(b"<?xml") else xml

    assert "document type" in problems(repacked(SOUND, {name: laughs + bare}))[0]


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (rows_xml(b'<row r="1"><c r="ZZ1" t="inlineStr"><is><t>x</t></is></c></row>'), "beyond column"),
        (rows_xml(b'<row r="1"><c r="1" t="inlineStr"><is><t>x</t></is></c></row>'), "beyond column"),
        (rows_xml(b'<row r="x"/>'), "without a number"),
        (rows_xml(b'<row r="1"><c t="inlineStr"><is><t>' + b"x" * 5000 + b"</t></is></c></row>"), "a cell of over"),
        (rows_xml(b'<row r="1">'), "damaged"),
        (b"", "damaged"),
        (b"\x00" * 100, "damaged"),
        (rows_xml(b""), "no headings"),
    ],
)
def test_a_sheet_that_no_spreadsheet_writes_is_refused(xml: bytes, why: str) -> None:
    assert why in problems(with_sheet(xml))[0]


def test_a_text_that_is_not_in_the_workbook_is_named_where_it_is_missing() -> None:
    xml = rows_xml(CELLS.replace(b"<v>4<", b"<v>99999<"))

    assert problems(with_sheet(xml)) == ["row 2, vendor: damaged: its text is not in the workbook"]


def test_a_protected_workbook_is_refused() -> None:
    raw = bytearray(SOUND)
    place = raw.rindex(b"PK\x01\x02")
    raw[place + 8] |= 1

    assert "password" in problems(bytes(raw))[0]


def test_a_truncated_workbook_is_refused() -> None:
    assert all("damaged" in problems(SOUND[:length])[0] for length in range(100, len(SOUND), 997))


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("readme.txt", "hello")

    assert problems(raw.getvalue()) == ["a workbook without a sheet"]
