"""The daemon dies at any moment while a kind notices changes: each is told once, and none is lost."""

import itertools
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from alerts.incident import Nature
from tests.support import change_script
from tests.support.peer import installed
from watchdog.store.store import Store, open_store

VALUES = ("A", "A", "B", "B", "C", "A")
ROOT = Path(__file__).parents[2]
FEWEST_KILLS = 3


def look(folder: Path, *values: str, inject: str = "") -> bool:
    """Whether the script came to its end."""
    strace = [installed("strace"), "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", inject] if inject else []
    script = [sys.executable, change_script.__file__, str(folder), *values]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*strace, *script], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode in {0, 137, -9}, done.stderr
    return done.returncode == 0


def told(store: Store) -> list[tuple[str, str]]:
    """Before and after of every change there is, in the order they happened."""
    noticed = [one for one in store.listings.recent_incidents(100) if one.nature is Nature.CHANGE]
    in_order = sorted(noticed, key=lambda one: one.opened_at)
    for one in in_order:
        history = store.listings.history(one.id)
        assert history is not None
        assert (len(history.events), len(history.waiting)) == (1, 1), "an event without its notification, or twice"
    return [(one.facts[0][1], one.facts[1][1]) for one in in_order]


def assert_a_chain_to(last: str, changes: list[tuple[str, str]]) -> None:
    """Each change begins where the one before it ended: none is lost and none is told twice."""
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(changes)), changes
    assert (changes[-1][1] if changes else "A") == last, changes


@pytest.mark.slow
@pytest.mark.parametrize(("call", "first", "step"), [("fdatasync", 1, 3), ("pwrite64", 3, 43)])
def test_a_kill_at_any_sync_or_write_loses_no_change_and_repeats_none(
    tmp_path: Path, call: str, first: int, step: int
) -> None:
    for kills, number in enumerate(range(first, 1000, step)):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        is_whole = look(folder, *VALUES, inject=f"inject={call}:signal=KILL:when={number}")
        change_script.main(folder, ("C", "D"))
        with closing(open_store(folder)) as store:
            assert_a_chain_to("D", told(store))
        if is_whole:
            assert kills >= FEWEST_KILLS, "hardly a kill found the script at work"
            return
    pytest.fail("the script never came to its end")


def test_without_a_kill_every_change_is_told_once(tmp_path: Path) -> None:
    assert look(tmp_path, *VALUES)
    with closing(open_store(tmp_path)) as store:
        assert told(store) == [("A", "B"), ("B", "C"), ("C", "A")]
