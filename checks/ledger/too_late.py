"""What cannot be said of a bill any more, by what is on record of it: it is over, or it was there before. Pure.

Judged where it is written, on what is on record then: of two who speak at once, the second is told of the first.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.overtaken import names_another_payment
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, BillStanding
from checks.pasted import record_command
from checks.wording import day_of, local, moment

_K = LedgerEventKind

#: What can still happen to a bill that is paid or cancelled.
_AFTER_THE_END: Final = frozenset({_K.CREDIT_RETURNED, _K.CORRECTED, _K.NOTED, _K.CANCELLED, _K.REOPENED})
#: What says nothing of what happened to a bill, but that it was there.
_OF_LISTS: Final = frozenset({_K.RECEIVED, _K.MISSING, _K.LISTED})
#: What may have been said of a bill before it was there, or says nothing of when it was.
_ANY_TIME: Final = _OF_LISTS | {_K.CORRECTED, _K.NOTED}
#: Without an amount they are about all that is left.
_OF_ALL_LEFT: Final = frozenset({_K.ACKNOWLEDGED, _K.CREDITED})
#: What may have paid a bill.
_PAYING: Final = frozenset({_K.ACKNOWLEDGED, _K.WITHHELD, _K.CREDIT_NOTE, _K.CORRECTED})


def why_over(
    draft: Draft, bill: BillOnRecord, events: Sequence[LedgerEvent], rules: BillingRules, spoken_at: datetime
) -> str:
    """Why `draft`, all its amounts filled in, comes too late for `bill` as `events` leave it; "" where it does not.

    What is said of the moment in which somebody speaks comes behind all that is on record by then, though the clock was
    read before. A payment of a bill that is paid is none, whenever it was, unless it is another one by name.
    """
    if bill.closed_at is None or draft.kind in _AFTER_THE_END | _OF_LISTS:
        return ""
    if _is_another(draft, bill):
        return ""
    is_paid_again = draft.kind is _K.ACKNOWLEDGED and bill.standing is BillStanding.PAID
    if not is_paid_again and draft.happened_at < min(bill.closed_at, spoken_at):
        return _why_nothing(draft, bill)
    day = day_of(local(bill.closed_at, rules.zone_of(bill.terms.office)).date())
    after = ", ".join(sorted(kind.value for kind in _AFTER_THE_END))
    other = "; another payment is named by its reference and amount (--payment REF --amount AMOUNT)"
    is_money = draft.kind in _OF_ALL_LEFT and bill.standing is BillStanding.PAID
    said = f"{_called(bill)} is {bill.standing.value} since {day}{_by(bill, events, rules)}; only {after} can follow"
    return said + other * is_money


def _is_another(draft: Draft, bill: BillOnRecord) -> bool:
    """The vendor may have the money twice; people must be able to say so."""
    amount = draft.details.amount
    is_some = amount is not None and amount.amount > 0
    return bill.standing is BillStanding.PAID and is_some and names_another_payment(draft, bill)


def _why_nothing(draft: Draft, bill: BillOnRecord) -> str:
    """All that is left of a bill that is paid is nothing: as a row it would say that Rs 0 were sent."""
    amount = draft.details.amount
    if draft.kind not in _OF_ALL_LEFT or amount is None or amount.amount or not bill.terms.amount.amount:
        return ""
    return f"nothing is left to pay of {_called(bill)}; say how much it was (--amount AMOUNT)"


def ended_by(bill: BillOnRecord, events: Sequence[LedgerEvent]) -> LedgerEvent | None:
    """What paid or cancelled it; None while it is open, and where its events do not tell."""
    if bill.closed_at is None:
        return None
    kinds = {_K.CANCELLED} if bill.standing is BillStanding.CANCELLED else _PAYING
    then = [one for one in events if one.draft.kind in kinds and one.draft.happened_at == bill.closed_at]
    return max(then, key=lambda one: one.order, default=None)


def _by(bill: BillOnRecord, events: Sequence[LedgerEvent], rules: BillingRules) -> str:
    """Who said so: like ": ali put acknowledged Rs 500 on record at …"."""
    event = ended_by(bill, events)
    if event is None:
        return ""
    said = event.draft
    what = said.kind.value if said.details.amount is None else f"{said.kind.value} {said.details.amount}"
    at = moment(event.recorded_at, rules.zone_of(bill.terms.office))
    return f": {said.author} put {what} on record at {at}"


def why_behind(draft: Draft, bill: BillOnRecord, events: Sequence[LedgerEvent], rules: BillingRules) -> str:
    """Why `bill` cannot have been received when `draft`, a correction, says so: something is said to have happened to
    it before that, and was not behind its day of receipt so far.
    """
    at = draft.details.received_at
    if at is None or at <= bill.received_at:
        return ""
    happened = [event.draft for event in events if event.draft.kind not in _ANY_TIME]
    first = min(happened, key=lambda one: one.happened_at, default=None)
    if first is None or first.happened_at >= at:
        return ""
    day = local(first.happened_at, rules.zone_of(bill.terms.office)).date()
    there = f"{_called(bill)} was there by {day}: {first.kind.value} is on record of that day"
    wrong = record_command(_called(bill), "noted --reason TEXT")
    return f"received: {there}; give {day} or an earlier day, or say what is wrong with it: {wrong}"


def _called(bill: BillOnRecord) -> str:
    return f"{bill.vendor}/{bill.number}"
