"""A copy is one moment of the state, whole, nobody else's to read, and in nobody's way."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.incident import EventKind
from tests.support.stored import at, change, incident, notification, observation, record
from watchdog.clock import time_limit
from watchdog.store.backup import back_up
from watchdog.store.backup_names import copies_in, copy_name, made_at
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.database_file import look_into, problem_of
from watchdog.store.errors import BackupRefusedError, StoreDamagedError, StoreMissingError
from watchdog.store.listings import Listings
from watchdog.store.store import Store, open_store


def no_pause(_seconds: float) -> None:
    pass


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "state").mkdir()
    with closing(open_store(tmp_path / "state")) as opened:
        opened.commit(
            Changes(
                observations=tuple(observation(second) for second in range(3000)),
                records=(record(0),),
                incidents=(incident(),),
                events=(change("e1", EventKind.OPENED, incident()),),
                notifications=(notification("n1"),),
            )
        )
        yield opened


@pytest.fixture
def database(tmp_path: Path, store: Store) -> Path:  # noqa: ARG001  # it makes the file
    return tmp_path / "state" / DATABASE_NAME


def test_a_copy_holds_what_was_committed_and_says_so(tmp_path: Path, database: Path) -> None:
    held = back_up(database, tmp_path / "copy", replace=False, pause=no_pause)
    assert (held.newest, held.subjects, held.open_incidents, held.waiting) == (at(2999), 1, 1, 1)
    with closing(open_listing_database(tmp_path / "copy")) as copy:
        assert Listings(copy).open_incidents() == [incident()]


def test_a_copy_is_one_file_that_only_its_owner_reads(tmp_path: Path, database: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    back_up(database, folder / "copy", replace=False, pause=no_pause)
    assert [one.name for one in folder.iterdir()] == ["copy"]
    assert stat.S_IMODE((folder / "copy").stat().st_mode) == 0o600
    with closing(sqlite3.connect(folder / "copy")) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_commits_go_on_while_it_is_copied_and_are_not_in_the_copy(tmp_path: Path, database: Path, store: Store) -> None:
    goes = 0

    def commit_more(_seconds: float) -> None:
        nonlocal goes
        goes += 1
        store.commit(Changes(observations=(observation(10_000 + goes),)))

    held = back_up(database, tmp_path / "copy", replace=False, pause=commit_more)
    assert goes > 0
    assert held.newest == at(2999)


def test_a_file_that_is_there_is_overwritten_only_when_told_so(tmp_path: Path, database: Path) -> None:
    (tmp_path / "copy").write_text("dear")
    with pytest.raises(BackupRefusedError, match="is there already; name another file, or say --force"):
        back_up(database, tmp_path / "copy", replace=False, pause=no_pause)
    assert (tmp_path / "copy").read_text() == "dear"
    back_up(database, tmp_path / "copy", replace=True, pause=no_pause)
    assert look_into(tmp_path / "copy").subjects == 1


def test_the_database_itself_is_never_overwritten(database: Path) -> None:
    with pytest.raises(BackupRefusedError):
        back_up(database, database, replace=True, pause=no_pause)


@pytest.mark.parametrize("place", ["missing/copy", "state"])
def test_a_place_that_cannot_be_is_refused(tmp_path: Path, database: Path, place: str) -> None:
    with pytest.raises(BackupRefusedError):
        back_up(database, tmp_path / place, replace=True, pause=no_pause)


def test_where_there_is_no_database_there_is_nothing_to_copy(tmp_path: Path) -> None:
    with pytest.raises(StoreMissingError):
        back_up(tmp_path / DATABASE_NAME, tmp_path / "copy", replace=False, pause=no_pause)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_database_gives_no_copy(tmp_path: Path, database: Path, store: Store) -> None:
    store.close()
    whole = database.read_bytes()
    middle = len(whole) // 8192 * 4096
    database.write_bytes(whole[:middle] + b"\xa5" * 4096 + whole[middle + 4096 :])
    with pytest.raises(StoreDamagedError):
        back_up(database, tmp_path / "copy", replace=False, pause=no_pause)
    assert [one.name for one in tmp_path.iterdir()] == ["state"]


def test_a_check_that_may_take_no_time_finds_nothing(tmp_path: Path, database: Path) -> None:
    back_up(database, tmp_path / "copy", replace=False, pause=no_pause)
    assert problem_of(tmp_path / "copy", time_limit(-1)) is None


def test_another_database_is_no_copy_of_ours(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(StoreDamagedError, match="not one of Nigehban's"):
        look_into(tmp_path / "other")


def test_copies_are_found_by_their_names_the_newest_first(tmp_path: Path) -> None:
    names = [copy_name(datetime(2026, 11, day, 4, tzinfo=UTC)) for day in (2, 9, 3)]
    for name in (*names, "notes.txt", ".nigehban-x.part", "nigehban-20260230T000000Z.sqlite3"):
        (tmp_path / name).touch()
    found = copies_in(tmp_path, datetime(2026, 11, 30, tzinfo=UTC))
    assert [made_at(one).day for one in found] == [9, 3, 2]
    assert copies_in(tmp_path / "nowhere", at(0)) == []


def test_copies_whose_names_are_from_the_future_come_last(tmp_path: Path) -> None:
    """A clock that was wrong named them."""
    for day in (2, 9, 3, 8):
        (tmp_path / copy_name(datetime(2026, 11, day, 4, tzinfo=UTC))).touch()
    found = copies_in(tmp_path, datetime(2026, 11, 4, tzinfo=UTC))
    assert [made_at(one).day for one in found] == [3, 2, 9, 8]
