"""The disk fails and the process dies, at every system call that writes: FAULTS rows 1, 3, 6, 7 and 10."""

import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support import store_script
from tests.support.mortal import Ran, environment, mortal, ran_to
from tests.support.peer import installed
from tests.support.stored import at
from watchdog.store.database import DATABASE_NAME
from watchdog.store.store import open_store


def run_script(folder: Path, inject: str, file: str) -> Ran:
    """Runs the script with faults injected in calls on `file`."""
    only = ["-P", str(folder / file)]
    strace = [installed("strace"), "-f", "-o", "/dev/null", *only, "-e", f"inject={inject}"]
    script = [sys.executable, store_script.__file__, str(folder)]
    done = subprocess.run([*strace, *script], capture_output=True, text=True, env=environment(), check=False)
    return ran_to(done.returncode, done.stdout, done.stderr)


def sink_of(folder: Path) -> list[tuple[str, str]]:
    sink = folder / "sink"
    lines = sink.read_text().splitlines() if sink.exists() else []
    return [(name, repeat) for name, repeat in (line.split() for line in lines)]


def restart(folder: Path, said: tuple[str, ...]) -> None:
    """What the daemon does after a crash. What was promised must be there; only then is the rest made good."""
    store = open_store(folder)
    if "committed" in said:
        assert [one.id for one in store.listings.open_incidents()] == ["i1"]
        assert len(store.load_records()) == 1
    assert store.quarantine_crashed(at(30)) == []
    store.commit(store_script.CHANGES)
    store_script.deliver(store, folder)
    store.close()


def assert_whole(folder: Path) -> None:
    connection = sqlite3.connect(folder / DATABASE_NAME)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


def kill_at_every(folder: Path, calls: str, first: int, step: int) -> int:
    """Kills the script at the `first` call and each `step` later, until it lives to its end; answers how often."""
    with mortal(store_script, calls) as script:
        for kills, number in enumerate(range(first, 1000, step)):
            state = folder / f"{number}"
            state.mkdir()
            life = script.run(state, dies_at=number)
            if life.is_whole:
                return kills
            restart(state, life.said)
            assert_told_once_or_marked(sink_of(state), life.said)
            assert_whole(state)
    pytest.fail("the script never came to its end")


def assert_told_once_or_marked(told: list[tuple[str, str]], said: tuple[str, ...]) -> None:
    copies = Counter(name for name, _repeat in told)
    assert copies.keys() == {"n1", "n2"}, f"lost: {told}"
    assert copies.total() <= len(copies) + 1, f"more than one extra copy: {told}"
    for name, count in copies.items():
        if count > 1:
            assert (name, "True") in told, f"an extra copy is not marked: {told}"
            assert f"sent {name}" not in said, f"told again though it was recorded: {told}"


@pytest.mark.slow
def test_a_kill_at_any_sync_loses_nothing_and_repeats_at_most_one_message(tmp_path: Path) -> None:
    assert kill_at_every(tmp_path, "fdatasync", 1, 1) > 8


@pytest.mark.slow
@pytest.mark.parametrize("first", [1, 2, 3])
def test_a_kill_at_any_write_loses_nothing_and_repeats_at_most_one_message(tmp_path: Path, first: int) -> None:
    """The first hundred writes and more lay the tables."""
    assert kill_at_every(tmp_path, "pwrite64", first, 3) > 30


@pytest.fixture
def made(tmp_path: Path) -> Path:
    open_store(tmp_path).close()
    return tmp_path


WAL = f"{DATABASE_NAME}-wal"
INDEX = f"{DATABASE_NAME}-shm"


@pytest.mark.slow
@pytest.mark.parametrize("fault", [f"fdatasync:error=EIO:when={n}+" for n in range(1, 6)])
def test_a_failed_sync_is_never_reported_as_stored(made: Path, fault: str) -> None:
    assert_broken(made, run_script(made, fault, WAL))


@pytest.mark.slow
@pytest.mark.parametrize("fault", [f"pwrite64:error=EIO:when={n}+" for n in (1, 2, 3, 20, 33, 34, 36, 42, 50)])
def test_a_failed_write_is_never_reported_as_stored(made: Path, fault: str) -> None:
    assert_broken(made, run_script(made, fault, WAL))


def assert_broken(folder: Path, ran: Ran) -> None:
    assert ran.said[-1] == "StoreBrokenError"
    restart(folder, ran.said)
    assert_told_once_or_marked(sink_of(folder), ran.said)
    assert_whole(folder)


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 5, 30])
def test_a_full_disk_is_waited_out(made: Path, number: int) -> None:
    ran = run_script(made, f"pwrite64:error=ENOSPC:when={number}..{number + 4}", WAL)
    assert "StoreFullError" in ran.said
    assert ran.said[-1] == "closed"
    assert sorted(sink_of(made)) == [("n1", "False"), ("n2", "False")]
    assert_whole(made)


@pytest.mark.slow
def test_a_disk_that_is_full_at_the_start_is_called_full(made: Path) -> None:
    ran = run_script(made, "pwrite64:error=ENOSPC", INDEX)
    assert ran.said == ("StoreFullError",)
