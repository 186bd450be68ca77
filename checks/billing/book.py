"""What one check remembers of its bills from run to run, so that none of them can vanish or change in silence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from pydantic import TypeAdapter

from checks.invoice import Invoice
from checks.plugin import Json, Memory

#: Changes told with a bill; a bill that changes more often is known for it by then.
MAX_CHANGES = 4

_BILLS_KEY = "bills/1"
_READ_AT_KEY = "read_at"
_SOURCE_KEY = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A term of a bill that is not what it was."""

    term: str
    """As facts call it: "Due", "Vendor cuts off", "Amount"."""
    was: str
    """The old value: an ISO date, money as text, or empty where there was none."""
    noticed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One bill, as it stood in the list last."""

    bill: Invoice
    number: str
    """As spelled when first seen: it names the subject, which must outlive a correction of spaces and dashes."""
    changes: tuple[Change, ...] = ()
    gone_at: datetime | None = None
    """When it was first missed in the list; None while it stands there."""
    listed_until: datetime | None = None
    """The last reading of the list that had it; set together with `gone_at`."""

    @property
    def subject(self) -> str:
        return f"{self.bill.vendor}/{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A whole list as it was read."""

    source: str
    """The path of the list; empty for the settings."""
    bills: Sequence[Invoice]
    """Those that the check looks at."""
    left_out: Mapping[str, Invoice] = field(default_factory=dict)
    """The others by their keys: they stand in the list, but the check was not asked to look at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All bills that were ever listed and are not both settled and gone, by Invoice.key."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    read_at: datetime | None = None
    """The last time the list could be read; None before the first."""
    source: str | None = None
    """Where it was read; None before the first time."""
    left: Sequence[Entry] = ()
    """Open bills that the last reading put outside the check, as they stand now. Not remembered."""

    def after_reading(self, reading: Reading, now: datetime, today: date) -> "Book":
        """The book once a whole list was read. A bill that is missing stays, unless it was settled.

        It leaves the book where the settings now ask for another list, or for other bills of this one: then it is
        not the list that lost it.
        """
        listed = {bill.key: bill for bill in reading.bills}
        entries = {key: _seen(self.entries.get(key), bill, today) for key, bill in listed.items()}
        missing = {key: entry for key, entry in self.entries.items() if key not in listed}
        moved = self.source is not None and self.source != reading.source
        left = {key: entry for key, entry in missing.items() if moved or key in reading.left_out}
        for key, entry in missing.items():
            if key not in left and (entry.gone_at is not None or not entry.bill.is_settled(today)):
                entries[key] = entry if entry.gone_at is not None else _gone(entry, now, self.read_at or now)
        parting = tuple(
            replace(entry, bill=reading.left_out.get(key, entry.bill))
            for key, entry in left.items()
            if not entry.bill.is_settled(today)
        )
        return Book(entries=entries, read_at=now, source=reading.source, left=parting)


_entries_form = TypeAdapter(dict[str, Entry])
_instant_form: TypeAdapter[datetime | None] = TypeAdapter(datetime | None)
_source_form: TypeAdapter[str | None] = TypeAdapter(str | None)


def remembered(memory: Memory) -> Book:
    """The book of the runs before; empty at the first."""
    return Book(
        # By the keys of today: what makes two spellings one bill may have been less when they were written.
        entries={one.bill.key: one for one in _entries_form.validate_python(memory.get(_BILLS_KEY) or {}).values()},
        read_at=_instant_form.validate_python(memory.get(_READ_AT_KEY)),
        source=_source_form.validate_python(memory.get(_SOURCE_KEY)),
    )


def remember(book: Book, memory: Memory) -> None:
    """Keep `book`. The bills are written only when one of them changed: a long list seldom does."""
    entries: Json = _entries_form.dump_python(dict(book.entries), mode="json")
    if entries != memory.get(_BILLS_KEY):
        memory.set(_BILLS_KEY, entries)
    memory.set(_READ_AT_KEY, _instant_form.dump_python(book.read_at, mode="json"))
    memory.set(_SOURCE_KEY, book.source)


def _seen(before: Entry | None, bill: Invoice, today: date) -> Entry:
    if before is None:
        return Entry(bill=bill, number=bill.number)
    changes = before.changes + _changes(before.bill, bill, today)
    return Entry(bill=bill, number=before.number, changes=changes[-MAX_CHANGES:])


def _gone(entry: Entry, now: datetime, listed_until: datetime) -> Entry:
    return replace(entry, gone_at=now, listed_until=listed_until)


def _changes(old: Invoice, new: Invoice, today: date) -> tuple[Change, ...]:
    terms = (
        ("Due", str(old.due), str(new.due)),
        ("Vendor cuts off", str(old.suspends or ""), str(new.suspends or "")),
        ("Amount", old.amount.text(), new.amount.text()),
    )
    return tuple(Change(term=term, was=was, noticed_on=today) for term, was, is_now in terms if was != is_now)
