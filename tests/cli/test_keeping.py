"""`nigehban backup` and `nigehban restore`: what they say, where things lie, and how they end."""

import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.kept_state import SETTINGS
from tests.support.stored import incident, record
from watchdog.cli.main import execute
from watchdog.clock import system_clock
from watchdog.store.backup_names import copies_in
from watchdog.store.changes import Changes
from watchdog.store.lock import StateLock
from watchdog.store.store import open_store


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    with closing(open_store(folder)) as store:
        store.commit(Changes(records=(record(),), incidents=(incident(),)))
    return folder


def test_a_copy_without_a_name_lies_with_the_state_and_says_what_it_holds(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["backup", "--state", str(state)]) == 0
    (copy,) = copies_in(state / "backups", system_clock())
    assert stat.S_IMODE((state / "backups").stat().st_mode) == 0o700
    said = capsys.readouterr().out
    assert said.startswith(f"{copy}: ")
    assert "checked and whole; state up to " in said
    assert "open incidents: 1" in said


def test_the_moment_of_a_copy_is_told_in_the_zone_of_the_estate_and_not_of_the_machine(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, copy = tmp_path / "nigehban.yaml", str(tmp_path / "copy")
    config.write_text(SETTINGS, "utf-8")
    monkeypatch.setenv("TZ", "America/New_York")
    assert execute(["backup", "-c", str(config), "--state", str(state), copy]) == 0
    assert "state up to 09:00:00 on Mon 2 Nov 2026," in capsys.readouterr().out
    assert execute(["restore", "-c", str(config), "--state", str(state), copy]) == 0
    assert "state up to 09:00:00 on Mon 2 Nov 2026," in capsys.readouterr().out
    assert execute(["backup", "-c", "/nowhere.yaml", "--state", str(state)]) == 0
    assert "state up to 04:00:00 UTC on Mon 2 Nov 2026," in capsys.readouterr().out


def test_a_folder_or_a_file_is_named_and_not_both(state: Path, tmp_path: Path) -> None:
    assert execute(["backup", "--state", str(state), "--to", str(tmp_path)]) == 0
    assert len(copies_in(tmp_path, system_clock())) == 1
    assert execute(["backup", "--state", str(state), "--to", str(tmp_path), str(tmp_path / "x")]) == 2


def test_without_a_database_and_without_a_daemon_nothing_can_be_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["backup", "--state", str(tmp_path)]) == 1
    assert "there is no database to copy" in capsys.readouterr().err


def test_a_copy_is_put_back_and_the_former_state_is_kept(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = str(tmp_path / "copy")
    assert execute(["backup", "--state", str(state), copy]) == 0
    assert execute(["backup", "--state", str(state), copy]) == 1
    assert execute(["backup", "--state", str(state), copy, "--force"]) == 0
    assert execute(["restore", "--state", str(state), copy]) == 0
    said = capsys.readouterr().out
    assert f"{copy} is the state now: " in said
    assert str(state / "set-aside") in said


def test_nothing_is_put_back_under_a_running_daemon(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["backup", "--state", str(state), str(tmp_path / "copy")]) == 0
    with StateLock(state):
        assert execute(["restore", "--state", str(state), str(tmp_path / "copy")]) == 1
    assert "already runs on this state folder" in capsys.readouterr().err
    assert not (state / "set-aside").exists()


def test_what_is_no_copy_is_refused(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter").write_text("Dear Sir, the mail is down again.")
    assert execute(["restore", "--state", str(state), str(tmp_path / "letter")]) == 1
    assert execute(["restore", "--state", str(state), str(tmp_path / "nowhere")]) == 1
    assert "there is no such file" in capsys.readouterr().err
