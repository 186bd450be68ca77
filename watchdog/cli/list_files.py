"""Bills as files: spreadsheets that can come back, and never carry out what a cell says."""

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from checks.billing.intake.bill_rows import FORMULA_STARTS
from checks.billing.intake.reading import OWN_MARK, OWN_SHEET
from watchdog.billing.exporting import EXPORTED

Rows = Sequence[Mapping[str, Any]]

#: Dates and amounts of a sheet are real ones, so that people can sort and add.
_DAYS: Final = frozenset({"due", "suspends", "received", "since", "act_by", "cuts_off", "held_until"})
_WIDTH: Final = 16


def written(file: Path, rows: Rows, head: str) -> None:
    """In place of what was there, whole or not at all. Raises OSError, ModuleNotFoundError."""
    with tempfile.NamedTemporaryFile(dir=file.absolute().parent, prefix=f".{file.name}.", delete=False) as handle:
        try:
            match file.suffix.lower():
                case ".xlsx":
                    _sheet(handle, rows, head)
                case ".csv":
                    _csv(handle, rows)
                case _:
                    shown = {"head": head, "bills": [dict(row) for row in rows]}
                    handle.write(json.dumps(shown, indent=2, ensure_ascii=False).encode())
            handle.flush()
            Path(handle.name).replace(file)
        except BaseException:
            os.unlink(handle.name)  # noqa: PTH108  # it is a name
            raise


def neutral(text: str) -> str:
    """A spreadsheet takes what begins so for a formula; reading takes the apostrophe off again."""
    bare = text.lstrip("'")
    return f"'{text}" if bare.startswith(FORMULA_STARTS) else text


def _csv(handle: IO[bytes], rows: Rows) -> None:
    """With the mark by which spreadsheets know UTF-8."""
    text = io.TextIOWrapper(handle, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(EXPORTED)
    writer.writerows([neutral(str(row[name])) for name in EXPORTED] for row in rows)
    text.detach()


def _sheet(handle: IO[bytes], rows: Rows, head: str) -> None:
    from openpyxl import Workbook  # noqa: PLC0415  # an extra

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Bills")
    sheet.freeze_panes = "C2"
    for place in range(len(EXPORTED)):
        sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]].width = _WIDTH
    sheet.append(list(EXPORTED))
    for row in rows:
        sheet.append([_cell(sheet, name, str(row[name])) for name in EXPORTED])
    own = book.create_sheet(OWN_SHEET)
    own.sheet_state = "veryHidden"
    own.append([OWN_MARK, head])
    for row in rows:
        own.append([_text(own, str(row["key"])), str(row["stage"])])
    book.save(handle)


def _cell(sheet: Any, name: str, text: str) -> Any:  # noqa: ANN401  # openpyxl's
    if not text:
        return None
    if name in _DAYS:
        return date.fromisoformat(text)
    if name == "amount":
        return Decimal(text)
    return _text(sheet, neutral(text))


def _text(sheet: Any, text: str) -> Any:  # noqa: ANN401  # openpyxl's
    """As text, whatever it looks like."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  # an extra

    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
