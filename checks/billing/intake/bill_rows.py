"""From the rows of a list to bills: every bad cell is named, and nothing is taken of a list that has one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from checks.billing.intake.amounts import currency_of, parse_amount
from checks.billing.intake.cells import DayCell, NumberCell, UnfitCell
from checks.billing.intake.columns import Columns, columns_of, recognised
from checks.billing.intake.days import DayReader
from checks.billing.intake.limits import HEADING_WITHIN, MAX_PROBLEMS, MAX_ROWS
from checks.billing.intake.request import Known, Layout, ReadBill
from checks.billing.intake.script import folded, plain
from checks.billing.intake.sheet_formats import check_shown
from checks.billing.intake.strays import stray
from checks.billing.refusal import WHOLE_FILE, BadCell, BillsRefusedError, refused
from checks.currencies import currency_named
from checks.invoice import bill_key
from checks.ledger.event import Terms
from checks.units import Money

MAX_TEXT_CHARS: Final = 300
#: A spreadsheet takes a cell that begins so for a formula; exports of ours put an apostrophe before it.
FORMULA_STARTS: Final = tuple("=+-@\t\r")
_FEWEST_HEADINGS: Final = 2

T = TypeVar("T")
Rows = Iterable[tuple[int, Sequence[str]]]


@dataclass(slots=True)
class BillRows:
    """Reads the rows of one list."""

    layout: Layout
    known: Known
    today: date
    is_cut_at_commas: bool = True
    problems: list[BadCell] = field(default_factory=list)
    unread: Sequence[str] = ()
    _days: DayReader = field(init=False)
    _vendors: dict[str, str] = field(init=False)
    _stages: dict[str, str] = field(init=False)
    _first: dict[str, int] = field(default_factory=dict)
    _row: int = 0
    _cells: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._days = DayReader(today=self.today, order=self.layout.dates)
        self._vendors = _words_of(self.known.vendors)
        self._stages = _words_of({stage: [title] for stage, title in self.known.stages.items()})

    def read(self, rows: Rows) -> list[ReadBill]:
        """All bills, in their order. Raises BillsRefusedError with every problem, or with MAX_PROBLEMS at least."""
        bills: list[ReadBill] = []
        columns, above = None, 0
        for number, cells in rows:
            if columns is None:
                above += 1
                columns = self._headings(number, cells, above)
            elif (bill := self._read(number, columns, cells)) is not None:
                bills.append(bill)
                if len(bills) > MAX_ROWS:
                    raise refused(number, WHOLE_FILE, f"more than {MAX_ROWS:,} bills; split it")
            if len(self.problems) >= MAX_PROBLEMS:
                break
        if columns is None:
            raise refused(
                1, WHOLE_FILE, "no headings: the first row names the columns, say vendor, bill no, amount, due"
            )
        if self.problems:
            raise BillsRefusedError(self.problems)
        return bills

    def _headings(self, number: int, cells: Sequence[str], above: int) -> Columns | None:
        """None for a title above them."""
        mapping = self.layout.mapping
        if recognised(cells, mapping) < _FEWEST_HEADINGS and above < HEADING_WITHIN:
            return None
        given = {"vendor": self.layout.vendor, "due": self.layout.due}
        columns = columns_of(number, cells, mapping, given={name for name, value in given.items() if value})
        self.unread = columns.unread
        return columns

    def _read(self, number: int, columns: Columns, cells: Sequence[str]) -> ReadBill | None:
        self._row = number
        self._cells = {name: cell for name, cell in zip(columns.names, cells, strict=False) if name and cell}
        if (lost := stray(columns, cells, is_cut_at_commas=self.is_cut_at_commas)) is not None:
            self._refuse(*lost)  # what else seems wrong may come of a slip by a column
            return None
        if not any(map(str.strip, self._cells.values())):
            return None
        before = len(self.problems)
        bill = self._bill()
        if bill is None or len(self.problems) > before:
            return None
        key = bill_key(bill.vendor, bill.terms.number)
        if (first := self._first.setdefault(key, number)) != number:
            how = "capitals do not count, nor do spaces and dashes but between digits"
            self._refuse("number", f"this bill stands in row {first} already ({how})")
            return None
        return bill

    def _bill(self) -> ReadBill | None:
        vendor = self._value("vendor", self._vendor, self.layout.vendor)
        number = self._value("number", _number)
        amount = self._value("amount", self._amount)
        due = self._value("due", self._days.read, self.layout.due)
        suspends = self._optional("suspends", lambda text: _not_before(due, self._days.read(text)))
        service = self._optional("service", _one_of(self.known.services, "service"))
        office = self._optional("office", _one_of(self.known.offices, "office"))
        contract = self._optional("contract", lambda text: self._contract(vendor, text))
        received = self._optional("received", self._past)
        settled_on = self._optional("settled_on", self._past)
        evidence, notes = self._optional("evidence", line_of) or "", self._optional("notes", line_of) or ""
        stage = self._optional("stage", self._stage) or ""
        if settled_on and not evidence:
            self._refuse("evidence", "what proves that the vendor has its money? its receipt number, say")
        if vendor is None or number is None or amount is None or due is None:
            return None
        terms = Terms(
            number=number,
            amount=amount,
            due=due,
            suspends=suspends,
            service=service,
            office=office,
            contract=contract,
        )
        return ReadBill(
            row=self._row,
            vendor=vendor,
            terms=terms,
            received=received,
            settled_on=settled_on,
            evidence=evidence,
            stage=stage,
            notes=notes,
        )

    # Cells ----------------------------------------------------------------------------------------------------------

    def _refuse(self, column: str, problem: str) -> None:
        self.problems.append(BadCell(self._row, column, problem))

    def _optional(self, column: str, read: Callable[[str], T]) -> T | None:
        """None where the cell is empty, or bad and noted."""
        text = self._cells.get(column, "")
        if not text or text.isspace():
            return None
        try:
            return read(_fit(text))
        except ValueError as error:
            self._refuse(column, str(error))
            return None

    def _value(self, column: str, read: Callable[[str], T], default: T | None = None) -> T | None:
        if self._cells.get(column, "").strip():
            return self._optional(column, read)
        if default is None:
            self._refuse(column, "this cell is empty")
        return default

    def _amount(self, text: str) -> Money:
        if isinstance(text, DayCell):
            raise ValueError("formatted as a date; format the column as a number")  # noqa: TRY004
        own = self.layout.currency
        named, said = currency_of(text, own), plain(self._cells.get("currency", "")).upper()
        column = (_CURRENCIES.get(said) or currency_named(said, own)) if said else None
        if named and column and named != column:
            raise ValueError(
                f"in {named}, where the column currency says {column} of it; correct what is wrong of them"
            )
        currency = column or named or own
        if not isinstance(text, NumberCell):
            return parse_amount(text, currency=currency, mark=self.layout.mark)
        check_shown(text, currency)
        return parse_amount(text, currency=currency)

    def _vendor(self, text: str) -> str:
        if not self.known.vendors:
            return line_of(text)
        vendor = self._vendors.get(folded(text))
        if vendor is None:
            shown = ", ".join(sorted(self.known.vendors)[:20])
            raise ValueError(f"no such vendor in the settings, by id, name or tax number; there are {shown}")
        if vendor == _SEVERAL:
            raise ValueError("several vendors of the settings are called so; write the id")
        return vendor

    def _stage(self, text: str) -> str:
        stage = self._stages.get(folded(text), "")
        if not stage or stage == _SEVERAL:
            raise ValueError(f"no such stage; there are {', '.join(self.known.stages)}")
        return stage

    def _contract(self, vendor: str | None, text: str) -> str:
        contract = _one_of(tuple(self.known.contracts), "contract")(text)
        if vendor is not None and self.known.contracts.get(contract, vendor) != vendor:
            raise ValueError("a contract of another vendor")
        return contract

    def _past(self, text: str) -> date:
        day = self._days.read(text)
        if day > self.today:
            raise ValueError("lies in the future, but it is something that has happened")
        return day


_SEVERAL: Final = ""
_CURRENCIES: Final = {"RS": "PKR", "RS.": "PKR", "RUPEES": "PKR", "روپے": "PKR"}


def _words_of(known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Every word for a thing to its id; an id is never somebody else's name."""
    found: dict[str, str] = {}
    for id_, words in known.items():
        for word in map(folded, words):
            found[word] = id_ if found.get(word, id_) == id_ else _SEVERAL
    return {**found, **{folded(id_): id_ for id_ in known}}


def line_of(text: str) -> str:
    """One line of plain text; an apostrophe that keeps a cell from being a formula is taken off."""
    if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS):
        text = text[1:]
    elif text.startswith(FORMULA_STARTS):
        raise ValueError("begins like a formula (= + - @); write plain text, or an apostrophe before it")
    line = " ".join(text.split())
    if not line.isprintable():
        raise ValueError("holds an invisible character; write one plain line")
    if len(line) > MAX_TEXT_CHARS:
        raise ValueError(f"longer than {MAX_TEXT_CHARS} characters")
    return line


def _fit(text: str) -> str:
    if isinstance(text, UnfitCell):
        raise ValueError(text)  # noqa: TRY004  # a cell's trouble, not a caller's
    return text


def _number(text: str) -> str:
    if isinstance(text, DayCell):
        raise ValueError("the sheet made a date of it; format the column as text, then write the number anew")  # noqa: TRY004
    return line_of(text)


def _one_of(ids: Sequence[str], what: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = text.strip()
        if ids and word not in ids:
            raise ValueError(f"no such {what} in the settings; there are {', '.join(sorted(ids)[:20])}")
        return line_of(word)

    return read


def _not_before(due: date | None, day: date) -> date:
    if due is not None and day < due:
        raise ValueError("lies before the due date")
    return day
