"""When what waits for a word needs none any more: its bill was paid or cancelled, or just that is on record. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from checks.ledger.chain import id_of
from checks.ledger.event import Draft, LedgerEventKind, Terms
from checks.ledger.payments import same_reference
from checks.ledger.state import BillOnRecord, BillStanding

_K = LedgerEventKind

#: What still means something of a bill that is paid: money that came back, what lessens it, other terms, a dispute. So
#: does money by another payment, see `names_another_payment`.
_OF_PAID: Final = frozenset({_K.CREDIT_RETURNED, _K.WITHHELD, _K.CREDIT_NOTE, _K.CORRECTED, _K.DISPUTED, _K.NOTED})
_OF_MONEY: Final = frozenset({_K.ACKNOWLEDGED, _K.CREDITED})
#: And of one that is cancelled.
_OF_CANCELLED: Final = frozenset({_K.CREDIT_RETURNED, _K.REOPENED, _K.CORRECTED, _K.NOTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is on record of what waits, at one moment."""

    bills: Mapping[str, BillOnRecord] = field(default_factory=dict)
    ids: Collection[str] = ()
    """Of events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    about: str
    """What the event is about that overtook it."""
    why: str


def overtaken(drafts: Sequence[Draft], was: Ground, now: Ground) -> Overtaken | None:
    """Why nobody need decide `drafts` any more, by what came on record between `was` and `now`.

    All of them must be needless, and one by this: who proposes something of a bill that is paid already means it.
    """
    whys = [(draft.about, why_needless(draft, now), why_needless(draft, was)) for draft in drafts]
    if not all(why for _, why, _ in whys):
        return None
    return next((Overtaken(about=about, why=why) for about, why, before in whys if not before), None)


def why_needless(draft: Draft, ground: Ground) -> str:
    """In words; "" where somebody must decide it."""
    bill = ground.bills.get(draft.about)
    if id_of(draft) in ground.ids:
        return f"just that was put on record of {_called(draft, bill)}"
    if bill is None:
        return ""
    if bill.standing is BillStanding.PAID and draft.kind not in _OF_PAID and not names_another_payment(draft, bill):
        return was_paid(draft, bill)
    if bill.standing is BillStanding.CANCELLED and draft.kind not in _OF_CANCELLED:
        return f"{_called(draft, bill)} was cancelled"
    return f"{_called(draft, bill)} stands so already" if _stands_so(draft, bill) else ""


def names_another_payment(draft: Draft, bill: BillOnRecord) -> bool:
    """Whether it says of money, by a reference nothing is known of, that it went out or arrived: the vendor may have it
    twice.
    """
    reference = draft.details.payment
    is_of_payment = draft.kind in _OF_MONEY and bool(same_reference(reference))
    return is_of_payment and not any(sums.knows(reference) for sums in bill.money)


def was_paid(draft: Draft, bill: BillOnRecord | None) -> str:
    return f"{_called(draft, bill)} was paid"


def _called(draft: Draft, bill: BillOnRecord | None) -> str:
    """As people write it, "acme/INV-7"; its key where only that is known."""
    return draft.about if bill is None else f"{bill.vendor}/{bill.number}"


def _stands_so(draft: Draft, bill: BillOnRecord) -> bool:
    details = draft.details
    match draft.kind:
        case _K.RECEIVED:
            return details.terms is not None and _says_no_other(details.terms, bill.terms)
        case _K.CORRECTED:
            is_same_day = details.received_at in {None, bill.received_at}
            return is_same_day and details.terms in {None, bill.terms}
        case _K.MOVED:
            return bill.at.kind is _K.MOVED and bill.at.stage == details.stage
        case _K.SUSPENSION_ANNOUNCED:
            return bill.announced == details.until and bill.grace_until is None
        case _K.GRACE | _K.HELD:
            return details.until == (bill.grace_until if draft.kind is _K.GRACE else bill.held_until)
        case _:
            return False


def _says_no_other(said: Terms, on_record: Terms) -> bool:
    """What is not said is no other; the number may be spelled otherwise, it is the same bill."""
    names = ("amount", "due", "suspends", "service", "office", "contract")
    return all(getattr(said, name) in {None, getattr(on_record, name)} for name in names)
