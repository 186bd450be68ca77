"""The list of bills that a finance office keeps in a CSV file, read strictly and as a whole.

One bad cell refuses the file, and every bad cell is named: half a list would look like a list with fewer debts.
Nothing is guessed. A date is yyyy-mm-dd, an amount has no thousands commas, and a column that we do not know is an
error, since "suspend" for "suspends" would lose the day that matters most.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from checks.billing.csv_records import Lines, records
from checks.billing.refusal import WHOLE_FILE, BadCell, BillsRefusedError, refused
from checks.billing.split_amount import SPLIT, looks_split
from checks.invoice import Invoice
from checks.units import Money, parse_money

MAX_TEXT_CHARS = 300
#: A list with so many bad cells is another file, or has slipped by a column: the rest of it tells nothing new.
MAX_PROBLEMS = 1_000
FIRST_YEAR, LAST_YEAR = 2000, 2100

REQUIRED = ("vendor", "number", "amount", "due")
OPTIONAL = ("currency", "suspends", "service", "office", "settled_on", "evidence", "notes")
COLUMNS = frozenset(REQUIRED + OPTIONAL)

_DELIMITERS = ",;\t"
_ISO_DATE = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
#: A spreadsheet takes a cell that begins so for a formula, here or wherever the text is exported to.
_FORMULA_STARTS = tuple("=+-@")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIds:
    """Ids that cells may name; an empty set lets any through, as where there are no settings."""

    vendors: AbstractSet[str] = frozenset()
    services: AbstractSet[str] = frozenset()
    offices: AbstractSet[str] = frozenset()


def parse_bills(raw: bytes, *, today: date, known: KnownIds) -> tuple[Invoice, ...]:
    """All bills of the file, in its order.

    Raises BillsRefusedError with every problem, or with the first MAX_PROBLEMS at least; or returns every row.
    """
    delimiter = _delimiter(raw)
    for _ in records(raw, delimiter):
        pass  # a file that is too long, or ends within a cell, is refused before it costs much
    rows = records(raw, delimiter)
    header = _header(*next(rows, (1, ())))
    problems: list[BadCell] = []
    bills: dict[str, tuple[int, Invoice]] = {}
    for number, cells in rows:
        row = _Row(number, header, cells)
        bill = _bill(row, today, known)
        if bill is not None and bill.key in bills:
            row.refuse("number", f"this bill stands in row {bills[bill.key][0]} already")
        elif bill is not None:
            bills[bill.key] = (number, bill)
        problems += row.problems
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise BillsRefusedError(problems)
    return tuple(bill for _, bill in bills.values())


# The header ------------------------------------------------------------------------------------------------------


def _delimiter(raw: bytes) -> str:
    """The separator with which the header names most columns that we know, quoted or not."""
    header_line = next((line for line in Lines(raw) if line.strip()), None)
    if header_line is None:
        raise refused(1, WHOLE_FILE, f"empty; the first row names the columns, at least {', '.join(REQUIRED)}")
    cells = header_line.replace('"', "")
    return max(_DELIMITERS, key=lambda mark: len(COLUMNS.intersection(_column_names(cells.split(mark)))))


def _column_names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().casefold() for cell in cells]


def _header(row: int, cells: Sequence[str]) -> list[str]:
    """The names of the columns; empty for one that spreadsheets save although nothing stands in it."""
    names = _column_names(cells)
    problems = [
        BadCell(row, f"column {place}", f"not a column we know; use {', '.join(REQUIRED + OPTIONAL)}")
        for place, name in enumerate(names, start=1)
        if name and name not in COLUMNS
    ]
    problems += [BadCell(row, name, "stands twice") for name in sorted(COLUMNS) if names.count(name) > 1]
    problems += [BadCell(row, name, "this column is missing") for name in REQUIRED if name not in names]
    if problems:
        raise BillsRefusedError(problems)
    return names


# One row ---------------------------------------------------------------------------------------------------------


class _Row:
    """Reads cells of one row and gathers what is wrong with them."""

    def __init__(self, number: int, header: Sequence[str], cells: Sequence[str]) -> None:
        self.number = number
        self.problems: list[BadCell] = []
        amount = header.index("amount")
        has_notes_next = header[amount + 1 : amount + 2] == ["notes"]
        if (len(cells) > len(header) or has_notes_next) and looks_split(cells, amount):
            self.refuse("amount", SPLIT)
        elif len(cells) != len(header):
            self.refuse("row", f"{len(cells)} cells, the header has {len(header)}")
        for place, (name, cell) in enumerate(zip(header, cells, strict=False), start=1):
            if not name and cell.strip():
                self.refuse(f"column {place}", "stands below no name; name the column in the first row, or empty it")
        self._cells: Mapping[str, str] = {
            name: cell.strip() for name, cell in zip(header, cells, strict=False) if name not in {"", "notes"}
        }

    def refuse(self, column: str, problem: str) -> None:
        self.problems.append(BadCell(self.number, column, problem))

    def text(self, column: str) -> str:
        return self._cells.get(column, "")

    def optional(self, column: str, read: Callable[[str], T]) -> T | None:
        """The value of a cell; None where it is empty, or bad and noted."""
        text = self.text(column)
        try:
            return read(text) if text else None
        except ValueError as error:
            self.refuse(column, str(error))
            return None

    def required(self, column: str, read: Callable[[str], T]) -> T | None:
        if not self.text(column):
            self.refuse(column, "this cell is empty")
            return None
        return self.optional(column, read)


def _bill(row: _Row, today: date, known: KnownIds) -> Invoice | None:
    """The bill of a row, or None and its problems noted."""
    if row.problems:
        return None
    vendor = row.required("vendor", _one_of(known.vendors, "vendor"))
    number = row.required("number", _plain)
    currency = row.text("currency")
    amount = row.required("amount", lambda text: _money(f"{text} {currency}" if currency else text))
    due = row.required("due", _day)
    suspends = row.optional("suspends", lambda text: _not_before(due, _day(text)))
    service = row.optional("service", _one_of(known.services, "service"))
    office = row.optional("office", _one_of(known.offices, "office"))
    settled_on = row.optional("settled_on", lambda text: _not_after(today, _day(text)))
    evidence = row.optional("evidence", _plain)
    if row.problems or vendor is None or number is None or amount is None or due is None:
        return None
    return Invoice(
        vendor=vendor,
        number=number,
        amount=amount,
        due=due,
        suspends=suspends,
        service=service,
        office=office,
        settled_on=settled_on,
        evidence=evidence or "",
    )


def _plain(text: str) -> str:
    if text.startswith(_FORMULA_STARTS):
        raise ValueError("begins like a formula (= + - @); write plain text")
    if not text.isprintable():
        raise ValueError("holds a line break or an invisible character; write one plain line")
    if len(text) > MAX_TEXT_CHARS:
        raise ValueError(f"longer than {MAX_TEXT_CHARS} characters")
    return text


def _one_of(ids: AbstractSet[str], what: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if ids and text not in ids:
            raise ValueError(f"no such {what} in the settings; there are {', '.join(sorted(ids)[:20])}")
        return _plain(text)

    return read


def _day(text: str) -> date:
    match = _ISO_DATE.fullmatch(text)
    if match is None:
        raise ValueError('expected a date as yyyy-mm-dd, such as "2026-12-01"')
    year, month, day = map(int, match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None


def _money(text: str) -> Money:
    money = parse_money(text)
    if not money.amount:
        raise ValueError("a bill over nothing is no bill; write its amount or leave the row out")
    return money


def _not_before(due: date | None, day: date) -> date:
    if due is not None and day < due:
        raise ValueError("lies before the due date")
    return day


def _not_after(today: date, day: date) -> date:
    if day > today:
        raise ValueError("lies in the future; a bill is settled once the vendor has its money")
    return day
