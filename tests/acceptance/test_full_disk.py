"""The disk of the state is full: FAULTS row 6. It says so, goes on from memory, and mends by itself."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon_process import running_daemon
from tests.support.peer import wait_until
from tests.support.small_estate import prompt, small_estate

PATHS = tuple(prompt(2))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MiB where the state lies."""
    place = tmp_path / "state"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a disk; tests/store/test_faults.py injects the same error")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"." * 4096)
        except OSError:
            return ballast


@pytest.mark.slow
def test_a_full_disk_is_told_nothing_is_lost_and_it_mends_by_itself(tmp_path: Path, small_disk: Path) -> None:
    with small_estate(tmp_path) as here:
        here.watch(PATHS)
        with running_daemon(here.home) as daemon:
            here.wait_settled(daemon)
            ballast = fill(small_disk)
            here.pages.down = frozenset(PATHS)
            notice = here.wait_told("notice", "")
            assert "Nigehban itself is in trouble: disk full" in notice
            assert "no room left on the disk" in notice
            looks = here.pages.looks
            wait_until(lambda: here.pages.looks > looks + 4, 60, "the checks wait for the disk")
            assert daemon.exit_code is None
            assert {one.event for one in here.told} == {"notice"}, "told before it was kept"
            daemon.scrape()
            status = here.home.call("status")
            assert "nothing is being written since" in status.stdout + status.stderr
            ballast.unlink()
            here.wait_settled(daemon)
            assert daemon.logged("the state can be written again")
            assert daemon.terminate() == 0
        here.assert_told_rightly(kills=0)
        assert [one.event for one in here.told if one.incident] == ["opened"] * 4
