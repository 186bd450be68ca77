"""Rows of a downloaded list of active taxpayers to numbers and names, one after another: memory stays small. Pure."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from checks.billing.payee.numbers import listed_number
from checks.ledger.taxpayers import MAX_NAME_CHARS, ListKind

MAX_ROWS: Final = 3_000_000
MAX_CELL_CHARS: Final = 1_000
#: Headings stand within the first rows; above them there may be a title.
HEADING_WITHIN: Final = 20
#: One row in so many may have no number; more of them, and it is another file, or has slipped by a column.
UNREAD_SHARE: Final = 50
#: Rows that a short list may have without a number: a title, a sum.
_FEW: Final = 3

_SHOWN_CHARS: Final = 40
_DELIMITERS: Final = ",;\t|"
_BOTH: Final = "ntn ntnno ntnnumber ntncnic ntnorcnic cnicntn cnic cnicno cnicnumber nic registrationno regno"
_NUMBERS: Final[dict[ListKind, frozenset[str]]] = {
    ListKind.INCOME_TAX: frozenset({*_BOTH.split(), "registrationnumber", "taxpayerid", "nationaltaxnumber"}),
    ListKind.SALES_TAX: frozenset(
        {*_BOTH.split(), "registrationnumber", "taxpayerid", "strn", "strnno", "salestaxregistrationno", "salestaxno"}
    ),
}
_STATUSES: Final = frozenset(
    (
        *("status", "atlstatus", "taxpayerstatus", "activestatus", "filerstatus", "filingstatus"),
        *("registrationstatus", "currentstatus"),
    )
)
#: What stands there for those who count, and for those who do not.
_ACTIVE: Final = frozenset(("active", "activetaxpayer", "filer", "activefiler", "latefiler", "operative", "yes"))
_INACTIVE: Final = frozenset(
    (
        *("inactive", "nonactive", "notactive", "nonfiler", "notfiler", "inoperative", "no", "suspended", "blocked"),
        *("blacklisted", "cancelled", "canceled", "deregistered", "closed", "dormant", "provisional"),
    )
)
_NAMES: Final = ("name", "taxpayername", "nameoftaxpayer", "businessname", "registeredname", "companyname")

Row = tuple[int, Sequence[str]]


class ListRefusedError(Exception):
    """The list cannot be taken; the text says why, and what would be right."""


@dataclass(slots=True)
class ListRows:
    """Iterates over numbers and names, once; a row that gives two numbers comes twice. Raises ListRefusedError."""

    rows: Iterable[Row]
    kind: ListKind
    read: int = 0
    """Rows that gave a number, so far."""
    unread: int = 0
    """Rows that gave none."""
    inactive: int = 0
    """Rows whose status says that they do not count: they are left out."""
    first_unread: int = 0
    _numbers: Sequence[int] = field(default_factory=tuple)
    _name: int = -1
    _status: int = -1

    def __iter__(self) -> Iterator[tuple[str, str]]:
        rows = iter(self.rows)
        self._head(rows)
        for place, cells in rows:
            if self.read + self.unread + self.inactive >= MAX_ROWS:
                raise ListRefusedError(f"over {MAX_ROWS:,} rows; no list of active taxpayers is so long")
            yield from self._one(place, cells)
        self._judge()

    def _head(self, rows: Iterator[Row]) -> None:
        wanted = _NUMBERS[self.kind]
        for _, (_, cells) in zip(range(HEADING_WITHIN), rows, strict=False):
            words = [_word(cell) for cell in cells]
            self._numbers = tuple(place for place, word in enumerate(words) if word in wanted)
            if self._numbers:
                named = [words.index(name) for name in _NAMES if name in words]
                self._name = named[0] if named else -1
                self._status = next((place for place, word in enumerate(words) if word in _STATUSES), -1)
                return
        raise ListRefusedError(
            "no column of numbers: one of the first rows must have a heading such as NTN, CNIC or Registration No"
        )

    def _one(self, place: int, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
        found = [
            number
            for column in self._numbers
            if column < len(cells) and cells[column] and (number := listed_number(cells[column][:MAX_CELL_CHARS]))
        ]
        if not found:
            self.unread += 1
            self.first_unread = self.first_unread or place
            return
        if not self._is_active(place, cells):
            self.inactive += 1
            return
        self.read += 1
        name = cells[self._name] if 0 <= self._name < len(cells) else ""
        shown = " ".join(name[:MAX_CELL_CHARS].split())[:MAX_NAME_CHARS]
        yield from ((number, shown) for number in dict.fromkeys(found))

    def _is_active(self, place: int, cells: Sequence[str]) -> bool:
        """By the column of statuses, where there is one. Raises ListRefusedError for what is neither."""
        if self._status < 0:
            return True
        said = cells[self._status] if self._status < len(cells) else ""
        word = _word(said)
        if word in _ACTIVE or word in _INACTIVE:
            return word in _ACTIVE
        shown = f'the status "{" ".join(said.split())[:_SHOWN_CHARS]}"' if word else "no status"
        raise ListRefusedError(
            f"row {place} has {shown}: nobody can say whether that is active; keep the active rows, without the column"
        )

    def _judge(self) -> None:
        if not self.read and self.inactive:
            raise ListRefusedError("no row is active by its status")
        if not self.read:
            raise ListRefusedError("no row has a number")
        if self.unread > max((self.read + self.inactive) // UNREAD_SHARE, _FEW):
            raise ListRefusedError(
                f"{self.unread:,} rows have no NTN, CNIC or registration number, the first is row {self.first_unread}: "
                "another file, or one that has slipped by a column"
            )


def csv_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Rows with something in them. `lines` keep their ends. Raises ListRefusedError."""
    ahead: list[str] = []
    source = iter(lines)
    for line in source:
        ahead.append(line)
        if len(ahead) == HEADING_WITHIN:
            break
    place = 0
    try:
        for place, cells in enumerate(csv.reader(_chained(ahead, source), delimiter=_delimiter(ahead), strict=True), 1):
            if any(cells):
                yield place, cells
    except csv.Error:
        text = "a quotation mark is not closed, or stands inside a quoted cell"
        raise ListRefusedError(f"row {place + 1}: {text}") from None


def _chained(ahead: Iterable[str], rest: Iterable[str]) -> Iterator[str]:
    yield from ahead
    yield from rest


def _delimiter(lines: Sequence[str]) -> str:
    """The separator with which one of the first lines names most headings."""
    known = frozenset().union(*_NUMBERS.values(), _NAMES, _STATUSES)
    return max(
        _DELIMITERS,
        key=lambda mark: max((sum(_word(cell) in known for cell in line.split(mark)) for line in lines), default=0),
    )


def _word(cell: str) -> str:
    """A heading as it is compared: "NTN No." is "ntnno"."""
    return re.sub("[^a-z]", "", cell[:MAX_CELL_CHARS].casefold())
