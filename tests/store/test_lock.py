"""One daemon per state folder: FAULTS row 31."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from watchdog.store.errors import AlreadyRunningError
from watchdog.store.lock import LOCK_NAME, StateLock, is_held

ROOT = Path(__file__).parents[2]

STARTER = """
import sys
from pathlib import Path
from watchdog.store.errors import AlreadyRunningError
from watchdog.store.lock import StateLock
sys.stdin.readline()
try:
    lock = StateLock(Path(sys.argv[1]))
except AlreadyRunningError as error:
    print("refused", error.pid, flush=True)
else:
    print("holder", flush=True)
    sys.stdin.readline()
"""


def starter(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def finish(process: subprocess.Popen[str]) -> None:
    process.communicate()


def test_a_second_start_names_the_holder_and_the_folder(tmp_path: Path) -> None:
    with StateLock(tmp_path), pytest.raises(AlreadyRunningError) as refusal:
        StateLock(tmp_path)
    assert (refusal.value.pid, refusal.value.folder) == (os.getpid(), tmp_path)
    assert str(os.getpid()) in str(refusal.value)
    assert str(tmp_path) in str(refusal.value)


def test_whoever_only_looks_whether_it_is_held_refuses_nobody_the_start(tmp_path: Path) -> None:
    StateLock(tmp_path).release()
    looker = os.open(tmp_path / LOCK_NAME, os.O_RDONLY)
    fcntl.flock(looker, fcntl.LOCK_SH)
    pauses: list[float] = []

    def look_away(pause_s: float) -> None:
        pauses.append(pause_s)
        if len(pauses) == 2:
            os.close(looker)

    with StateLock(tmp_path, pause=look_away):
        assert is_held(tmp_path)
    assert len(pauses) == 2
    assert sum(pauses) < 0.2


def test_a_folder_let_go_can_be_held_again(tmp_path: Path) -> None:
    StateLock(tmp_path).release()
    with StateLock(tmp_path) as lock:
        assert lock.folder == tmp_path


def test_the_state_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "state"
    with StateLock(folder):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_of_ten_starts_at_once_one_holds_the_folder(tmp_path: Path) -> None:
    starters = [starter(tmp_path) for _ in range(10)]
    for process in starters:
        go(process)
    answers = [answer(process) for process in starters]
    holders = [process.pid for process, said in zip(starters, answers, strict=True) if said == "holder"]
    for process in starters:
        finish(process)
    assert len(holders) == 1
    assert set(answers) - {"holder"} <= {f"refused {holders[0]}", "refused None"}


def test_a_killed_holder_leaves_the_folder_free(tmp_path: Path) -> None:
    process = starter(tmp_path)
    go(process)
    assert answer(process) == "holder"
    process.send_signal(signal.SIGKILL)
    finish(process)
    with StateLock(tmp_path) as lock:
        assert lock.folder == tmp_path
