"""From the rows of a list to what goes on record of them: pure.

A list speaks when it changes, and only by the cells that changed. What it said before says nothing more, so a person
who corrects a bill on record is not overruled by a sheet that nobody touched, nor by one in which another cell of the
row was, and two lists that differ do not take turns. The same row read twice is no news: what it would say is on record
already, or has the same id as what is.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from checks.invoice import Invoice
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.ledger.state import BillOnRecord, BillStanding, Step
from checks.units import Money

_K = LedgerEventKind

#: What orders two events that would happen at the same instant.
_THEREAFTER = timedelta(microseconds=1)


#: What a row says, as digests of it have it in turn: its terms by their names, and whether it is paid.
CELLS: Final = ("amount", "due", "suspends", "service", "office", "settled")
_SETTLED: Final = frozenset({"amount", "settled"})
_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class News:
    """What a row is compared with the last reading of the same list."""

    changed: frozenset[str] = frozenset()
    """Cells that say something else than they did."""
    is_known: bool = True
    """False: it is not known to have been read."""

    def __bool__(self) -> bool:
        return bool(self.changed) or not self.is_known


UNKNOWN: Final = News(is_known=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSource:
    """A list of bills, as events name it."""

    id: str
    """The path of a file, or "settings"."""
    name: str
    """As people call it, and who is the author of what it says: "bills.csv", "settings"."""

    @property
    def says(self) -> str:
        """The reason of events by this list; by it, its own word is told from a person's."""
        return f"list {self.id} says"

    @property
    def unsays(self) -> str:
        return f"list {self.id} does not say any more that it is settled"


SETTINGS = ListSource(id="settings", name="settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a list."""

    source: ListSource
    now: datetime
    today: date
    zone: tzinfo
    """Of the paying office: days of the row are its days."""


def digest(row: Invoice, today: date) -> str:
    """Short, of a fixed part for each of its cells, and another part where the cell says something else."""
    settled = (row.settled_on, row.evidence, row.is_settled(today))
    told = (row.amount.text(), row.due, row.suspends, row.service, row.office, settled)
    return "".join(map(_digest, told))


def _digest(cell: object) -> str:
    if cell is None:
        return "-" * _DIGITS
    return hashlib.blake2b(repr(cell).encode("utf-8", "backslashreplace"), digest_size=_DIGITS // 2).hexdigest()


def news(before: str | None, now: str) -> News:
    """What a row says anew whose digest is `now`, and was `before` when the list was read last."""
    if before is None or len(before) != len(now):
        return UNKNOWN
    if before == now:
        return News()
    starts = range(0, len(now), _DIGITS)
    pairs = zip(CELLS, starts, strict=True)
    return News(frozenset(name for name, at in pairs if before[at : at + _DIGITS] != now[at : at + _DIGITS]))


def drafts_of(bill: BillOnRecord | None, row: Invoice, news: News, reading: Reading) -> Iterator[Draft]:
    """What `row` says that is not on record of `bill` (None: nothing is), in the order in which it happened."""
    if bill is None:
        yield from _first_seen(row, reading)
        return
    if reading.source.id not in bill.sources or reading.source.id in bill.left:
        yield _draft(bill.key, _K.LISTED, reading.now, reading)
    if not news or bill.standing is BillStanding.CANCELLED:
        return
    terms = _terms_said(bill, row, news)
    if terms != bill.terms and not _is_stale(bill, terms, news, reading):
        details = Details(terms=terms, reason=reading.source.says)
        yield _draft(bill.key, _K.CORRECTED, reading.now, reading, details)
        bill = replace(bill, terms=terms)
    if not news.is_known or news.changed & _SETTLED:
        yield from _settlement(bill, row, reading)


def gone_from(
    bills: Iterable[BillOnRecord], listed: Collection[str], reading: Reading, last_listed: datetime | None
) -> Iterator[Draft]:
    """Of open `bills`, those that the list had and has not any more; `listed` are the keys of all that it has."""
    source = reading.source.id
    for bill in bills:
        if source in bill.sources and source not in bill.left and bill.key not in listed:
            details = Details(last_listed=last_listed or reading.now)
            yield _draft(bill.key, _K.MISSING, reading.now, reading, details)


def _first_seen(row: Invoice, reading: Reading) -> Iterator[Draft]:
    """A bill that is settled already was received before that day, whenever it was."""
    received_at, settled = reading.now, row.settled_on if row.is_settled(reading.today) else None
    if settled is not None:
        received_at = min(received_at, _begin(settled, reading.zone) - _THEREAFTER)
    yield _draft(row.key, _K.RECEIVED, received_at, reading, Details(terms=terms_of(row)))
    if settled is not None:
        yield _acknowledged(row.key, row, _begin(settled, reading.zone), row.amount, reading)


def terms_of(row: Invoice) -> Terms:
    return Terms(
        number=row.number, amount=row.amount, due=row.due, suspends=row.suspends, service=row.service, office=row.office
    )


def _terms_said(bill: BillOnRecord, row: Invoice, news: News) -> Terms:
    """Another spelling is no other bill; a cell that did not change says nothing, and what a list never said takes
    nothing away that is on record.
    """
    had = bill.terms
    said = replace(terms_of(row), number=had.number, contract=had.contract)
    if news.is_known:
        kept = {name: getattr(had, name) for name in CELLS if name != "settled" and name not in news.changed}
        return replace(said, **kept)
    return replace(
        said,
        suspends=said.suspends or had.suspends,
        service=said.service or had.service,
        office=said.office or had.office,
    )


def _is_stale(bill: BillOnRecord, terms: Terms, news: News, reading: Reading) -> bool:
    """Whether somebody else than this list has changed just these terms to what they are."""
    if news.is_known:
        return False
    was = [change.was for change in bill.changes]
    return terms in was and bill.changes[-1].reason != reading.source.says


def _settlement(bill: BillOnRecord, row: Invoice, reading: Reading) -> Iterator[Draft]:
    if row.settled_on is None or not row.is_settled(reading.today):
        if bill.standing is BillStanding.PAID and _closing(bill).reason == reading.source.says:
            yield _draft(bill.key, _K.CREDIT_RETURNED, reading.now, reading, Details(reason=reading.source.unsays))
        return
    if row.amount.currency != bill.terms.amount.currency:
        return  # Somebody has corrected it; the list says nothing of the money that is asked for.
    left = min(bill.terms.amount.amount, row.amount.amount) - bill.paid.settled
    if left <= 0:
        return
    begin, back = _begin(row.settled_on, reading.zone), _credit_back(bill)
    if back is not None and back.reason != reading.source.unsays and begin <= back.at:
        return  # The money came back after that day, as somebody said; only a later day is news.
    at = max(begin, bill.received_at + _THEREAFTER, begin if back is None else back.at + _THEREAFTER)
    yield _acknowledged(bill.key, row, at, Money(left, bill.terms.amount.currency), reading)


def _closing(bill: BillOnRecord) -> Step:
    acknowledged = [step for step in bill.path if step.kind is _K.ACKNOWLEDGED]
    return acknowledged[-1] if acknowledged else bill.at


def _credit_back(bill: BillOnRecord) -> Step | None:
    returned = [step for step in bill.path if step.kind is _K.CREDIT_RETURNED]
    return returned[-1] if returned else None


def _acknowledged(key: str, row: Invoice, at: datetime, amount: Money, reading: Reading) -> Draft:
    """With its amount: what is added to a bill later is not paid by the same word."""
    details = Details(amount=amount, reason=reading.source.says)
    return _draft(key, _K.ACKNOWLEDGED, at, reading, details, evidence=row.evidence)


def _draft(  # noqa: PLR0917  # what an event is
    key: str,
    kind: LedgerEventKind,
    at: datetime,
    reading: Reading,
    details: Details | None = None,
    evidence: str = "",
) -> Draft:
    details = replace(details or Details(), source=reading.source.id)
    return Draft(about=key, kind=kind, happened_at=at, author=reading.source.name, evidence=evidence, details=details)


def _begin(day: date, zone: tzinfo) -> datetime:
    """The same whenever it is asked for, and never still to come."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
