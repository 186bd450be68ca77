"""From events to what they add up to. Pure: apart from which receipt of a bill was recorded first, the same in whatever
order they were recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, assert_never

from checks.ledger.blocks import blocks_after, lifted_by
from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.payments import Paid, Sums, added
from checks.ledger.state import (
    BillOnRecord,
    BillStanding,
    Hastened,
    PayeeOnRecord,
    ReceiptChange,
    Step,
    TermsChange,
)
from checks.units import Money

_K = LedgerEventKind
T = TypeVar("T")

#: Changes of terms that are carried along; all of them stay on record.
MAX_CHANGES = 8


def folded(events: Iterable[LedgerEvent], *, known_at: datetime | None = None) -> BillOnRecord | None:
    """One bill; with `known_at`, by what was on record then. None before it was received.

    `events` in the order of recording. A bill begins with the receipt that was recorded first, also where something is
    said to have happened to it before: another receipt, whatever its day, is no correction.
    """
    known = [event for event in events if known_at is None or event.recorded_at <= known_at]
    receipts = [event for event in known if event.draft.kind is _K.RECEIVED]
    if not receipts:
        return None
    first = min(receipts, key=lambda event: event.recorded_at)  # of what was recorded at one go, the first of them
    bill = _received(first)
    for event in in_order(known):
        if event is not first:
            bill = after(bill, event)
    return bill


def folded_payee(events: Iterable[LedgerEvent], *, known_at: datetime | None = None) -> PayeeOnRecord | None:
    """One vendor; None where nothing is on record of it."""
    payee: PayeeOnRecord | None = None
    for event in in_order(events, known_at):
        blocks = payee.blocks if payee else ()
        payee = PayeeOnRecord(
            vendor=event.draft.about,
            blocks=blocks_after(blocks, event),
            lifted=lifted_by(event) or (payee.lifted if payee else None),
            recorded_at=max(event.recorded_at, payee.recorded_at if payee else event.recorded_at),
            events=(payee.events if payee else 0) + 1,
        )
    return payee


def in_order(events: Iterable[LedgerEvent], known_at: datetime | None = None) -> Sequence[LedgerEvent]:
    known = [event for event in events if known_at is None or event.recorded_at <= known_at]
    return sorted(known, key=lambda event: event.order)


def after(bill: BillOnRecord, event: LedgerEvent) -> BillOnRecord:
    """`bill` once `event` happened, too."""
    sources = _sources(bill, event)
    listed = bill if sources == bill.sources else replace(bill, sources=sources)
    return _counted(_hastened(bill, _changed(listed, event), event), event)


def _hastened(was: BillOnRecord, bill: BillOnRecord, event: LedgerEvent) -> BillOnRecord:
    """With its day of cutting off put forward, or put off again."""
    before, after = was.suspends, bill.suspends
    if before == after:
        return bill
    is_nearer = after is not None and (before is None or after < before)
    known_at = max(event.recorded_at, event.draft.happened_at)
    return replace(bill, hastened=Hastened(was=before, known_at=known_at) if is_nearer else None)


def _received(event: LedgerEvent) -> BillOnRecord:
    draft, terms = event.draft, event.draft.details.terms
    if terms is None:
        raise ValueError("received: say terms")
    return BillOnRecord(
        key=draft.about,
        vendor=draft.vendor,
        terms=terms,
        received_at=draft.happened_at,
        standing=BillStanding.OPEN,
        path=(_step(draft),),
        sources=(draft.details.source,) if draft.details.source else (),
        recorded_at=event.recorded_at,
        events=1,
    )


def _changed(bill: BillOnRecord, event: LedgerEvent) -> BillOnRecord:  # noqa: C901, PLR0911, PLR0912  # an arm each
    draft, details = event.draft, event.draft.details
    match draft.kind:
        case _K.RECEIVED | _K.LISTED:
            return _listed(bill, details.source)
        case _K.CORRECTED:
            return _corrected(_received_then(bill, draft), draft)
        case _K.CANCELLED:
            return replace(bill, standing=BillStanding.CANCELLED)
        case _K.REOPENED:
            return replace(bill, standing=BillStanding.OPEN)
        case _K.MISSING:
            return _missing(bill, draft)
        case (
            _K.VERIFIED
            | _K.PAYEE_CHECKED
            | _K.BUDGETED
            | _K.SANCTIONED
            | _K.SUBMITTED
            | _K.AUDITED
            | _K.AUTHORISED
            | _K.MOVED
            | _K.RETURNED
        ):
            return replace(bill, path=(*bill.path, _step(draft)))
        case _K.CREDITED | _K.CREDIT_RETURNED | _K.ACKNOWLEDGED:
            return _with_sum(bill, _with_money(_stepped(bill, draft), draft), draft)
        case _K.WITHHELD | _K.CREDIT_NOTE:
            return _with_money(bill, draft)
        case _K.DISPUTED | _K.DISPUTE_OVER | _K.HELD | _K.RELEASED:
            return _held_up(bill, draft)
        case _K.BLOCKED | _K.UNBLOCKED:
            return replace(bill, blocks=blocks_after(bill.blocks, event))
        case _K.GRACE | _K.SUSPENSION_ANNOUNCED:
            return _postponed(bill, draft)
        case _K.NOTED:
            return bill
        case _:
            assert_never(draft.kind)


def _postponed(bill: BillOnRecord, draft: Draft) -> BillOnRecord:
    """What the vendor said last holds."""
    if draft.kind is _K.GRACE:
        return replace(bill, grace_until=draft.details.until)
    return replace(bill, announced=draft.details.until, grace_until=None)


def _stepped(bill: BillOnRecord, draft: Draft) -> BillOnRecord:
    """Money that came back wakes a bill that was cancelled, too."""
    is_back = draft.kind is _K.CREDIT_RETURNED
    return replace(bill, path=(*bill.path, _step(draft)), standing=BillStanding.OPEN if is_back else bill.standing)


def _with_sum(was: BillOnRecord, bill: BillOnRecord, draft: Draft) -> BillOnRecord:
    """With how much came back by `draft`, the last step of `bill`."""
    if draft.kind is not _K.CREDIT_RETURNED:
        return bill
    currency = draft.details.amount.currency if draft.details.amount else _currency(was, draft)
    before, after = _paid_in(was, currency), _paid_in(bill, currency)
    taken = max(before.credited - after.credited, before.acknowledged - after.acknowledged)
    back = draft.details.amount or (Money(taken, currency) if taken else None)
    told = replace(bill.path[-1], back=back, is_unfounded=not (before.credited or before.acknowledged))
    return replace(bill, path=(*bill.path[:-1], told))


def _paid_in(bill: BillOnRecord, currency: str) -> Paid:
    return next((one.paid for one in bill.money if one.currency == currency), None) or Paid()


def _listed(bill: BillOnRecord, source: str) -> BillOnRecord:
    left = tuple(one for one in bill.left if one != source)
    return replace(bill, left=left, missing_since=None, listed_until=None)


def _missing(bill: BillOnRecord, draft: Draft) -> BillOnRecord:
    """A list that lets a bill go says nothing about those that still have it."""
    source = draft.details.source
    if source and source not in bill.left:
        bill = replace(bill, left=(*bill.left, source))
    if source and not set(bill.sources) <= set(bill.left):
        return bill
    since = bill.missing_since or draft.happened_at
    until = bill.listed_until or draft.details.last_listed or draft.happened_at
    return replace(bill, missing_since=since, listed_until=until)


def _held_up(bill: BillOnRecord, draft: Draft) -> BillOnRecord:
    """Or no more."""
    match draft.kind:
        case _K.DISPUTED:
            return replace(bill, disputed=draft.details.reason)
        case _K.DISPUTE_OVER:
            return replace(bill, disputed="")
        case _K.HELD:
            return replace(bill, held_until=draft.details.until)
        case _:
            return replace(bill, held_until=None)


def _received_then(bill: BillOnRecord, draft: Draft) -> BillOnRecord:
    """Wakes nothing. Its first stage begins then, too."""
    at = draft.details.received_at
    if at is None or at == bill.received_at:
        return bill
    change = ReceiptChange(was=bill.received_at, at=draft.happened_at, by=draft.author, reason=draft.details.reason)
    path = (replace(bill.path[0], at=at), *bill.path[1:])
    return replace(bill, received_at=at, path=path, receipt_changes=_kept((*bill.receipt_changes, change)))


def _corrected(bill: BillOnRecord, draft: Draft) -> BillOnRecord:
    """Other terms also wake a bill that was cancelled. A day of cutting off that they name is the one named last."""
    terms = draft.details.terms
    if terms is None or terms == bill.terms:
        return bill
    change = TermsChange(was=bill.terms, at=draft.happened_at, reason=draft.details.reason)
    if terms.suspends is not None and terms.suspends != bill.terms.suspends:
        bill = replace(bill, announced=None, grace_until=None)
    return replace(bill, terms=terms, standing=BillStanding.OPEN, changes=_kept((*bill.changes, change)))


def _kept(changes: tuple[T, ...]) -> tuple[T, ...]:
    """The first always: by the number that it had then, the bill is known."""
    return changes if len(changes) <= MAX_CHANGES else (changes[0], *changes[1 - MAX_CHANGES :])


def _with_money(bill: BillOnRecord, draft: Draft) -> BillOnRecord:
    """An amount of another currency is kept, and settles nothing as long as the bill does not ask for that."""
    said = draft.details.amount
    currency = _currency(bill, draft) if said is None else said.currency
    was = next((one for one in bill.money if one.currency == currency), None) or Sums(currency=currency)
    now = added(was, draft.kind, draft.details, bill.remaining.amount)
    money = (*(one for one in bill.money if one.currency != currency), now)
    return replace(bill, money=tuple(sorted(money, key=lambda one: one.currency)) if len(money) > 1 else money)


def _currency(bill: BillOnRecord, draft: Draft) -> str:
    """Of what names no amount: the bill's; a payment that is known in another alone brought that, and takes it back."""
    known = [one.currency for one in bill.money if one.knows(draft.details.payment)]
    own = bill.terms.amount.currency
    is_of_another = draft.kind is _K.CREDIT_RETURNED and len(known) == 1
    return known[0] if is_of_another else own


def _counted(bill: BillOnRecord, event: LedgerEvent) -> BillOnRecord:
    """All that every event changes, at one go: lists of bills are long."""
    standing = _standing(bill)
    return replace(
        bill,
        events=bill.events + 1,
        recorded_at=max(bill.recorded_at, event.recorded_at),
        standing=standing,
        closed_at=None if standing is BillStanding.OPEN else bill.closed_at or event.draft.happened_at,
    )


def _standing(bill: BillOnRecord) -> BillStanding:
    if bill.standing is BillStanding.CANCELLED:
        return BillStanding.CANCELLED
    settled = bill.paid.settled
    is_paid = settled >= bill.terms.amount.amount and (settled > 0 or _is_acknowledged(bill))
    return BillStanding.PAID if is_paid else BillStanding.OPEN


def _is_acknowledged(bill: BillOnRecord) -> bool:
    """Of a bill about nothing: nobody pays it, and yet it is no less open than others until the vendor says so."""
    told = (_K.ACKNOWLEDGED, _K.CREDIT_RETURNED)
    last = next((step.kind for step in reversed(bill.path) if step.kind in told), None)
    return last is _K.ACKNOWLEDGED


def _step(draft: Draft) -> Step:
    return Step(kind=draft.kind, at=draft.happened_at, stage=draft.details.stage, reason=draft.details.reason)


#: What only a list says; a letter or a sheet that speaks of a bill does not hold it.
_LISTING = frozenset({_K.RECEIVED, _K.LISTED, _K.MISSING})


def _sources(bill: BillOnRecord, event: LedgerEvent) -> tuple[str, ...]:
    source = event.draft.details.source if event.draft.kind in _LISTING else ""
    return bill.sources if not source or source in bill.sources else (*bill.sources, source)
