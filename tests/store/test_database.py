"""Opening a database: what is made, what is refused, what another process may do to us."""

import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Executable, Select, create_engine, insert, text
from sqlalchemy.dialects import sqlite

from alerts.incident import EventKind
from alerts.judging.fault import HEALTHY, Fault, Open, Suspect
from tests.support.newest_schema import laid, statements
from tests.support.stored import at, change, incident, notification, observation, record
from watchdog.store import passing_on, queue, told_open, writes
from watchdog.store.changes import Changes
from watchdog.store.columns import to_us
from watchdog.store.database import DATABASE_NAME, open_database, open_listing_database, open_memory
from watchdog.store.errors import (
    StoreBrokenError,
    StoreBusyError,
    StoreDamagedError,
    StoreMissingError,
    StoreTooNewError,
    StoreTooOldError,
)
from watchdog.store.listings import Listings
from watchdog.store.metadata import metadata
from watchdog.store.rows import incident_columns
from watchdog.store.schema import HEAD
from watchdog.store.store import Store, open_store
from watchdog.store.tables import incidents


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / DATABASE_NAME


@contextmanager
def opened(file: Path, busy_timeout_s: float = 0.05) -> Iterator[Store]:
    store = Store(open_database(file, busy_timeout_s))
    try:
        yield store
    finally:
        store.close()


def sql(file: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(statement).fetchall()


# Schema -------------------------------------------------------------------------------------------------------------


def shape(file: Path) -> dict[object, list[str]]:
    """Of each table and index its parts, in no order: a column that came later stands last."""
    rows = sql(file, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'")
    return {name: sorted(" ".join(part.split()) for part in re.split("[(),]", str(text))) for name, text in rows}


def test_migrations_make_the_very_tables_the_code_knows(file: Path, tmp_path: Path) -> None:
    open_database(file).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'other'}")
    metadata.create_all(engine)
    engine.dispose()
    assert shape(file) == shape(tmp_path / "other")


def test_an_incident_of_an_older_schema_is_brought_up(file: Path) -> None:
    younger = {
        "earlier",
        "changed",
        "acknowledged",
        "chases",
        "root",
        "was_told",
        "debts",
        "is_unstable",
        "recovered_at",
        "drill",
    }
    columns = {name: value for name, value in incident_columns(incident()).items() if name not in younger}
    with at_revision(file, "0001") as connection:
        connection.execute(insert(incidents).values(columns))
    with opened(file) as store:
        assert store.listings.open_incidents() == [incident()]


#: A subject as the first schema kept it, but for its fault.
OLD_SUBJECT = (
    "INSERT INTO subjects (check_id, subject, status, cause, summary, evidence, measurements, duration_us, seen_at, "
    "judged_at, deadline, deadline_words, told, fault, fault_since, fault_count) "
    "VALUES ('mx', 'mx1', 'critical', 'refused', '', '', '[]', 0, 0, 0, 'null', 'null', '[]', ?, ?, ?)"
)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (("healthy", None, 0), HEALTHY),
        (("suspect", to_us(at(0)), 3), Suspect(at(0), failures=3, criticals=3)),
        (("open", to_us(at(0)), 1), Open(at(0), passes=1)),
    ],
)
def test_a_fault_of_an_older_schema_is_brought_up(file: Path, row: tuple[object, ...], state: Fault) -> None:
    with at_revision(file, "0001") as connection:
        connection.exec_driver_sql(OLD_SUBJECT, row)
    with opened(file) as store:
        assert [one.fault for one in store.load_records()] == [state]


@contextmanager
def at_revision(file: Path, revision: str) -> Iterator[Connection]:
    """A database of an older program, to be filled."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "watchdog.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
    engine.dispose()


def test_the_head_the_code_names_is_the_newest_migration() -> None:
    scripts = ScriptDirectory("watchdog/store/migrations")
    assert scripts.get_current_head() == HEAD


def test_a_new_database_is_as_the_migrations_would_have_made_it() -> None:
    with closing(open_memory()) as database, database.read() as connection:
        assert laid(connection) == statements(), "write it anew: python -m tests.support.newest_schema"


def test_a_database_is_durable_at_every_commit(file: Path) -> None:
    with closing(open_database(file)) as database, database.write() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        assert found == ["wal", 2]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_what_was_stored_is_there_after_a_restart(file: Path) -> None:
    changes = Changes(
        observations=(observation(60),),
        records=(record(0),),
        incidents=(incident(),),
        events=(change("e1", EventKind.OPENED, incident()),),
        notifications=(notification("n1"),),
    )
    with opened(file) as store:
        store.commit(changes)
    with opened(file) as store:
        store.commit(changes)
        assert [seen.seen_at for seen in store.load_records()] == [at(60)]
        assert store.listings.open_incidents() == [incident()]
        assert store.claim_next("on-call-1-mail", at(10)) is not None


def test_a_newer_schema_is_refused_in_words_that_help(file: Path) -> None:
    open_database(file).close()
    sql(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNewError, match=r"newer nigehban \(schema 9999, this program knows .*start the newer"):
        open_database(file)
    with pytest.raises(StoreTooNewError):
        open_listing_database(file)


def test_an_older_schema_is_not_listed_before_the_daemon_brought_it_up(file: Path) -> None:
    sql(file, "CREATE TABLE alembic_version (version_num VARCHAR(32))")
    with pytest.raises(StoreTooOldError, match="start the daemon"):
        open_listing_database(file)


def test_a_database_of_something_else_is_left_alone(file: Path) -> None:
    sql(file, "CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(StoreDamagedError, match="not one of ours"):
        open_database(file)
    assert sql(file, "SELECT name FROM sqlite_master") == [("recipes",)]


def test_a_file_that_is_no_database_is_refused(file: Path) -> None:
    file.write_bytes(b"Dear Sir, the mail is down again. " * 100)
    with pytest.raises(StoreDamagedError, match="not a database"):
        open_database(file)


def test_a_damaged_database_says_so(file: Path) -> None:
    with opened(file) as store:
        store.commit(Changes(records=tuple(record(subject=f"mx{n}") for n in range(2000))))
    whole = file.read_bytes()
    file.write_bytes(whole[: 30 * 4096] + b"\xa5" * 4096 * (len(whole) // 4096 - 30))
    with pytest.raises(StoreDamagedError), opened(file) as store:
        store.load_records()


@pytest.mark.parametrize("column", ["status", "fault", "cause", "told"])
def test_a_word_nobody_knows_is_damage_not_a_guess(file: Path, column: str) -> None:
    with opened(file) as store:
        store.commit(Changes(records=(record(),)))
        sql(file, f"UPDATE subjects SET {column} = 'fine, thank you'")  # noqa: S608  # a column of ours
        with pytest.raises(StoreDamagedError, match="cannot read"):
            store.load_records()
        with pytest.raises(StoreDamagedError, match="cannot read"):
            store.listings.subjects()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreBrokenError, match="missing"):
        open_database(tmp_path / "missing" / DATABASE_NAME)


# Listings -----------------------------------------------------------------------------------------------------------


def test_there_is_nothing_to_list_before_the_first_start(file: Path) -> None:
    with pytest.raises(StoreMissingError, match="no database yet"):
        open_listing_database(file)
    assert not file.exists()


def test_listings_are_read_beside_a_running_daemon(file: Path) -> None:
    with opened(file) as store:
        store.commit(Changes(incidents=(incident(),)))
        with closing(open_listing_database(file)) as database:
            assert Listings(database).open_incidents() == [incident()]


@pytest.mark.parametrize("reader", ["daemon", "listing"])
def test_a_reader_cannot_write(file: Path, reader: str) -> None:
    with opened(file):
        database = open_database(file) if reader == "daemon" else open_listing_database(file)
        with closing(database), pytest.raises(StoreBrokenError), database.read() as connection:
            connection.execute(text("DELETE FROM incidents"))


def test_a_long_listing_delays_no_commit(file: Path) -> None:
    with closing(open_database(file, 0.05)) as database:
        store = Store(database)
        with database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM subjects")).scalar() == 0
            store.commit(Changes(records=(record(),)))
            assert connection.execute(text("SELECT count(*) FROM subjects")).scalar() == 0
        assert len(store.listings.subjects()) == 1


# Other processes ----------------------------------------------------------------------------------------------------

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
"""


@contextmanager
def held_by_another_process(file: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


def let_go(holder: subprocess.Popen[str]) -> None:
    assert holder.stdin is not None
    holder.stdin.write("\n")
    holder.stdin.flush()


def test_a_locked_database_is_busy_and_then_written_with_nothing_lost(file: Path) -> None:
    with opened(file) as store:
        with held_by_another_process(file) as holder:
            with pytest.raises(StoreBusyError, match="another process"):
                store.commit(Changes(records=(record(),)))
            let_go(holder)
        store.commit(Changes(records=(record(),)))
        assert len(store.load_records()) == 1


def test_a_short_lock_is_waited_out(file: Path) -> None:
    with opened(file, busy_timeout_s=20) as store, held_by_another_process(file) as holder:
        soon = threading.Timer(0.2, let_go, (holder,))
        soon.start()
        store.commit(Changes(records=(record(),)))
        soon.join()
        assert len(store.load_records()) == 1


def test_what_is_stored_can_be_read_while_another_process_writes(file: Path) -> None:
    with opened(file) as store:
        store.commit(Changes(records=(record(),)))
        with held_by_another_process(file) as holder:
            assert len(store.load_records()) == len(store.listings.subjects()) == 1
            let_go(holder)


def test_after_a_broken_write_nothing_more_is_written(file: Path) -> None:
    """A connection that turned read-only stands for a disk that failed; test_faults.py has the real ones."""
    with closing(open_database(file)) as database:
        store = Store(database)
        with database.peek() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(StoreBrokenError):
            store.commit(Changes(records=(record(),)))
        with pytest.raises(StoreBrokenError, match="nothing more is written until a restart"):
            store.commit(Changes(records=(record(),)))


def test_after_damage_was_met_nothing_more_is_written(file: Path) -> None:
    with opened(file) as store:
        store.commit(Changes(records=(record(),)))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'subjects'").fetchone()
    whole = bytearray(file.read_bytes())
    whole[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    file.write_bytes(whole)
    with opened(file) as store:
        with pytest.raises(StoreDamagedError):
            store.commit(Changes(records=(record(),)))
        with pytest.raises(StoreDamagedError, match="nothing more is written until a restart"):
            store.commit(Changes(observations=(observation(0),)))


def test_an_in_memory_store_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store(None)
    store.commit(Changes(records=(record(),)))
    store.close()
    assert list(tmp_path.iterdir()) == []


# The queries of the worker ------------------------------------------------------------------------------------------


def plan_of(file: Path, query: str) -> str:
    with closing(sqlite3.connect(file)) as connection:
        steps = connection.execute(f"EXPLAIN QUERY PLAN {query}", ("x",) * query.count("?")).fetchall()
    return "; ".join(step[3] for step in steps)


@pytest.mark.parametrize("statement", [queue._NEXT, queue._NEXT_DUE, queue._AROUND, queue._END, writes._THREADS])
def test_the_statements_of_delivery_never_scan_nor_sort(file: Path, statement: Executable) -> None:
    open_database(file).close()
    compiled = str(statement.compile(dialect=sqlite.dialect()))  # type: ignore[attr-defined]  # every statement has it
    plan = plan_of(file, compiled)
    assert "SEARCH" in plan
    assert "SCAN" not in plan
    assert "B-TREE" not in plan


@pytest.mark.parametrize(
    "statement",
    [
        passing_on.pending_in_vain(at(0), ()).params(tried_until=at(0)),
        passing_on.pending_in_vain(at(0), ("on-call-1-mail", "boss-1-mail")).params(tried_until=at(0)),
        passing_on.REFUSED_SEQS,
        told_open.TOLD.params(of_address="x"),
    ],
)
def test_what_is_asked_every_few_seconds_never_reads_the_whole_outbox(file: Path, statement: Select[Any]) -> None:
    """Told rows stay for years; those that are pending or refused have an index of their own."""
    open_database(file).close()
    compiled = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))
    plan = plan_of(file, compiled).split("; ")
    own = ("ix_outbox_pending", "ix_outbox_refused", "uq_incidents_open")
    assert [step for step in plan if "SCAN" in step and not any(one in step for one in own)] == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM outbox WHERE channel = ? AND ended_at IS NULL ORDER BY urgency, seq", "ix_outbox_pending"),
        (
            "SELECT seq FROM outbox WHERE state = 'quarantined' AND announced_at IS NULL",
            "ix_outbox_set_aside",
        ),
        ("SELECT * FROM incidents WHERE closed_at IS NULL", "uq_incidents_open"),
        ("SELECT * FROM deliveries WHERE notification_id = ?", "ix_deliveries_notification_id"),
        ("SELECT * FROM events WHERE incident_id = ? ORDER BY seq", "ix_events_incident_id"),
    ],
)
def test_listings_have_their_index(file: Path, query: str, index: str) -> None:
    open_database(file).close()
    assert index in plan_of(file, query)


def test_nobody_else_may_read_the_database_nor_what_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "nigehban.sqlite3"
    former = os.umask(0o022)
    try:
        path.touch()
        with closing(open_database(path)) as database, database.write() as connection:
            connection.execute(text("INSERT INTO memories VALUES ('mx', 'key', '1')"))
            assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}
            assert len(list(tmp_path.iterdir())) == 3
    finally:
        os.umask(former)
