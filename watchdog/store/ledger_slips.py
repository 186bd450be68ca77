"""Slips of whoever speaks to the ledger, which would lie in it for ever."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from checks.ledger.back_already import back_already
from checks.ledger.chain import id_of
from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind, Terms
from checks.ledger.proposal import WordError
from checks.ledger.state import BillOnRecord
from watchdog.store.ledger_histories import Histories, History

_K = LedgerEventKind
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
#: Whoever speaks of this evening, in the morning, means today.
_CLOCKS_DIFFER: Final = timedelta(days=1)
Late: TypeAlias = Callable[[Draft, BillOnRecord, Sequence[LedgerEvent]], str]
"""Why it comes too late for the bill as those events leave it; "" where it does not. See checks.ledger.too_late."""

_COMPARED: Final = ("amount", "due", "suspends", "service", "office", "contract")


def refuse_what_cannot_be(drafts: Sequence[Draft], histories: Histories, now: datetime, why_late: Late) -> None:
    """Raises WordError for the first of them. What is on record already is none."""
    received = {d.about: d.details.terms for d in drafts if d.kind is _K.RECEIVED}
    for draft in drafts:
        history = histories[draft.about]
        bill = history.bill if draft.is_of_bill else None
        terms = received.get(draft.about) if bill is None else bill.terms
        why = next(_why_not(draft, terms, now), "")
        if not why and bill is not None:
            again = next(_why_not_again(draft, bill), "") or _back_already(draft, bill, history.events)
            why = again or why_late(draft, bill, history.events)
            why = "" if why and _is_there(draft, history) else why
        if why:
            raise WordError(why)


def _is_there(draft: Draft, history: History) -> bool:
    id_ = id_of(draft)
    return any(event.id == id_ for event in history.events)


def _why_not(draft: Draft, terms: Terms | None, now: datetime) -> Iterator[str]:
    if not _EARLIEST <= draft.happened_at <= now + _CLOCKS_DIFFER:
        yield f"{draft.happened_at:%Y-%m-%d} is no day on which anything can have happened; say when it was"
    if not draft.is_of_bill:
        return
    if terms is None:
        yield f"there is no bill {draft.about} on record; add it first"
        return
    asked, amount = terms.amount, draft.details.amount
    if amount is not None and amount.currency != asked.currency:
        yield f"the bill {draft.about} is in {asked.currency}, not in {amount.currency}; say the amount in it"


def _why_not_again(draft: Draft, bill: BillOnRecord) -> Iterator[str]:
    details = draft.details
    if draft.kind is _K.RECEIVED and details.terms is not None:
        differing = [name for name in _COMPARED if _differs(details.terms, bill.terms, name)]
        if differing:
            yield (
                f"the bill {draft.about} is on record already with {bill.terms.amount}, due {bill.terms.due:%Y-%m-%d}; "
                f"this differs in {' and '.join(differing)}: record it as corrected, and refuse what still proposes it"
            )
    elif bill.sums.has(draft.kind, details):
        yield (
            f"{draft.kind.value} {details.amount} of payment {details.payment} is on record of {draft.about} already; "
            "another payment has another reference"
        )


def _back_already(draft: Draft, bill: BillOnRecord, events: Sequence[LedgerEvent]) -> str:
    """Money cannot come back twice; told twice, people would look for a second payment."""
    paid = bill.paid
    before = back_already(draft, events, is_all_back=not (paid.credited or paid.acknowledged))
    if before is None:
        return ""
    by, at = before.draft.author, f"{before.recorded_at:%Y-%m-%d %H:%M} UTC"
    return (
        f"that money came back of {draft.about} was put on record by {by} at {at} already, and nothing as sent since; "
        "where another payment came back too, name it by its reference (--payment REF)"
    )


def _differs(said: Terms, on_record: Terms, name: str) -> bool:
    """What is not said does not differ."""
    value: object = getattr(said, name)
    return value is not None and value != getattr(on_record, name)
