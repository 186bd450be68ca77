"""The daemon dies while a long list goes into the ledger: all of it is on record, its payments too, or nothing."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import import_script
from tests.support.import_script import BILLS, PAID
from tests.support.peer import installed
from watchdog.store.store import open_store

ROOT = Path(__file__).parents[2]
#: While portions are spooled, while the rows are written, at the commit, and as the log is put back into the database.
KILLS = (("write", 5), ("pwrite64", 400), ("fdatasync", 3), ("fdatasync", 4))
FEWEST_KILLS = 3


def is_killed(folder: Path, call: str, number: int) -> bool:
    """Whether the one that hands the list in was killed; the one that reads it for it is left alone."""
    strace = [installed("strace"), "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={number}"]
    script = [sys.executable, import_script.__file__, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([*strace, *script], capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode in {0, 137, -9}, ended.stderr
    if ended.returncode == 0:
        assert ended.stdout.split()[-1] == str(BILLS)
    return ended.returncode != 0


def on_record(folder: Path) -> int:
    """How many bills are, after the whole ledger was found sound, no bill stands open that the list says is paid, and
    no more files lie there than a store has.
    """
    with closing(open_store(folder)) as store:
        found = store.ledger.audit()
        assert found.is_sound
        paid = PAID if found.bills else 0
        assert (len(store.ledger.open_bills()), found.events) == (found.bills - paid, found.bills + paid)
    assert {file.name.partition(".")[0] for file in folder.iterdir()} == {"nigehban"}
    return found.bills


@pytest.mark.slow
def test_a_kill_leaves_all_of_a_long_list_or_nothing_of_it_and_it_can_be_handed_in_again(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    begun.mkdir()
    open_store(begun).close()
    killed, seen = 0, set()
    for call, number in KILLS:
        folder = tmp_path / f"{call}-{number}"
        shutil.copytree(begun, folder)
        killed += is_killed(folder, call, number)
        bills = on_record(folder)
        again = import_script.main(folder) if bills not in seen else None
        paid = 0 if bills else PAID
        assert again is None or (again.bills, again.same, again.settled) == (BILLS - bills, bills, paid)
        seen.add(bills)
    assert seen == {0, BILLS}
    assert killed >= FEWEST_KILLS
