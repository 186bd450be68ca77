"""What people say, made into drafts that mean the same for ever: each at its own instant, with its amount."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from checks.ledger.chain import id_of
from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from watchdog.store.ledger_histories import Histories, History

_K = LedgerEventKind
_MOMENT: Final = timedelta(microseconds=1)

#: Without an amount they are about all that is left.
_OF_ALL_LEFT: Final = frozenset({_K.ACKNOWLEDGED, _K.CREDITED})

#: What says how much is left, wherever it stands among what is said in one breath.
_ASKING: Final = frozenset({_K.RECEIVED, _K.CORRECTED, _K.WITHHELD, _K.CREDIT_NOTE})


def in_their_turn(drafts: Sequence[Draft], histories: Histories, at: datetime) -> list[Draft]:
    """Of two things said to have happened to a bill at one instant, what is said later comes later: by a moment.

    What was said before stays what it was then.
    """
    taken: dict[tuple[str, datetime], list[Draft]] = {}
    for history in histories.values():
        for event in history.events:
            taken.setdefault((event.draft.about, event.draft.happened_at), []).append(event.draft)
    placed: list[Draft] = []
    for draft, full in zip(drafts, with_amounts(drafts, histories, at), strict=True):
        moved = draft
        while there := taken.get((moved.about, moved.happened_at)):
            if (same := next((one for one in there if _is_same(one, moved)), None)) is not None:
                full = replace(moved, details=same.details)  # noqa: PLW2901  # as it was said before
                break
            moved = replace(moved, happened_at=moved.happened_at + _MOMENT)
        one = full if full.happened_at == moved.happened_at else replace(full, happened_at=moved.happened_at)
        taken.setdefault((one.about, one.happened_at), []).append(one)
        placed.append(one)
    return placed


def with_amounts(drafts: Sequence[Draft], histories: Histories, at: datetime) -> list[Draft]:
    """Where one is about "all that is left", with what is left now, so that what is added later is not paid by it."""
    full = list(drafts)
    for place, draft in enumerate(drafts):
        if draft.kind not in _OF_ALL_LEFT or draft.details.amount is not None:
            continue
        others = [
            as_if(one, at)
            for other, one in enumerate(full)
            if one.about == draft.about and other != place and (other < place or one.kind in _ASKING)
        ]
        bill = _with(histories[draft.about], others).bill
        if bill is not None:
            full[place] = replace(draft, details=replace(draft.details, amount=bill.remaining))
    return full


def _with(history: History, events: Sequence[LedgerEvent]) -> History:
    if not events:
        return history
    longer = history.copy()
    longer.events += events
    return longer


def as_if(draft: Draft, at: datetime) -> LedgerEvent:
    """Recorded at `at`, on no chain: for what it would add up to."""
    return LedgerEvent(draft=draft, id=id_of(draft), recorded_at=at, previous="", hash="")


def _is_same(there: Draft, said: Draft) -> bool:
    if said.kind in _OF_ALL_LEFT and said.details.amount is None:
        said = replace(said, details=replace(said.details, amount=there.details.amount))
    return id_of(there) == id_of(said)
