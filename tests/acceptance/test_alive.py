"""The service manager and the world outside hear of a daemon as long as it lives, and no longer (FAULTS row 32)."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.daemon_process import DaemonProcess, running_daemon
from tests.support.notified import Manager, listening_manager
from tests.support.peer import wait_until
from tests.support.small_estate import SmallEstate, prompt, small_estate

#: A manager that waits this long kills and starts anew; the unit says 60 s.
WATCHDOG_S = 1.0

#: A kind of check that holds the loop of whoever runs it, as long as there is a file beside it.
BLOCKING = """
import time
from pathlib import Path
from checks.model import Finding, Status
from checks.plugin import CheckKind, OptionsBase

async def run(options, ctx):
    held = Path(__file__).with_name("held")
    while held.exists():
        time.sleep(0.05)
    return [Finding(subject="loop", status=Status.OK, summary="free")]

KIND = CheckKind(name="blocking", options=OptionsBase, run=run, subject=lambda options: "loop")
"""


def install_plugin(folder: Path) -> None:
    """As pip would leave it: a module, and beside it the metadata with the entry point."""
    metadata = folder / "blocking-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: blocking\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[nigehban.checks]\nblocking = blocking_kind:KIND\n")
    (folder / "blocking_kind.py").write_text(BLOCKING)


@contextmanager
def daemon_that_beats(folder: Path) -> Iterator[tuple[SmallEstate, DaemonProcess, Manager]]:
    """Watched by a manager, with a heartbeat to the hook and a check that can hold its loop."""
    plugins = folder / "plugins"
    install_plugin(plugins)
    with small_estate(folder) as here, listening_manager(folder, WATCHDOG_S) as manager:
        beat = f'heartbeat: {{url: "{here.hook.url("/alive")}", every: 1s}}\n'
        here.home.write(here.text(prompt(1)) + "  - {id: loop, kind: blocking}\n" + beat)
        environ = {**manager.environ, "PYTHONPATH": str(plugins)}
        with running_daemon(here.home, environ=environ) as daemon:
            yield here, daemon, manager


def beats(here: SmallEstate) -> int:
    return sum(posted.path == "/alive" for posted in here.hook.posted)


def assert_silent(here: SmallEstate, manager: Manager) -> None:
    """For longer than the manager would wait, and than two beats take, once what was under way has arrived."""

    def is_silent() -> bool:
        before = beats(here)
        return manager.next(2.5 * WATCHDOG_S) is None and beats(here) == before

    wait_until(is_silent, 60, "it is heard on and on")


def assert_heard(here: SmallEstate, manager: Manager) -> None:
    manager.wait("WATCHDOG=1")
    before = beats(here)
    wait_until(lambda: beats(here) > before, 60, "it does not beat")


@pytest.mark.slow
def test_a_daemon_says_ready_lives_and_says_that_it_stops(tmp_path: Path) -> None:
    with daemon_that_beats(tmp_path) as (here, daemon, manager):
        assert manager.wait("READY=1").split("\n") == ["READY=1", "STATUS=watching 2 checks of Office of A"]
        assert_heard(here, manager)
        daemon.signal(signal.SIGHUP)
        manager.wait("RELOADING=1")
        manager.wait("READY=1")
        daemon.signal(signal.SIGTERM)
        manager.wait("STOPPING=1")
        assert daemon.wait_end() == 0


@pytest.mark.slow
def test_a_daemon_that_is_stopped_is_heard_no_more_until_it_goes_on(tmp_path: Path) -> None:
    with daemon_that_beats(tmp_path) as (here, daemon, manager):
        assert_heard(here, manager)
        daemon.signal(signal.SIGSTOP)
        wait_until(lambda: state_of(daemon) == "T", 60, "it was not stopped")
        assert_silent(here, manager)
        daemon.signal(signal.SIGCONT)
        assert_heard(here, manager)
        assert daemon.terminate() == 0


@pytest.mark.slow
def test_a_daemon_whose_loop_is_held_is_heard_no_more_until_it_is_free(tmp_path: Path) -> None:
    """It lives, and may even answer signals; what matters is that it does no work."""
    held = tmp_path / "plugins" / "held"
    with daemon_that_beats(tmp_path) as (here, daemon, manager):
        assert_heard(here, manager)
        held.touch()
        assert_silent(here, manager)
        held.unlink()
        assert_heard(here, manager)
        assert daemon.terminate() == 0


def state_of(daemon: DaemonProcess) -> str:
    return Path(f"/proc/{daemon.pid}/stat").read_text().rpartition(")")[2].split()[0]
