"""Nobody rewrites what is on record: neither a bug of ours, nor somebody with a shell."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from alerts.incident import EventKind
from alerts.links import Action
from alerts.message import NotificationState
from tests.support.stored import at, change, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME
from watchdog.store.store import open_store
from watchdog.store.views import LinkUse

USE = LinkUse(nonce="n", at=at(20), action=Action.UNTIL_WELL, incident_id="i1", receiver="health-it")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database in which an incident was opened, told, and answered."""
    with closing(open_store(tmp_path)) as store:
        opened = change("e1", EventKind.OPENED, incident())
        store.commit(Changes(incidents=(incident(),), events=(opened,), notifications=(notification("n1"),)))
        store.bury("n1", at(12), NotificationState.REJECTED, "refused", "no such mailbox")
        store.use_link(USE)
    return tmp_path / DATABASE_NAME


def run(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


def rows(file: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(f"SELECT rowid, * FROM {table}").fetchall()  # noqa: S608  # names of ours


@pytest.mark.parametrize("table", ["events", "deliveries", "link_uses"])
def test_a_row_on_record_cannot_be_deleted(file: Path, table: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} are never deleted"):
        run(file, f"DELETE FROM {table}")  # noqa: S608  # names of ours


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("events", "author = 'somebody else'"),
        ("events", "at = at + 1"),
        ("events", "note = 'forged', at = at - 1"),
        ("deliveries", "detail = 'forged', at = at - 1"),
        ("link_uses", "answer = 'yes', at = at - 1"),
        ("link_uses", "rowid = rowid + 1, at = at - 1"),
        ("deliveries", "state = 'sent'"),
        ("deliveries", "reason = ''"),
        ("link_uses", "receiver = 'finance'"),
    ],
)
def test_a_row_on_record_cannot_be_changed(file: Path, table: str, changed: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} are never changed"):
        run(file, f"UPDATE {table} SET {changed}")  # noqa: S608  # as above


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (
            "events",
            "SELECT seq, id, incident_id, kind, at, rung, severity, cause, summary, 'x', 'x', until FROM events",
        ),
        ("events", "SELECT 99, id, incident_id, kind, at, rung, severity, cause, summary, 'x', 'x', until FROM events"),
        ("deliveries", "SELECT seq, notification_id, at, state, 'x', 'x', repeat FROM deliveries"),
        ("link_uses", "SELECT nonce, at, action, incident_id, 'x', about, answer, already_by FROM link_uses"),
    ],
)
def test_a_row_on_record_cannot_be_replaced(file: Path, table: str, values: str) -> None:
    before = rows(file, table)
    run(file, f"INSERT OR REPLACE INTO {table} {values}")
    assert rows(file, table) == before


def test_a_row_without_a_number_of_its_own_cannot_be_replaced_by_number(file: Path) -> None:
    before = rows(file, "link_uses")
    run(
        file,
        "INSERT OR REPLACE INTO link_uses (rowid, nonce, at, action, receiver, about, answer, already_by) "
        "SELECT rowid, 'other', at, action, 'x', about, answer, already_by FROM link_uses",
    )
    assert rows(file, "link_uses") == before


def test_a_clock_set_right_dates_back_what_it_wrote(file: Path) -> None:
    with closing(open_store(file.parent)) as store:
        store.commit(Changes(right_at=at(11)))
        history = store.listings.history("i1")
    assert history is not None
    assert [line.at for line in history.deliveries] == [at(11)]


def test_a_link_counts_once_and_the_first_use_stands(file: Path) -> None:
    again = LinkUse(nonce="n", at=at(30), action=Action.FOUR_HOURS, incident_id="i1", receiver="finance")
    with closing(open_store(file.parent)) as store:
        assert store.use_link(again) == USE
        assert store.listings.link_use("n") == USE
