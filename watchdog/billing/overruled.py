"""What was confirmed and yet does not hold, since something else was said after it was proposed: in words. Pure.

What happened first counts first, whenever it is confirmed (docs/ledger.md). Whoever confirms must hear where that
leaves a bill as it was.
"""

from collections.abc import Iterable, Mapping

from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.state import BillOnRecord, BillStanding, PayeeOnRecord
from checks.pasted import pasted, record_command
from checks.wording import day_of

_K = LedgerEventKind


def overruled(events: Iterable[LedgerEvent], states: Mapping[str, BillOnRecord | PayeeOnRecord]) -> list[str]:
    """A sentence for each of `events` that changed nothing; `states` are those after them, by key of the bill."""
    drafts = [event.draft for event in events]
    return [
        why for one in drafts if isinstance(bill := states.get(one.about), BillOnRecord) and (why := _why(one, bill))
    ]


def _why(said: Draft, bill: BillOnRecord) -> str:
    """What holds instead, why, and what makes it hold; "" where it holds."""
    called = f"{bill.vendor}/{bill.number}"
    until, terms = said.details.until, said.details.terms
    match said.kind:
        case _K.CANCELLED if bill.standing is not BillStanding.CANCELLED:
            holds = f"{called} is not cancelled, it is {bill.standing.value}"
            wanted = "it is cancelled all the same"
            anew = "cancelled --reason TEXT"
        case _K.SUSPENSION_ANNOUNCED if bill.is_open and until is not None and until != bill.suspends:
            holds = f"{called} is still cut off on {'no day' if bill.suspends is None else day_of(bill.suspends)}"
            wanted = f"{day_of(until)} is right"
            anew = f"suspension-announced --until {until}"
        case _K.CORRECTED if terms is not None and terms != bill.terms:
            holds = f"{called} still asks for {bill.terms.amount}, due {day_of(bill.terms.due)}"
            wanted = f"{terms.amount}, due {day_of(terms.due)}, is right"
            anew = "corrected --amount AMOUNT --due DAY --reason TEXT"
        case _K.CORRECTED if said.details.received_at not in {None, bill.received_at}:
            holds = f"{called} still has another day of receipt"
            wanted = "the one that was confirmed is right"
            anew = "corrected --received DAY --reason TEXT"
        case _:
            return ""
    why = "something else was said of it after this was proposed, and what was said last holds"
    look = f"nigehban invoices show {pasted(called)}"
    return f"{holds}: {why} ({look}); if {wanted}: {record_command(called, anew)}"
