"""Starts that must not be: each ends with a clear line, and changes nothing."""

import socket
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.support.daemon_process import Home, running_daemon
from tests.support.peer import free_port, wait_until

SETTINGS = """\
estate: {name: Office of A, time_zone: Asia/Karachi}
receivers: {ops: {channels: [{kind: webhook, url: "http://127.0.0.1:9/"}]}}
routes: [{match: {}, to: [ops]}]
checks: [{id: port, kind: tcp, host: 127.0.0.1, port: 9}]
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.write(SETTINGS)
    return home


def refusal(home: Home, code: int, environ: dict[str, str] | None = None) -> str:
    """What a start says that is refused with `code`, in one line and without a traceback."""
    with running_daemon(home, ready=False, environ=environ) as daemon:
        assert daemon.wait_end() == code, daemon.text
    (line,) = daemon.text.splitlines()
    assert line.startswith("nigehban: ")
    return line


def test_a_second_start_on_the_same_state_names_the_first(home: Home) -> None:
    with running_daemon(home) as first:
        line = refusal(home, 1)
        assert f"process {first.pid} already runs on this state folder" in line
        assert str(home.state) in line
        assert first.scrape()
        assert first.terminate() == 0


def test_of_ten_starts_at_once_one_lives(home: Home) -> None:
    with ExitStack() as stack:
        ten = [stack.enter_context(running_daemon(home, ready=False, log_name=f"{n}.log")) for n in range(10)]
        wait_until(lambda: sum(one.exit_code is not None for one in ten) >= 9, 60, "more than one lives")
        (living,) = [one for one in ten if one.exit_code is None]
        living.wait_ready()
        assert {one.exit_code for one in ten if one is not living} == {1}
        assert all("already runs on this state folder" in one.text for one in ten if one is not living)
        assert living.terminate() == 0


def test_after_the_holder_was_killed_the_next_start_takes_over(home: Home) -> None:
    with running_daemon(home) as first:
        first.kill()
    with running_daemon(home) as second:
        assert second.terminate() == 0


def test_a_metrics_port_that_is_taken_is_named(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        home.write(f"{SETTINGS}listen: {place}\n")
        line = refusal(home, 1)
    assert place in line
    assert "in use" in line


def test_metrics_are_served_on_loopback_unless_settings_say_otherwise(home: Home) -> None:
    home.settings.write_text(SETTINGS)
    with running_daemon(home, ready=False) as daemon:
        wait_until(lambda: "127.0.0.1:9417" in daemon.text, 60, daemon.text)


def test_a_place_that_others_could_read_is_refused_unless_it_is_meant(home: Home) -> None:
    home.settings.write_text(f"{SETTINGS}listen: 0.0.0.0:{free_port()}\n")
    assert "listen_publicly: true" in refusal(home, 2)
    assert not home.state.exists()


def test_a_state_of_a_newer_program_is_refused_and_left_as_it_is(home: Home) -> None:
    with running_daemon(home) as daemon:
        assert daemon.terminate() == 0
    with closing(sqlite3.connect(home.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = home.database.read_bytes()
    assert "written by a newer nigehban (schema 9999" in refusal(home, 1)
    assert home.database.read_bytes() == before


def test_a_file_that_is_no_database_is_kept_aside_byte_for_byte(home: Home) -> None:
    home.state.mkdir(0o700)
    home.database.write_bytes(b"minutes of the meeting " * 400)
    before = home.database.read_bytes()
    with running_daemon(home) as daemon:
        assert daemon.terminate() == 0
    assert before in [file.read_bytes() for file in (home.state / "set-aside").rglob("*") if file.is_file()]


def test_broken_settings_end_the_start_before_anything_is_made(home: Home) -> None:
    home.settings.write_text(SETTINGS.replace("tcp", "tpc"))
    line = refusal(home, 2)
    assert f"{home.settings}:4:27: checks[0].kind: no such kind; did you mean tcp?" in line
    assert not home.state.exists()


def test_missing_settings_end_the_start_before_anything_is_made(home: Home) -> None:
    home.settings.unlink()
    assert str(home.settings) in refusal(home, 2)
    assert not home.state.exists()


@pytest.mark.parametrize("name", ["watchdog", "alerts"])
def test_a_namesake_that_overwrites_our_packages_is_refused(home: Home, tmp_path: Path, name: str) -> None:
    site = tmp_path / "site"
    info = site / f"{name}-6.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 6.0.0\n")
    (info / "RECORD").write_text(f"{name}/__init__.py,,\n{name}/events.py,,\n{info.name}/METADATA,,\n")
    line = refusal(home, 1, {"PYTHONPATH": str(site)})
    assert f"the Python package '{name}' of nigehban is also installed by {name}" in line
    assert f"pip uninstall {name}" in line
    assert not home.state.exists()


def test_a_state_folder_that_cannot_be_made_is_named(home: Home) -> None:
    home.state.write_text("a file stands in the way")
    assert str(home.state) in refusal(home, 1)


def test_the_state_is_nobody_elses_to_read(home: Home) -> None:
    with running_daemon(home) as daemon:
        assert daemon.terminate() == 0
    assert home.state.stat().st_mode & 0o077 == 0
