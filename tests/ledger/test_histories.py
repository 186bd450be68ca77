"""A hundred thousand histories of bills: what they add up to, in whatever order they were recorded, known when."""

import pytest

from checks.ledger.event import LedgerEventKind
from checks.ledger.fold import after, folded, in_order
from checks.ledger.state import BillStanding
from tests.support.histories import Histories, naive, recorded, told, without_recording

K = LedgerEventKind
EACH = 25_000

#: What may open a bill again that was paid, or cancelled.
REOPENS = {
    BillStanding.PAID: {K.CREDIT_RETURNED, K.CORRECTED},
    BillStanding.CANCELLED: {K.CORRECTED, K.CREDIT_RETURNED, K.REOPENED},
}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_history_adds_up_to_what_a_slow_reader_finds(seed: int) -> None:
    histories = Histories(seed)
    for _ in range(EACH):
        events = histories.one()
        assert told(folded(events)) == naive(events), events


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
def test_no_order_of_recording_changes_what_a_bill_is_at_but_which_receipt_came_first(seed: int) -> None:
    histories = Histories(seed)
    for _ in range(EACH):
        events = histories.one()
        receipts = [event for event in events if event.draft.kind is K.RECEIVED]
        shuffled = histories.rng.sample(
            [one for one in events if one not in receipts[:1]], len(events[len(receipts[:1]) :])
        )
        place = histories.rng.randrange(
            1 + next((n for n, one in enumerate(shuffled) if one in receipts), len(shuffled))
        )
        otherwise = recorded([*shuffled[:place], *receipts[:1], *shuffled[place:]])
        assert without_recording(folded(events)) == without_recording(folded(otherwise)), events


@pytest.mark.slow
def test_a_paid_bill_is_opened_by_a_returned_credit_or_a_correction_alone() -> None:
    histories = Histories(5)
    reopened = 0
    for _ in range(EACH):
        events = histories.one()
        first = folded(event for event in events if event.draft.kind is K.RECEIVED)
        if first is None:
            continue
        bill = first
        for event in in_order(events):
            before, bill = bill, after(bill, event)
            if not before.is_open and bill.is_open:
                assert event.draft.kind in REOPENS[before.standing], (before, event)
                reopened += 1
    assert reopened > EACH / 100, "hardly a bill was opened again"


def test_what_was_known_then_is_what_had_been_recorded_by_then() -> None:
    histories = Histories(6)
    for _ in range(2_000):
        events = histories.one()
        for known, event in enumerate(events, start=1):
            assert folded(events, known_at=event.recorded_at) == folded(events[:known])
