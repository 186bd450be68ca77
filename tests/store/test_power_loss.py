"""The power goes: FAULTS row 5. What was confirmed survives, and what left the house is known to have left."""

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import store_script
from tests.support.peer import installed
from tests.support.power_loss import TRACED, Call, lose_power, traced_calls
from tests.support.stored import at
from watchdog.store.store import open_store

ROOT = Path(__file__).parents[2]
DISKS_PER_CUT = 4


def seeded(seed: str) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    made.mkdir()
    return made


def trace_script(folder: Path, trace: Path) -> list[Call]:
    # The index is memory shared between connections: SQLite makes it anew after a crash, whatever it holds.
    strace = [installed("strace"), "-f", "-y", "-xx", "-s", "9000", "-o", str(trace), "-e", f"trace={TRACED}"]
    script = [sys.executable, store_script.__file__, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*strace, *script], capture_output=True, env=environment, check=True)
    return [call for call in traced_calls(trace.read_text()) if not call.path.name.endswith("-shm")]


def promises(calls: Sequence[Call]) -> set[str]:
    said = b"".join(call.data for call in calls if call.name == "write" and call.path.name != "sink")
    return set(said.decode().split("\n"))


def left_the_house(calls: Sequence[Call]) -> set[str]:
    written = b"".join(call.data for call in calls if call.path.name == "sink")
    return {line.split()[0] for line in written.decode().splitlines()}


def assert_kept(disk: Path, calls: Sequence[Call]) -> None:
    store, promised, left = open_store(disk), promises(calls), left_the_house(calls)
    if "committed" in promised:
        assert [one.id for one in store.listings.open_incidents()] == ["i1"]
    store.quarantine_crashed(at(30))
    store.commit(store_script.CHANGES)
    while (row := store.claim_next(store_script.CHANNEL, at(30))) is not None:
        assert f"sent {row.id}" not in promised, "told again though it was recorded"
        assert row.repeat or row.id not in left, "told again without saying so"
        store.mark_sent(row.id, at(31), "")
    with store._database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
    store.close()


@pytest.mark.slow
def test_whatever_was_not_synced_is_lost_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    calls = trace_script(folder, tmp_path / "trace")
    assert "closed" in promises(calls)
    cuts = [cut for cut, call in enumerate(calls) if call.path.parent == folder]
    disks = 0
    for cut in cuts:
        for seed in range(DISKS_PER_CUT):
            disk = tmp_path / f"{cut}-{seed}"
            disk.mkdir()
            lose_power(calls[:cut], folder, disk, seeded(f"{cut}/{seed}"))
            assert_kept(disk, calls[:cut])
            disks += 1
    assert disks > 500


def test_unsynced_writes_may_be_lost_and_synced_ones_may_not(tmp_path: Path) -> None:
    file, other = Path("/s/file"), Path("/s/other")
    calls = [
        Call("pwrite64", file, b"a" * 1024),
        Call("fdatasync", file),
        Call("pwrite64", file, b"b" * 1024),
        Call("pwrite64", other, b"c" * 1024),
    ]
    found = set()
    for seed in range(100):
        lose_power(calls, Path("/s"), tmp_path, seeded(str(seed)))
        content = (tmp_path / "file").read_bytes()
        assert len(content) == 1024
        found.add(content[::512])
    assert found == {b"aa", b"ab", b"ba", b"bb"}
