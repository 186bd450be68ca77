"""Rows of a text file: CSV with commas, semicolons, tabs or bars, in the encodings that offices save."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from checks.billing.intake.columns import recognised
from checks.billing.intake.limits import HEADING_WITHIN, MAX_CELL_CHARS, MAX_FILE_BYTES
from checks.billing.refusal import WHOLE_FILE, refused

#: By the name it is declared with.
ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "windows-1252": "cp1252",
    "windows-1256": "cp1256",
}
_DELIMITERS: Final = ",;\t|"
_NUL_SHARE: Final = 8


def csv_rows(
    raw: bytes, mapping: Mapping[str, str], encoding: str | None = None
) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows with something in them, numbered as a spreadsheet does. Raises BillsRefusedError."""
    if len(raw) > MAX_FILE_BYTES:
        raise refused(1, WHOLE_FILE, f"larger than {MAX_FILE_BYTES // 1024 // 1024} MiB; split it")
    text = _text(raw, encoding)
    delimiter = _delimiter(text, mapping)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if any(len(cell) > MAX_CELL_CHARS for cell in cells):
                raise refused(
                    number, WHOLE_FILE, f"a cell of over {MAX_CELL_CHARS:,} characters; is a quotation mark not closed?"
                )
            if any(cell and not cell.isspace() for cell in cells):
                yield number, cells
    except csv.Error:
        raise refused(
            number + 1, WHOLE_FILE, "a quotation mark is not closed, or stands inside a quoted cell"
        ) from None


def _text(raw: bytes, encoding: str | None) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif encoding is None and raw[:1024].count(0) * _NUL_SHARE > len(raw[:1024]):
        raise refused(1, WHOLE_FILE, 'no text, or UTF-16 without its mark; save it as "CSV UTF-8"')
    try:
        text = raw.decode(ENCODINGS[encoding or "utf-8"])
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        said = f"not {encoding}" if encoding else "not UTF-8"
        known = "windows-1252, windows-1256"
        raise refused(line, WHOLE_FILE, f'{said}; save it as "CSV UTF-8", or declare its encoding ({known})') from None
    if "\0" in text:
        raise refused(1, WHOLE_FILE, 'holds NUL characters, so it is no text; save it as "CSV UTF-8"')
    return text


def _delimiter(text: str, mapping: Mapping[str, str]) -> str:
    """The separator with which one of the first lines names most headings."""
    lines = text[: 64 * 1024].splitlines()[:HEADING_WITHIN]
    return max(
        _DELIMITERS,
        key=lambda mark: max((recognised(line.replace('"', "").split(mark), mapping) for line in lines), default=0),
    )
