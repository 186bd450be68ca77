"""What is asked of one reading of a list, and what comes of it: as values, and as JSON between two processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from checks.billing.intake.amounts import DecimalMark
from checks.billing.intake.csv_table import ENCODINGS
from checks.billing.intake.days import DayOrder
from checks.estate import Estate
from checks.ledger.codec import details_json, details_of
from checks.ledger.event import Details, Terms

E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What is declared of a list; what is not is taken only where it is clear in itself."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    """Headings of the list to columns of ours; "-" leaves one unread."""
    dates: DayOrder | None = None
    mark: DecimalMark | None = None
    encoding: str | None = None
    currency: str = "PKR"
    """Of amounts that name none."""
    sheet: str | None = None
    due: date | None = None
    """Of bills that say none, as digital invoices do not."""
    vendor: str | None = None
    """Of bills that name none, as a list of one vendor does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What cells may name: ids, and other words for them."""

    vendors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Id to name and tax numbers."""
    services: Sequence[str] = ()
    offices: Sequence[str] = ()
    contracts: Mapping[str, str] = field(default_factory=dict)
    """Contract to vendor."""
    days_to_pay: Mapping[str, int] = field(default_factory=dict)
    """Vendor to calendar days from a digital invoice to its due day."""
    stages: Mapping[str, str] = field(default_factory=dict)
    """Id to title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBill:
    """A bill as a list says it."""

    row: int
    vendor: str
    terms: Terms
    received: date | None = None
    settled_on: date | None = None
    evidence: str = ""
    stage: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a workbook of ours says of itself when it comes back."""

    head: str
    """Head of the ledger's chain when it was written."""
    stages: Mapping[str, str]
    """Key of a bill to the stage it was at then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadList:
    """A whole list."""

    bills: Sequence[ReadBill]
    unread: Sequence[str] = ()
    """Headings, and sheets, that were not read."""
    exported: Exported | None = None


def known_of(estate: Estate) -> Known:
    """What lists of this estate may name."""
    rules = estate.billing
    words = {
        one.id: [word for word in (one.name, one.ntn, one.strn, one.cnic) if word] for one in estate.vendors.values()
    }
    return Known(
        vendors=words,
        services=tuple(estate.services),
        offices=tuple(estate.offices),
        contracts={one.id: one.vendor for one in rules.contracts},
        stages={stage.id: stage.title for stage in rules.path},
    )


def asked_json(layout: Layout, known: Known, today: date) -> dict[str, Any]:
    return {
        "today": today.isoformat(),
        "layout": layout_json(layout),
        "known": {name: getattr(known, name) for name in Known.__slots__},
    }


def asked_of(found: Mapping[str, Any]) -> tuple[Layout, Known, date]:
    return layout_of(found["layout"]), Known(**found["known"]), date.fromisoformat(found["today"])


def layout_json(layout: Layout) -> dict[str, Any]:
    """Only what is declared."""
    said = {
        "mapping": dict(layout.mapping),
        "dates": layout.dates and layout.dates.value,
        "mark": layout.mark and layout.mark.value,
        "due": layout.due and layout.due.isoformat(),
        **{name: getattr(layout, name) for name in ("encoding", "currency", "sheet", "vendor")},
    }
    return {name: value for name, value in said.items() if value}


def layout_of(found: Mapping[str, Any], base: Layout | None = None) -> Layout:
    """What is said over `base`. Raises ValueError that names the key."""
    base = base or Layout()
    said = {name: found[name] for name in ("encoding", "currency", "sheet", "vendor") if found.get(name)}
    if found.get("dates"):
        said["dates"] = _one_of("dates", DayOrder, found["dates"])
    if found.get("mark"):
        said["mark"] = _one_of("mark", DecimalMark, found["mark"])
    if found.get("encoding") and found["encoding"] not in ENCODINGS:
        raise ValueError(f"encoding: there are {', '.join(ENCODINGS)}")
    if found.get("due"):
        said["due"] = _due(found["due"])
    return replace(base, mapping={**base.mapping, **found.get("mapping", {})}, **said)


def _one_of(name: str, kind: type[E], word: str) -> E:
    try:
        return kind(word)
    except ValueError:
        raise ValueError(f"{name}: there are {', '.join(one.value for one in kind)}") from None


def _due(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError('due: expected a day such as "2026-12-01"') from None


def bill_json(bill: ReadBill) -> dict[str, Any]:
    """Only what is said."""
    found: dict[str, Any] = {"row": bill.row, "vendor": bill.vendor, **details_json(Details(terms=bill.terms))}
    for name in ("received", "settled_on"):
        if (day := getattr(bill, name)) is not None:
            found[name] = day.isoformat()
    for name in ("evidence", "stage", "notes"):
        if text := getattr(bill, name):
            found[name] = text
    return found


def bill_of(found: Mapping[str, Any]) -> ReadBill:
    terms = details_of({"terms": found["terms"]}).terms
    if terms is None:
        raise ValueError("a bill without terms")
    return ReadBill(
        row=found["row"],
        vendor=found["vendor"],
        terms=terms,
        received=_day(found.get("received")),
        settled_on=_day(found.get("settled_on")),
        evidence=found.get("evidence", ""),
        stage=found.get("stage", ""),
        notes=found.get("notes", ""),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
