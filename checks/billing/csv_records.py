"""The rows of a CSV file: line by line, so that no file costs much more memory than its own size."""

import codecs
import csv
import re
from collections.abc import Iterator
from typing import Self

from checks.billing.refusal import WHOLE_FILE, refused

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 50_000
#: Far more than a bill needs, and little enough for a row of nothing but separators.
MAX_ROW_BYTES = 64 * 1024

_LINE = re.compile(rb"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")


def records(raw: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them, numbered as a spreadsheet does. Raises BillsRefusedError."""
    lines = Lines(raw)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1):
            if number > MAX_ROWS + 1:
                raise refused(number, WHOLE_FILE, f"more than {MAX_ROWS:,} rows; keep one list per vendor")
            lines.begin_row(number + 1)
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        raise refused(
            number + 1, WHOLE_FILE, "a quotation mark is not closed, or stands inside a quoted cell"
        ) from None


class Lines:
    """Lines of text, each with its end. Raises BillsRefusedError at one that cannot be read."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) > MAX_BYTES:
            raise refused(1, WHOLE_FILE, f"larger than {MAX_BYTES // 1024 // 1024} MiB; keep one list per vendor")
        self._raw = raw
        self._found = _LINE.finditer(raw, len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0)
        self.begin_row(1)

    def begin_row(self, number: int) -> None:
        """A row may go over several lines; those that come now belong to another one."""
        self._row, self._row_bytes = number, 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        found = next(self._found)
        self._row_bytes += found.end() - found.start()
        if self._row_bytes > MAX_ROW_BYTES:
            told = f"more than {MAX_ROW_BYTES // 1024} KiB in one row; is a quotation mark in it not closed?"
            raise refused(self._row, WHOLE_FILE, told)
        try:
            return found[0].decode()
        except UnicodeDecodeError as error:
            line = self._raw.count(b"\n", 0, found.start() + error.start) + 1
            raise refused(line, WHOLE_FILE, 'not UTF-8; save it as "CSV UTF-8"') from None
