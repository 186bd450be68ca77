"""Digital invoices as PRAL's interface writes them: version 1.12 of July 2025 and the older one for points of sale.

Names are taken whatever their case. A due day is not in the format: it comes from what is declared.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from checks.billing.intake.amounts import GROUPED
from checks.billing.intake.bill_rows import line_of
from checks.billing.intake.days import DayReader
from checks.billing.intake.limits import MAX_PROBLEMS, MAX_ROWS
from checks.billing.intake.request import Known, Layout, ReadBill
from checks.billing.intake.script import folded
from checks.billing.refusal import WHOLE_FILE, BadCell, BillsRefusedError, refused
from checks.invoice import Invoice
from checks.ledger.event import Terms
from checks.units import Money

T = TypeVar("T")

#: Our word to theirs, folded; the first that stands there counts.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "number": ("invoicenumber", "fbrinvoicenumber", "invoiceno", "invoicerefno", "usin"),
    "seller": ("sellerntncnic", "sellerntn", "sellercnic", "ntn", "sellerregistrationno"),
    "date": ("invoicedate", "datetime"),
    "items": ("items", "invoiceitems"),
    "total": ("totalbillamount", "totalamount", "invoicetotal"),
    "type": ("invoicetype",),
    "item_total": ("totalvalues", "totalamount"),
    "withheld": ("salestaxwithheldatsource",),
}
_EXCLUSIVE: Final = ("valuesalesexcludingst", "salevalue")
_TAXES: Final = ("salestaxapplicable", "taxcharged", "extratax", "furthertax", "fedpayable")
#: 1234567-8, folded: printed with a check digit, which the interface leaves out.
_PRINTED_NTN: Final = re.compile(r"[0-9]{8}", re.ASCII)
_NOT_BILLS: Final = frozenset({"creditnote", "debitnote"})


def digital_invoices(raw: bytes, layout: Layout, known: Known, today: date) -> list[ReadBill]:
    """The bills of one invoice or a list of them. Raises BillsRefusedError; rows are counted from 1."""
    reading = _Reading(layout, known, today)
    bills: list[ReadBill] = []
    for row, found in enumerate(_objects(raw), start=1):
        try:
            bills.append(reading.bill(row, found))
        except ValueError as error:
            column, _, problem = str(error).partition(": ")
            reading.problems.append(BadCell(row, column, problem))
        if len(reading.problems) >= MAX_PROBLEMS:
            break
    if reading.problems:
        raise BillsRefusedError(reading.problems)
    return bills


def _objects(raw: bytes) -> Sequence[Any]:
    try:
        found = json.loads(raw, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise refused(
            1, WHOLE_FILE, "no JSON that can be read; a digital invoice is one object, or a list of them"
        ) from None
    objects = found if isinstance(found, list) else [found]
    if len(objects) > MAX_ROWS:
        raise refused(1, WHOLE_FILE, f"more than {MAX_ROWS:,} invoices; split it")
    return objects


def _no_number(_text: str) -> Any:  # noqa: ANN401  # never answers
    raise ValueError("no number")


class _Reading:
    """Errors are "field: problem"."""

    def __init__(self, layout: Layout, known: Known, today: date) -> None:
        self.problems: list[BadCell] = []
        self._layout, self._known = layout, known
        self._days = DayReader(today=today, order=layout.dates)
        self._vendors = {folded(word): vendor for vendor, words in known.vendors.items() for word in words}
        self._by_ntn = {word[:-1]: vendor for word, vendor in self._vendors.items() if _PRINTED_NTN.fullmatch(word)}
        self._first: dict[str, int] = {}

    def bill(self, row: int, found: Any) -> ReadBill:  # noqa: ANN401  # whatever stands in the file
        if not isinstance(found, dict):
            raise ValueError("invoice: is no JSON object")  # noqa: TRY004  # the file's trouble
        said = {folded(str(key)): value for key, value in found.items()}
        if folded(str(_first(said, "type") or "")) in _NOT_BILLS:
            raise ValueError("invoiceType: a credit or debit note is no bill; record it on the bill it belongs to")
        vendor = self._vendor(said)
        number = _checked("number", lambda: line_of(str(_first(said, "number") or "")))
        if not number:
            raise ValueError("invoiceNumber: is missing; the number that FBR gave, or the vendor's own")
        issued = _checked("invoiceDate", lambda: self._days.read(str(_first(said, "date") or "")))
        terms = Terms(number=number, amount=_total(said), due=self._due(vendor, issued))
        key = Invoice(vendor=vendor, number=number, amount=terms.amount, due=terms.due).key
        if (first := self._first.setdefault(key, row)) != row:
            raise ValueError(f"number: this bill is invoice {first} of the file already")
        withheld = sum((_decimal(item, _NAMES["withheld"]) for item in _items(said)), Decimal(0))
        notes = f"invoice of {issued.isoformat()}" + (
            f"; sales tax withheld at source {withheld:f}" if withheld else ""
        )
        return ReadBill(row=row, vendor=vendor, terms=terms, notes=notes)

    def _vendor(self, said: Mapping[str, Any]) -> str:
        if self._layout.vendor:
            return self._layout.vendor
        number = folded(str(_first(said, "seller") or ""))
        vendor = self._vendors.get(number) or self._by_ntn.get(number)
        if vendor is None:
            raise ValueError("sellerNTNCNIC: no vendor of the settings has this number; write its ntn there")
        return vendor

    def _due(self, vendor: str, issued: date) -> date:
        if self._layout.due is not None:
            return self._layout.due
        days = self._known.days_to_pay.get(vendor)
        if days is None:
            raise ValueError("due: a digital invoice names no due day; declare one for the file (--due)")
        return issued + timedelta(days=days)


def _first(said: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401  # whatever stands there
    return next((said[word] for word in _NAMES[name] if said.get(word) not in (None, "")), None)


def _items(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    items = _first(said, "items")
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            raise ValueError("items: one is no JSON object")  # noqa: TRY004  # the file's trouble
        yield {folded(str(key)): value for key, value in item.items()}


def _total(said: Mapping[str, Any]) -> Money:
    """With tax: as the invoice says it, else the sum of what its items say, else of their values and taxes."""
    stated = _decimal(said, _NAMES["total"])
    amount = stated or sum((_item_total(item) for item in _items(said)), Decimal(0))
    if not amount:
        raise ValueError("totalValues: the items come to nothing, or there are none")
    return _checked(
        "totalValues", lambda: Money(amount.quantize(Decimal("0.01")) if amount == round(amount, 2) else amount, "PKR")
    )


def _item_total(item: Mapping[str, Any]) -> Decimal:
    stated = _decimal(item, _NAMES["item_total"])
    return stated or _decimal(item, _EXCLUSIVE) + sum((_decimal(item, (tax,)) for tax in _TAXES), Decimal(0))


def _decimal(said: Mapping[str, Any], names: Sequence[str]) -> Decimal:
    value = next((said[name] for name in names if said.get(name) not in (None, "")), 0)
    if isinstance(value, str) and GROUPED.fullmatch(value.strip()):  # any other comma may be before the paisa
        value = value.replace(",", "")
    try:
        number = Decimal(str(value)) if isinstance(value, str | int | Decimal) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0 or number.adjusted() > 12:  # noqa: PLR2004  # a lakh crore
        raise ValueError(f"{names[0]}: no amount")
    return number


def _checked(column: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None
