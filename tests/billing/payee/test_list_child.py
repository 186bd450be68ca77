"""A list is read in a process of its own: what is no list is refused in words, by a process that lives."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from checks.ledger.taxpayers import ListKind


def read(tmp_path: Path, raw: bytes) -> list[Any]:
    file = tmp_path / "list"
    file.write_bytes(raw)
    with file.open("rb") as handle:
        command = [sys.executable, "-m", "checks.billing.payee.list_child", str(handle.fileno())]
        done = subprocess.run(
            [*command, ListKind.INCOME_TAX.value], stdout=subprocess.PIPE, pass_fds=(handle.fileno(),), check=True
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def book(rows: str) -> bytes:
    """A workbook with one sheet."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{relations}"><sheets>'
        '<sheet name="ATL" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>",
    }
    raw = BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return raw.getvalue()


def test_a_text_file_gives_numbers_names_and_a_count(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfNTN,Name\r\n1234567-8,ACME\r\n") == [
        ["1234567", "ACME"],
        {"read": 1, "unread": 0, "first_unread": 0, "inactive": 0},
    ]


def test_a_workbook_gives_the_same(tmp_path: Path) -> None:
    texts = '<c t="inlineStr"><is><t>NTN</t></is></c><c t="inlineStr"><is><t>Name</t></is></c>'
    row = '<c><v>667440</v></c><c t="inlineStr"><is><t>ZETA</t></is></c>'
    assert read(tmp_path, book(f"<row>{texts}</row><row>{row}</row>"))[0] == ["0667440", "ZETA"]


def test_utf_16_is_understood_by_its_mark(tmp_path: Path) -> None:
    assert read(tmp_path, "NTN\tName\n1234567\tفرم\n".encode("utf-16"))[0] == ["1234567", "فرم"]


def test_a_damaged_letter_in_a_name_keeps_no_number_out(tmp_path: Path) -> None:
    assert read(tmp_path, b"NTN,Name\n1234567,CAF\xc9\n")[0][0] == "1234567"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "empty"),
        (b"<html><table>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old Excel"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"\x00" * 100_000, "line of over"),
        (b"NTN," + b"9" * 100_000, "line of over"),
        (bytes(range(256)) * 10, ""),
    ],
)
def test_what_is_no_list_is_refused_in_words(tmp_path: Path, raw: bytes, why: str) -> None:
    (answer,) = read(tmp_path, raw)
    assert why in answer["refused"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    raw = BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    (answer,) = read(tmp_path, raw.getvalue())
    assert "unpacks to more than" in answer["refused"]
