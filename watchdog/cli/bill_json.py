"""Bills and what happened to them as JSON objects; the names are public (docs/cli.md)."""

from checks.billing.payee.verdict import Obstacle
from checks.ledger.codec import details_json
from checks.ledger.event import LedgerEvent
from checks.ledger.state import BillOnRecord, Block, ReceiptChange
from checks.units import Money
from watchdog.cli.bill_seen import SeenBill
from watchdog.cli.listing_json import instant

Object = dict[str, object]


def bill_object(one: SeenBill) -> Object:
    bill, stake = one.bill, one.stake
    return {
        "bill": f"{bill.vendor}/{bill.number}",
        "vendor": bill.vendor,
        "number": bill.number,
        "amount": bill.terms.amount.text(),
        "remaining": bill.remaining.text(),
        "overpaid": Money(bill.overpaid, bill.terms.amount.currency).text() if bill.overpaid else None,
        "standing": bill.standing.value,
        "received_at": instant(bill.received_at),
        "due": bill.terms.due.isoformat(),
        "is_late": one.is_late,
        "stage": one.position.stage.id if bill.is_open else None,
        "stage_since": instant(one.position.entered_at) if bill.is_open else None,
        "returns": bill.returns,
        "blocks": [_block_object(block) for block in one.blocks],
        "disputed": bill.disputed or None,
        "held_until": _day(bill, "held_until"),
        "grace_until": _day(bill, "grace_until"),
        "missing_since": None if bill.missing_since is None else instant(bill.missing_since),
        "cut_off": _cut_off(one) if bill.is_open else None,
        "services": [service.id for service in stake.blast.services],
        "departments": [department.id for department in stake.blast.departments],
        "users": stake.blast.users,
        "closed_at": None if bill.closed_at is None else instant(bill.closed_at),
        "events": bill.events,
    }


def paid_object(bill: BillOnRecord) -> Object:
    paid = bill.paid
    sums = {"acknowledged": paid.acknowledged, "withheld": paid.withheld, "credit_notes": paid.credit_notes}
    return {name: str(amount) for name, amount in {**sums, "credited": paid.credited}.items()}


def receipt_object(change: ReceiptChange) -> Object:
    """What was on record before, until when, and who corrected it."""
    return {"was": instant(change.was), "until": instant(change.at), "by": change.by, "reason": change.reason}


def event_object(event: LedgerEvent) -> Object:
    draft = event.draft
    return {
        "id": event.id,
        "event": draft.kind.value,
        "about": draft.about,
        "happened_at": instant(draft.happened_at),
        "recorded_at": instant(event.recorded_at),
        "author": draft.author,
        "evidence": draft.evidence,
        "details": details_json(draft.details),
        "hash": event.hash,
        "previous": event.previous,
    }


def _block_object(block: Block | Obstacle) -> Object:
    """Nobody knows since when stands what was found by looking."""
    return {
        "reason": block.reason.value,
        "since": None if block.since is None else instant(block.since),
        "recorded_at": None if block.recorded_at is None else instant(block.recorded_at),
        "words": block.words,
        "evidence": block.evidence,
    }


def _cut_off(one: SeenBill) -> Object:
    window = one.stake.window
    return {
        "earliest": window.earliest.isoformat(),
        "likeliest": window.likeliest.isoformat(),
        "latest": window.latest.isoformat(),
        "why": window.why,
    }


def _day(bill: BillOnRecord, name: str) -> str | None:
    day = getattr(bill, name)
    return None if day is None else day.isoformat()
