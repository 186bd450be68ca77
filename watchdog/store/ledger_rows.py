"""Events and states of the ledger to rows and back."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from checks.ledger.codec import details_json, details_of
from checks.ledger.event import Draft, LedgerEvent
from checks.ledger.fold import folded, folded_payee
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store.rows import Row

bill_form = TypeAdapter(BillOnRecord)
payee_form = TypeAdapter(PayeeOnRecord)


def event_columns(event: LedgerEvent) -> dict[str, Any]:
    draft = event.draft
    return {
        "id": event.id,
        "about": draft.about,
        "kind": draft.kind,
        "happened_at": draft.happened_at,
        "recorded_at": event.recorded_at,
        "author": draft.author,
        "evidence": draft.evidence,
        "details": details_json(draft.details),
        "previous": event.previous,
        "hash": event.hash,
    }


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


def state_columns(about: str, history: Sequence[LedgerEvent]) -> dict[str, Any] | None:
    """What `history` adds up to; None while that is nothing, as before a bill was received."""
    if "/" in about:
        bill = folded(history)
        if bill is None:
            return None
        is_open, changed_at, state = bill.is_open, bill.recorded_at, bill_form.dump_json(bill)
    else:
        payee = folded_payee(history)
        if payee is None:
            return None
        is_open, changed_at, state = True, payee.recorded_at, payee_form.dump_json(payee)
    vendor = about.partition("/")[0]
    return {"about": about, "vendor": vendor, "is_open": is_open, "changed_at": changed_at, "state": state.decode()}
