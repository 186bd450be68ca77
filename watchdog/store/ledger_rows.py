"""Events and states of the ledger to rows and back. Their texts have one form each, by which an audit knows them."""

import json
from typing import Any

from pydantic import TypeAdapter

from checks.ledger.codec import details_json, details_of
from checks.ledger.event import Draft, LedgerEvent
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store.columns import to_us
from watchdog.store.rows import Row

bill_form = TypeAdapter(BillOnRecord)
payee_form = TypeAdapter(PayeeOnRecord)

_details_json = json.JSONEncoder(separators=(",", ":")).encode


def event_values(event: LedgerEvent) -> tuple[Any, ...]:
    """As the columns of ledger_events stand after the first, in what SQLite itself keeps."""
    draft = event.draft
    return (
        event.id,
        draft.about,
        draft.kind.value,
        to_us(draft.happened_at),
        to_us(event.recorded_at),
        draft.author,
        draft.evidence,
        _details_json(details_json(draft.details)),
        event.previous,
        event.hash,
    )


def event_of(row: Row) -> LedgerEvent:
    draft = Draft(
        about=row.about,
        kind=row.kind,
        happened_at=row.happened_at,
        author=row.author,
        evidence=row.evidence,
        details=details_of(row.details),
    )
    return LedgerEvent(draft=draft, id=row.id, recorded_at=row.recorded_at, previous=row.previous, hash=row.hash)


def state_values(state: BillOnRecord | PayeeOnRecord) -> tuple[Any, ...]:
    """As the columns of ledger_states stand."""
    if isinstance(state, BillOnRecord):
        text, about, is_open = bill_form.dump_json(state, exclude_defaults=True), state.key, state.is_open
    else:
        text, about, is_open = payee_form.dump_json(state, exclude_defaults=True), state.vendor, True
    return about, state.vendor, int(is_open), to_us(state.recorded_at), text.decode()
