"""The table of docs/checks.md: what each kind says of each peer, healthy and hostile, and what that costs."""

import sys
from pathlib import Path

import pytest

from checks.registry import load_registry
from tests.support.matrix.looks import onlookers
from tests.support.matrix.table import GRIDS, peers_told_otherwise, table, written
from watchdog.settings.billing_checks import BILLING_CHECKS


def test_every_kind_meets_a_healthy_peer_and_hostile_ones() -> None:
    kinds = {face.kind for grid in GRIDS for _, face in grid.pairs()}
    # What reads the ledger alone meets no peer.
    assert kinds == set(load_registry(()).kinds) - set(BILLING_CHECKS.values())
    assert all(len(grid.rows) > 1 for grid in GRIDS)


def test_the_page_has_a_row_for_every_peer_in_the_order_of_the_card() -> None:
    card = [f"| {row.peer} |" for grid in GRIDS for row in grid.rows]
    page = [line for line in written().splitlines() if line.startswith("|")]
    rows = [line for line in page if not line.startswith(("| peer |", "| --- |"))]
    assert len(rows) == len(card)
    assert all(line.startswith(name) for line, name in zip(rows, card, strict=True))


@pytest.mark.slow
def test_each_kind_says_of_each_peer_what_the_page_says_in_time_and_in_little_memory(tmp_path: Path) -> None:
    with onlookers(tmp_path) as eyes:
        pairs = eyes.look(GRIDS)
        # A machine that halts may cost a look its time: what is wrong with a look is wrong however long it may take.
        pairs = eyes.look_again(pairs, peers_told_otherwise(table(pairs)))
    seen = table(pairs)
    sys.stdout.write(seen)
    assert [f"{pair.cell} {pair.excess}" for pair in pairs if pair.excess] == []
    told = "a verdict changed: mend it, or where it is right, python -m tests.support.matrix"
    assert seen.splitlines() == written().splitlines(), told
