"""Rows of the ledger as they lie in the file, believed in nothing: not even that a text is text."""

import json
from datetime import datetime
from typing import Any, Final

from checks.ledger.codec import details_of
from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from watchdog.store.columns import from_us
from watchdog.store.ledger_rows import event_values
from watchdog.store.rows import UNREADABLE

unreadable_errors: Final = (*UNREADABLE, RecursionError, AttributeError)
"""Whatever is raised by what nobody of us wrote."""

as_blob = "CAST({0} AS BLOB)".format
EVENT_COLUMNS = ", ".join(
    name if name.endswith("_at") else as_blob(name)
    for name in (
        *("id", "about", "kind", "happened_at", "recorded_at"),
        *("author", "evidence", "details", "previous", "hash"),
    )
)


def event_in(row: tuple[Any, ...]) -> tuple[LedgerEvent | None, str]:
    """The event, or why there is none in `row`."""
    try:
        values: tuple[Any, ...] = tuple(one.decode() if isinstance(one, bytes) else one for one in row)
        id_, about, kind, happened, recorded, author, evidence, details, previous, hash_ = values
        draft = Draft(
            about=about,
            kind=LedgerEventKind(kind),
            happened_at=from_us(happened),
            author=author,
            evidence=evidence,
            details=details_of(json.loads(details)),
        )
        event = LedgerEvent(draft=draft, id=id_, recorded_at=from_us(recorded), previous=previous, hash=hash_)
        is_spelled = event_values(event) == values
    except unreadable_errors:
        return None, "it cannot be read: it is not what was recorded"
    return (event, "") if is_spelled else (event, "it is not what was recorded")


def instant_in(us: object) -> datetime | None:
    try:
        return from_us(us) if isinstance(us, int) else None
    except OverflowError:
        return None


def text_in(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def bytes_in(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
