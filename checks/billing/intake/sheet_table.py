"""Rows of a sheet of an .xlsx workbook (ECMA-376, part 1, 18.3), one after another, with what each cell really holds.

A formula is refused where it is read: its value is what the sheet's last writer made of it. A number is taken as the
shortest figures that name it (1200.1, although the file says 1200.0999999999999): that is no rounding, both are the
same number to a spreadsheet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from checks.billing.intake.cells import DayCell, NumberCell, UnfitCell
from checks.billing.intake.days import serial_day
from checks.billing.intake.limits import MAX_CELL_CHARS, MAX_COLUMNS
from checks.billing.intake.sheet_formats import PLAIN, CellFormat, formats_of
from checks.billing.intake.sheet_parts import Sheet, shared_texts, workbook_of
from checks.billing.intake.sheet_xml import feed
from checks.billing.intake.sheet_zip import SheetZip
from checks.billing.refusal import WHOLE_FILE, refused

_EXACT: Final = 10**15
_LETTERS: Final = {letter: number for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1)}

Row = tuple[int, Sequence[str]]


class SheetBook:
    """An opened workbook. Raises BillsRefusedError, at any time."""

    def __init__(self, raw: bytes) -> None:
        self._archive = SheetZip(raw)
        book = workbook_of(self._archive)
        self._from_1904 = book.from_1904
        self.sheets = book.sheets(self._archive)
        self._texts = shared_texts(self._archive)
        self._formats = formats_of(self._archive)

    def chosen(self, name: str | None) -> Sheet:
        """The sheet of that name; without one the first that is shown."""
        shown = [sheet for sheet in self.sheets if not sheet.is_hidden]
        named = [sheet for sheet in self.sheets if sheet.name == name] if name is not None else shown[:1]
        if not named:
            there = ", ".join(sheet.name[:40] for sheet in shown[:20])
            raise refused(1, WHOLE_FILE, f"no such sheet; there are {there}" if name else "a workbook without a sheet")
        return named[0]

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """Rows with something in them, numbered as the sheet does."""
        reading = _Reading(self._texts, self._formats, self._from_1904)
        with self._archive.opened(sheet.part) as handle:
            for _ in feed(handle, reading):
                yield from reading.done
                reading.done.clear()


@dataclass(slots=True)
class _Reading:
    texts: Sequence[str]
    formats: Sequence[CellFormat]
    from_1904: bool
    done: list[Row] = field(default_factory=list)
    _row: int = 0
    _cells: list[str] = field(default_factory=list)
    _column: int = 0
    _kind: str = "n"
    _style: str = "0"
    _is_formula: bool = False
    _is_value: bool = False
    _value: str = ""
    _columns: dict[str, int] = field(default_factory=dict)
    _has_something: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._column = self._place(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "0")
            self._is_formula, self._value = False, ""
        elif name in {"v", "t"}:
            self._is_value = True
        elif name == "row":
            self._row = self._row_number(attributes.get("r"))
            self._cells, self._column, self._has_something = [], 0, False
        elif name == "f":
            self._is_formula = True
        elif name == "rPh":
            self._kind = "spoken"

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_value = False
        elif name == "c":
            self._put()
        elif name == "row" and self._has_something:
            self.done.append((self._row, self._cells))

    def text(self, text: str) -> None:
        if self._is_value:
            self._value += text
            if len(self._value) > MAX_CELL_CHARS:
                raise refused(self._row, WHOLE_FILE, f"a cell of over {MAX_CELL_CHARS:,} characters")

    def _row_number(self, said: str | None) -> int:
        if said is None:
            return self._row + 1
        if not (said.isascii() and said.isdigit() and len(said) < 8):  # noqa: PLR2004  # sheets end at 1,048,576
            raise refused(self._row + 1, WHOLE_FILE, "damaged: a row without a number; save it anew")
        return int(said)

    def _place(self, said: str | None) -> int:
        """The column of "AB17", from 1."""
        if said is None:
            place = self._column + 1
        else:
            letters = said.rstrip("0123456789")
            place = self._columns.get(letters, 0) or self._columns.setdefault(letters, _column_number(letters))
        if not 0 < place <= MAX_COLUMNS:
            raise refused(
                self._row, WHOLE_FILE, f"has cells beyond column {MAX_COLUMNS}; keep the list's columns alone"
            )
        return place

    def _put(self) -> None:
        if not (self._value or self._is_formula):
            return
        cell = UnfitCell("a formula; paste its value instead") if self._is_formula else self._cell()
        cells = self._cells
        if len(cells) < self._column:
            cells.extend([""] * (self._column - len(cells)))
        cells[self._column - 1] = cell
        self._has_something = self._has_something or not cell.isspace()

    def _cell(self) -> str:  # noqa: PLR0911  # a kind each
        value = self._value
        match self._kind:
            case "s":
                return self._shared(value)
            case "n":
                return self._number(value)
            case "inlineStr" | "str":
                return value
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "d":
                return DayCell(value[:10])
            case "e":
                return UnfitCell("an error of the spreadsheet stands here")
            case _:
                return UnfitCell("a kind of cell that cannot be read; write plain text")

    def _shared(self, value: str) -> str:
        place = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1  # noqa: PLR2004
        if not 0 <= place < len(self.texts):
            return UnfitCell("damaged: its text is not in the workbook")
        return self.texts[place]

    def _number(self, value: str) -> str:
        shown = self._format()
        if shown.is_day:
            return self._day(value)
        if value.isascii() and value.isdigit():
            if len(value) > 15:  # noqa: PLR2004
                return UnfitCell(_TOO_LONG)
            return NumberCell(value, shown.money) if shown.money else value
        try:
            number = float(value)
        except ValueError:
            return UnfitCell("damaged: no number")
        if not abs(number) < _EXACT:
            return UnfitCell(_TOO_LONG)
        return NumberCell(f"{number:.0f}" if number == int(number) else repr(number), shown.money)

    def _day(self, value: str) -> str:
        try:
            return DayCell(serial_day(value, from_1904=self.from_1904).isoformat())
        except ValueError as error:
            return UnfitCell(str(error))

    def _format(self) -> CellFormat:
        style = self._style
        if not (style.isascii() and style.isdigit() and len(style) < 7):  # noqa: PLR2004
            return PLAIN
        place = int(style)
        return self.formats[place] if place < len(self.formats) else PLAIN


_TOO_LONG: Final = (
    "a number of more digits than a spreadsheet keeps (15); format the column as text, then write it anew"
)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + _LETTERS.get(letter, 0)
    return number


def mapping_of(rows: Iterator[Row], most: int) -> Mapping[str, str]:
    """First cell to second cell of a small sheet of ours."""
    found: dict[str, str] = {}
    for _, cells in rows:
        if len(found) < most and len(cells) > 1:
            found[cells[0]] = cells[1]
    return found
