"""The daemon dies while bills go on record: no event without its state, no half proposal, a whole chain."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from checks.ledger.event import LedgerEvent, LedgerEventKind
from checks.ledger.proposal import ProposalStanding
from tests.support import ledger_script
from tests.support.ledger_script import STEPS
from tests.support.ledgers import ACME_7
from tests.support.mortal import mortal
from watchdog.store.store import Store, open_store

FEWEST_KILLS = 3
K = LedgerEventKind


def is_of_first_two(event: LedgerEvent) -> bool:
    """Or any receipt."""
    return event.draft.about != "acme/inv9" or event.draft.kind is K.RECEIVED


def on_record(store: Store) -> set[str]:
    """Which steps are, after the whole ledger was found sound."""
    assert store.ledger.audit().is_sound
    kinds = [event.draft.kind for event in store.ledger.events() if is_of_first_two(event)]
    proposals = store.ledger.latest_proposals(10)
    standing = {one.author: one.standing for one in proposals if one.drafts[0].about != "acme/inv9"}
    assert (K.ACKNOWLEDGED in kinds) == (standing.get("ali") is ProposalStanding.CONFIRMED), (
        "a decision without its event"
    )
    assert K.SUSPENSION_ANNOUNCED not in kinds
    of_clerk = sorted(one.standing.value for one in proposals if one.author == "clerk")
    assert of_clerk in ([], ["waiting"], ["confirmed", "replaced"]), "put right by halves"
    assert (K.GRACE in kinds) == (len(of_clerk) > 1), "put right without its event"
    bill, other = store.ledger.bill(ACME_7), store.ledger.bill("acme/inv9")
    of_other = [one.standing.value for one in proposals if one.drafts[0].about == "acme/inv9"]
    if other is not None and not other.is_open:
        assert "waiting" not in of_other, "paid, and it waits for ever"
    found = {
        "listed": kinds.count(K.RECEIVED) == 3,
        "sent": K.CREDITED in kinds,
        "proposed": "ali" in standing,
        "confirmed": bill is not None and not bill.is_open,
        "refused": standing.get("inbox") is ProposalStanding.REFUSED,
        "edited": K.GRACE in kinds,
        "overtaken": set(of_other) == {"confirmed", "overtaken"},
    }
    assert kinds.count(K.RECEIVED) in {0, 3}, "half a list"
    return {step for step, is_there in found.items() if is_there}


@pytest.mark.slow
@pytest.mark.parametrize(("call", "first", "step"), [("fdatasync", 1, 1), ("pwrite64", 1, 4)])
def test_a_kill_at_any_sync_or_write_leaves_the_ledger_whole_and_nothing_told_is_lost(
    tmp_path: Path, call: str, first: int, step: int
) -> None:
    begun = tmp_path / "begun"
    begun.mkdir()
    open_store(begun).close()
    with mortal(ledger_script, call) as script:
        for kills, number in enumerate(range(first, 1000, step)):
            folder = tmp_path / f"{number}"
            shutil.copytree(begun, folder)
            ran = script.run(folder, dies_at=number)
            with closing(open_store(folder)) as store:
                assert set(ran.said) <= on_record(store), "told, then lost"
            ledger_script.main(folder)
            with closing(open_store(folder)) as store:
                assert on_record(store) == set(STEPS)
                assert store.ledger.head().events == 7
            if ran.is_whole:
                assert kills >= FEWEST_KILLS, "hardly a kill found it at work"
                return
    pytest.fail("it never came to its end")
