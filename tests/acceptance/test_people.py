"""People at a real daemon: they ask, acknowledge and reload over its socket, and what was confirmed outlives it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.daemon_process import DaemonProcess, running_daemon
from tests.support.people import People
from tests.support.small_estate import SmallEstate, prompt, small_estate


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path, as a socket needs it."""
    with TemporaryDirectory(prefix="nb") as name:
        yield Path(name)


@contextmanager
def one_page_down(folder: Path) -> Iterator[tuple[SmallEstate, DaemonProcess, People]]:
    (path,) = prompt(1)
    with small_estate(folder) as here:
        here.watch([path])
        here.pages.down = frozenset({path})
        with running_daemon(here.home) as daemon:
            here.wait_settled(daemon)
            yield here, daemon, People(here.home)


def test_an_acknowledgement_is_confirmed_shown_and_outlives_a_kill(folder: Path) -> None:
    with one_page_down(folder) as (here, daemon, people):
        incident = people.open_incident()
        done = people.call("ack", incident[:8], "--note", "calling the vendor", "--for", "2h")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith(": calling the vendor\n")
        daemon.kill()
        (shown,) = people.listed("incidents", "show", incident)
        assert shown["acknowledged"]["note"] == "calling the vendor"
        with running_daemon(here.home):
            again = people.call("ack", incident, "--until-ok")
            assert again.returncode == 0
            assert "is already acknowledged by" in again.stdout
            assert people.call("unack", incident).returncode == 0
            (shown,) = people.listed("incidents", "show", incident[:12])
            assert shown["acknowledged"] is None
            assert [one["event"] for one in shown["events"]] == ["opened", "acknowledged", "unacknowledged"]


def test_reload_prints_every_problem_and_status_says_that_they_were_refused(folder: Path) -> None:
    with one_page_down(folder) as (here, daemon, people):
        good = here.home.settings.read_text()
        here.home.settings.write_text(good.replace("kind: http", "kind: htpt", 1).replace("estate:", "estat:"))
        done = people.call("reload")
        lines = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (1, "")
        assert lines[0].startswith(f"nigehban: {here.home.settings}:1:1: estat: unknown key")
        assert lines[-1] == "nigehban: the settings are refused, the former ones stay in force"
        assert len(lines) == 4
        assert f"the settings of {here.home.settings} were refused at" in people.call("status").stderr
        here.home.settings.write_text(good)
        done = people.call("reload")
        assert (done.returncode, done.stdout) == (0, "the settings are in force: watching 1 checks\n")
        assert people.call("status").stderr == ""
        assert daemon.series("settings_reload_success") == [1]


def test_after_the_end_there_is_no_socket_and_the_database_is_read(folder: Path) -> None:
    with one_page_down(folder) as (here, daemon, people):
        place = here.home.state / "nigehban.sock"
        assert place.is_socket()
        assert daemon.terminate() == 0
        assert not place.exists()
        told = people.call("status")
        assert (told.returncode, told.stderr) == (0, "nigehban: the daemon is not running; this is what it saw last\n")
        told = people.call("reload")
        assert (told.returncode, told.stderr) == (
            1,
            "nigehban: the daemon is not running; this needs it, start it first\n",
        )


@pytest.mark.slow
def test_of_a_stopped_daemon_the_database_is_read(folder: Path) -> None:
    with one_page_down(folder) as (here, daemon, people):
        os.kill(daemon.pid, signal.SIGSTOP)
        try:
            told = people.call("status")
        finally:
            os.kill(daemon.pid, signal.SIGCONT)
        assert told.returncode == 0
        assert "the daemon gave no answer within" in told.stderr
        assert "the daemon does not answer; this is what it has written" in told.stderr
        assert here.home.database.exists()
