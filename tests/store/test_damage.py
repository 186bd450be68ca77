"""The database is damaged anywhere: FAULTS row 9. A start never crashes, finds what can be found, and can be used."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from alerts.incident import EventKind
from tests.support.stored import at, change, incident, notification, observation, record
from watchdog.clock import time_limit
from watchdog.store.backup import back_up
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME
from watchdog.store.errors import StoreDamagedError, StoreForeignError, StoreTooNewError
from watchdog.store.opened import Opened
from watchdog.store.putting_back import ASIDE_NAME
from watchdog.store.sound_opening import leave_mark, open_sound
from watchdog.store.store import Store, open_store

SEEDS = 200
LATER = at(3600)


def fill(store: Store) -> None:
    store.commit(
        Changes(
            observations=tuple(observation(n, subject=f"mx{n % 40}") for n in range(4000)),
            records=tuple(replace(record(subject=f"mx{n}"), evidence="x" * 500) for n in range(40)),
            incidents=(incident(),),
            events=(change("e1", EventKind.OPENED, incident()),),
            notifications=tuple(notification(f"n{n}", recipient=f"{n}@example.org") for n in range(40)),
        )
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    with closing(open_store(folder)) as store:
        fill(store)
    return (folder / DATABASE_NAME).read_bytes()


@pytest.fixture
def copy(tmp_path: Path, whole: bytes) -> Path:
    made = tmp_path / "nigehban-20261102T040000Z.sqlite3"
    made.write_bytes(whole)
    return made


def start(folder: Path, *copies: Path) -> Opened:
    return open_sound(folder, lambda _at: copies, id_="r1", at=LATER, ran_out=time_limit(60))


def flipped(whole: bytes, seed: int) -> bytes:
    """A few bytes, a page, or the end of the file: what bad memory, a bad block and a cut-off copy leave."""
    dice = random.Random(seed)
    damaged = bytearray(whole)
    match seed % 4:
        case 0:
            for _ in range(dice.randint(1, 8)):
                damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        case 1:
            for _ in range(dice.randint(1, 4)):
                damaged[dice.randrange(120)] = dice.randrange(256)
        case 2:
            page = dice.randrange(len(damaged) // 4096) * 4096
            damaged[page : page + 4096] = dice.randbytes(4096)
        case _:
            del damaged[dice.randrange(1, len(damaged)) :]
    return bytes(damaged)


def sees_damage(file: Path) -> bool:
    """By SQLite's own check, asked as anybody would."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",))
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return True


@pytest.mark.slow
def test_whatever_bytes_are_damaged_the_start_finds_it_and_the_state_can_be_used(
    tmp_path: Path, whole: bytes, copy: Path
) -> None:
    found = 0
    for seed in range(SEEDS):
        folder = tmp_path / f"{seed}"
        folder.mkdir()
        file = folder / DATABASE_NAME
        file.write_bytes(flipped(whole, seed))
        is_damaged = sees_damage(file)
        try:
            opened = start(folder, copy)
        except StoreTooNewError:
            # The number of the schema is a text like any other: another one is refused, as that of another program.
            assert not is_damaged, seed
            continue
        with closing(opened.store) as store:
            restoration = store.restoration()
            assert restoration is not None or not is_damaged, f"seed {seed}: not found"
            found += is_damaged
            if restoration is not None:
                assert len(opened.records) == 40
                assert (folder / ASIDE_NAME).exists()
            store.commit(Changes(records=(record(7200, subject="after"),)))
            assert "after" in {one.subject for one in store.load_records()}
    assert found > SEEDS // 2, "hardly anything was damaged, so hardly anything was proved"


def test_a_whole_database_is_opened_as_it_is(tmp_path: Path, copy: Path, whole: bytes) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / DATABASE_NAME).write_bytes(whole)
    with closing(start(tmp_path / "state", copy).store) as store:
        assert store.restoration() is None


def test_where_there_is_nothing_yet_no_copy_is_taken_unasked(tmp_path: Path, copy: Path) -> None:
    """Whoever removed the state wanted to begin anew."""
    (tmp_path / "state").mkdir()
    with closing(start(tmp_path / "state", copy).store) as store:
        assert store.load_records() == []
        assert store.restoration() is None


def test_a_database_of_somebody_else_stays_where_it_is(tmp_path: Path, copy: Path) -> None:
    file = tmp_path / DATABASE_NAME
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(StoreForeignError):
        start(tmp_path, copy)
    assert not (tmp_path / ASIDE_NAME).exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE subjects SET status = 'purple' WHERE subject = 'mx7'",
        "DELETE FROM alembic_version",
        "DROP TABLE alembic_version",
        "DROP TABLE subjects",
        "DROP TABLE deliveries",
    ],
)
def test_what_sqlite_finds_in_order_and_nobody_can_read_is_damage(
    tmp_path: Path, whole: bytes, copy: Path, sql: str
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / DATABASE_NAME).write_bytes(whole)
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection, connection:
        connection.execute(sql)
    opened = start(folder, copy)
    with closing(opened.store) as store:
        restoration = store.restoration()
        assert restoration is not None
        assert restoration.source == copy.name
        assert str(folder / ASIDE_NAME) in restoration.why


def test_what_a_running_daemon_met_is_not_trusted_at_the_next_start(tmp_path: Path, whole: bytes, copy: Path) -> None:
    """A check that ran out of time has found nothing."""
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / DATABASE_NAME).write_bytes(whole)
    leave_mark(folder, StoreDamagedError("a page of the history is bad"))
    with closing(start(folder, copy).store) as store:
        restoration = store.restoration()
        assert restoration is not None
        assert "a page of the history is bad" in restoration.why
    with closing(start(folder, copy).store) as store:
        assert store.restoration() == restoration


def test_a_mark_without_a_word_is_one_all_the_same(tmp_path: Path, whole: bytes, copy: Path) -> None:
    """A full disk takes a file's name and none of its words."""
    (tmp_path / DATABASE_NAME).write_bytes(whole)
    leave_mark(tmp_path, StoreDamagedError("x"))
    (mark,) = tmp_path.glob("*.damaged")
    mark.write_text("")
    with closing(start(tmp_path, copy).store) as store:
        restoration = store.restoration()
        assert restoration is not None
        assert "damage was met while it was in use" in restoration.why


def test_a_copy_that_holds_what_nobody_can_read_is_passed_over_for_an_older_one(
    tmp_path: Path, whole: bytes, copy: Path
) -> None:
    """Each start would take it for damaged again, and move a whole database aside."""
    folder, newer = tmp_path / "state", tmp_path / "newer"
    folder.mkdir()
    for file in (folder / DATABASE_NAME, newer):
        file.write_bytes(whole)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE subjects SET cause = 'of_a_newer_version' WHERE subject = 'mx7'")
    for _ in range(2):
        with closing(start(folder, newer, copy).store) as store:
            restoration = store.restoration()
            assert restoration is not None
            assert restoration.source == copy.name
    assert len(list((folder / ASIDE_NAME).iterdir())) == 1


def test_copies_that_cannot_be_listed_keep_no_sound_database_from_being_opened(tmp_path: Path, whole: bytes) -> None:
    """Nor one that is damaged: then there is none."""

    def refuse(_at: datetime) -> Sequence[Path]:
        raise PermissionError(13, "Permission denied")

    for content, begins_anew in ((whole, False), (whole[:9000], True)):
        (tmp_path / DATABASE_NAME).write_bytes(content)
        with closing(open_sound(tmp_path, refuse, id_="r1", at=LATER, ran_out=time_limit(60)).store) as store:
            assert (store.restoration() is not None) is begins_anew


def test_the_copy_of_a_damaged_database_is_never_the_last_resort(tmp_path: Path, whole: bytes) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / DATABASE_NAME).write_bytes(whole)
    bad = tmp_path / "bad"
    back_up(folder / DATABASE_NAME, bad, replace=False, pause=lambda _seconds: None)
    bad.write_bytes(bad.read_bytes()[:9000])
    (folder / DATABASE_NAME).write_bytes(whole[:9000])
    with closing(start(folder, bad).store) as store:
        restoration = store.restoration()
        assert restoration is not None
        assert restoration.copied_at is None
