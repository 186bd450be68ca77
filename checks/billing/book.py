"""What one check remembers from run to run beside the ledger: what its list said last, and whom it has told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter

from checks.plugin import Memory

_ROWS_KEY = "rows/1"
_TOLD_KEY = "told/1"
_READ_AT_KEY = "read_at"
_SOURCE_KEY = "source"
#: Where all was kept before there was a ledger.
FORMER_KEY = "bills/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    rows: Mapping[str, str] = field(default_factory=dict)
    """By Invoice.key digests of what the list said of each bill when it was read last, cell by cell."""
    told: Sequence[str] = ()
    """Keys of the bills that were told of as open by the last run."""
    read_at: datetime | None = None
    """The last time the list could be read; None before the first."""
    source: str | None = None
    """Where it was read: a path, empty for the settings; None before the first time."""


_rows_form = TypeAdapter(dict[str, str])
_told_form = TypeAdapter(list[str])
_instant_form: TypeAdapter[datetime | None] = TypeAdapter(datetime | None)
_source_form: TypeAdapter[str | None] = TypeAdapter(str | None)


def remembered(memory: Memory) -> Book:
    """The book of the runs before; empty at the first."""
    return Book(
        rows=_rows_form.validate_python(memory.get(_ROWS_KEY) or {}),
        told=_told_form.validate_python(memory.get(_TOLD_KEY) or []),
        read_at=_instant_form.validate_python(memory.get(_READ_AT_KEY)),
        source=_source_form.validate_python(memory.get(_SOURCE_KEY)),
    )


def remember(book: Book, memory: Memory) -> None:
    """Keep `book`. What is long is written only when it changed: a long list seldom does."""
    if dict(book.rows) != (memory.get(_ROWS_KEY) or {}):
        memory.set(_ROWS_KEY, dict(book.rows))
    if list(book.told) != (memory.get(_TOLD_KEY) or []):
        memory.set(_TOLD_KEY, list(book.told))
    memory.set(_READ_AT_KEY, _instant_form.dump_python(book.read_at, mode="json"))
    memory.set(_SOURCE_KEY, book.source)
