"""Money that came back, said once more of the same payment. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.payments import same_reference

_K = LedgerEventKind
_SENT: Final = frozenset({_K.CREDITED, _K.ACKNOWLEDGED})
#: Two who speak of one day need not name the same hour of it.
_SAME_DAY: Final = timedelta(days=1)


def back_already(draft: Draft, events: Sequence[LedgerEvent], *, is_all_back: bool) -> LedgerEvent | None:
    """Where `draft` says that money came back: the word in `events` of its bill that said just that.

    Money that came back comes back again only once it was sent again. Whoever names no payment, or the same one, and no
    other amount, says nothing new within a day, as long as nobody has said since that it was sent.
    """
    if draft.kind is not _K.CREDIT_RETURNED:
        return None
    for event in sorted(events, key=lambda one: (one.recorded_at, one.draft.happened_at), reverse=True):
        if event.draft.kind in _SENT:
            return None
        if event.draft.kind is _K.CREDIT_RETURNED and _is_same(draft, event.draft, is_all_back=is_all_back):
            return event
    return None


def _is_same(draft: Draft, before: Draft, *, is_all_back: bool) -> bool:
    said, known = draft.details, before.details
    reference = same_reference(said.payment)
    is_same_payment = not reference or reference == same_reference(known.payment)
    is_all = said.amount is None and is_all_back
    is_same_amount = known.amount is None or said.amount == known.amount or is_all
    return is_same_payment and is_same_amount and abs(draft.happened_at - before.happened_at) < _SAME_DAY
