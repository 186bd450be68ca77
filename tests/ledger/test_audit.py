"""An audit finds every change by hand, names the first broken row, and knows whether a head still stands."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from checks.ledger.event import GENESIS, BlockReason, LedgerEventKind
from tests.support.ledgers import BEGIN, draft, hour, received
from watchdog.store.backup import back_up
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME, open_listing_database
from watchdog.store.errors import StoreError
from watchdog.store.ledger import LedgerRows
from watchdog.store.ledger_audit import LedgerAudit
from watchdog.store.ledger_writing import put_rows
from watchdog.store.store import open_store

K = LedgerEventKind
WAS_CHANGED = "it is not what was recorded"
IS_MISSING = "the event before it is missing, or another than it was"
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'"
COLUMNS = "id, about, kind, happened_at, recorded_at, author, evidence, details, previous, hash"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with closing(open_store(tmp_path)) as store:
        store.ledger.append([received(f"acme/inv{number}", hour(number)) for number in range(5)], hour(10))
        store.ledger.append([draft(K.VERIFIED, hour(20), "acme/inv1", evidence="رسید")], hour(21))
        store.ledger.append([draft(K.BLOCKED, hour(30), "acme", block=BlockReason.ACCOUNT_ATTACHED)], hour(31))
        store.ledger.append([draft(K.ACKNOWLEDGED, hour(40), "acme/inv1", evidence="receipt")], hour(41))
    return tmp_path


def audited(folder: Path, head: str = "") -> LedgerAudit:
    with closing(open_listing_database(folder / DATABASE_NAME)) as database:
        return LedgerRows(database).audit(head)


def by_hand(folder: Path, *statements: str) -> None:
    """As somebody does it who may write the file, and knows of the triggers."""
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as file, file:
        for (name,) in file.execute(TRIGGERS).fetchall():
            file.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            file.execute(statement)


def test_what_nobody_touched_is_sound_and_every_head_stands_in_it(folder: Path) -> None:
    whole = audited(folder)
    assert (whole.is_sound, whole.events, whole.bills, whole.payees, whole.last_at) == (True, 8, 5, 1, hour(41))
    with closing(open_listing_database(folder / DATABASE_NAME)) as database:
        heads = [event.hash for event in LedgerRows(database).events()]
    assert heads[-1] == whole.head
    assert [audited(folder, head[:12].upper()).asked_place for head in (GENESIS, *heads)] == list(range(9))


@pytest.mark.parametrize(
    ("statement", "place", "why"),
    [
        ("UPDATE ledger_events SET author = 'omar' WHERE seq = 6", 6, WAS_CHANGED),
        ("UPDATE ledger_events SET evidence = evidence || char(0) WHERE seq = 6", 6, WAS_CHANGED),
        ("UPDATE ledger_events SET evidence = CAST(X'FF' AS TEXT) WHERE seq = 6", 6, WAS_CHANGED),
        ("UPDATE ledger_events SET kind = 'burnt' WHERE seq = 6", 6, "it cannot be read: it is not what was recorded"),
        ("UPDATE ledger_events SET happened_at = 'once' WHERE seq = 6", 6, "cannot be read"),
        ("UPDATE ledger_events SET happened_at = happened_at + 1 WHERE seq = 6", 6, WAS_CHANGED),
        ("UPDATE ledger_events SET recorded_at = recorded_at - 1 WHERE seq = 6", 6, WAS_CHANGED),
        ("UPDATE ledger_events SET details = replace(details, '134000.00', '134.00') WHERE seq = 2", 2, WAS_CHANGED),
        ("UPDATE ledger_events SET details = replace(details, '{', '{ ') WHERE seq = 2", 2, WAS_CHANGED),
        ("UPDATE ledger_events SET details = replace(details, '134000.00 PKR', 'much') WHERE seq = 2", 2, "be read"),
        ("UPDATE ledger_events SET id = 'x' WHERE seq = 3", 3, WAS_CHANGED),
        ("UPDATE ledger_events SET hash = 'x' WHERE seq = 3", 3, WAS_CHANGED),
        ("UPDATE ledger_events SET previous = 'x' WHERE seq = 3", 3, IS_MISSING),
        ("UPDATE ledger_events SET about = 'acme/inv9' WHERE seq = 3", 3, WAS_CHANGED),
        ("UPDATE ledger_events SET seq = 100 WHERE seq = 8", 8, "not its place in the order of recording"),
        ("DELETE FROM ledger_events WHERE seq = 1", 1, IS_MISSING),
        ("DELETE FROM ledger_events WHERE seq = 4", 4, IS_MISSING),
        ("UPDATE ledger_events SET seq = 100 WHERE seq = 4", 4, IS_MISSING),
    ],
)
def test_the_first_broken_row_is_named(folder: Path, statement: str, place: int, why: str) -> None:
    by_hand(folder, statement)
    found = audited(folder)
    assert not found.is_sound
    assert found.broken is not None
    assert found.broken.place == place
    assert why in found.broken.why


def test_two_rows_that_changed_places_show(folder: Path) -> None:
    by_hand(
        folder,
        "UPDATE ledger_events SET seq = -1 WHERE seq = 3",
        "UPDATE ledger_events SET seq = 3 WHERE seq = 4",
        "UPDATE ledger_events SET seq = 4 WHERE seq = -1",
    )
    found = audited(folder).broken
    assert found is not None
    assert (found.place, found.why) == (3, IS_MISSING)


def test_a_row_put_in_between_shows(folder: Path) -> None:
    values = COLUMNS.replace("id,", "'x',")
    put_in = f"INSERT INTO ledger_events (seq, {COLUMNS}) SELECT 4, {values} FROM ledger_events WHERE seq = 3"  # noqa: S608  # columns alone
    by_hand(folder, "UPDATE ledger_events SET seq = seq + 100 WHERE seq > 3", put_in)
    found = audited(folder).broken
    assert found is not None
    assert (found.place, found.why) == (4, IS_MISSING)


def test_a_cut_tail_leaves_a_whole_chain_in_which_the_head_of_a_digest_does_not_stand(folder: Path) -> None:
    kept = audited(folder).head
    by_hand(
        folder,
        "DELETE FROM ledger_events WHERE seq = 8",
        "DELETE FROM ledger_states WHERE about = 'acme/inv1'",
    )
    cut = audited(folder, kept)
    assert (cut.broken, cut.asked_place, cut.is_sound) == (None, None, False)


@pytest.mark.parametrize(
    ("statement", "about"),
    [
        ("UPDATE ledger_states SET is_open = 0 WHERE about = 'acme/inv2'", "acme/inv2"),
        ("UPDATE ledger_states SET state = replace(state, '134000', '1') WHERE about = 'acme/inv2'", "acme/inv2"),
        ("UPDATE ledger_states SET state = 'nothing' WHERE about = 'acme'", "acme"),
        ("DELETE FROM ledger_states WHERE about = 'acme/inv4'", "acme/inv4"),
        ("INSERT INTO ledger_states VALUES ('acme/aaa', 'acme', 1, 0, '{}')", "acme/aaa"),
        ("INSERT INTO ledger_states VALUES ('zeta/zzz', 'zeta', 1, 0, '{}')", "zeta/zzz"),
    ],
)
def test_a_state_that_says_other_than_its_events_is_named(folder: Path, statement: str, about: str) -> None:
    by_hand(folder, statement)
    found = audited(folder)
    assert found.broken is None
    assert ([wrong.about for wrong in found.wrong], found.wrong_count) == ([about], 1)


def test_rows_cannot_be_changed_while_the_triggers_stand(folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as file:
        for statement in ("UPDATE ledger_events SET author = 'x'", "DELETE FROM ledger_events"):
            with pytest.raises(sqlite3.IntegrityError, match="ledger_events are never"):
                file.execute(statement)
        with pytest.raises(sqlite3.IntegrityError, match="ledger_events are never replaced"):
            file.execute("REPLACE INTO ledger_events SELECT * FROM ledger_events")


def test_a_row_that_would_replace_another_takes_its_whole_transaction_back(folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE_NAME, isolation_level=None)) as file:
        file.execute("BEGIN")
        with pytest.raises(sqlite3.IntegrityError, match="never replaced"):
            file.execute("REPLACE INTO ledger_events SELECT * FROM ledger_events LIMIT 1")
        assert not file.in_transaction


def test_no_row_of_a_list_is_taken_back_alone(folder: Path) -> None:
    """Where one might be, SQLite keeps every page that a row changes as it was: half of the time of the rows."""
    with closing(open_store(folder)) as store:
        head = store.ledger.head()
        left: list[bool] = []
        with pytest.raises(StoreError), store.ledger._database.write() as connection:  # by hand
            _put_a_row_that_is_none(connection, left)
        assert left == [False]
        assert store.ledger.head() == head


def _put_a_row_that_is_none(connection: Connection, left: list[bool]) -> None:
    """`left` hears whether the transaction is still one."""
    try:
        put_rows(connection, [("new", "acme/9", *[None] * 8)], [])
    finally:
        left.append(bool(getattr(connection.connection.driver_connection, "in_transaction", None)))


def test_a_clock_set_back_never_dates_an_event_before_the_one_before_it(folder: Path) -> None:
    with closing(open_store(folder)) as store:
        store.ledger.append([received("acme/late", BEGIN)], BEGIN)
        assert [event.recorded_at for event in store.ledger.events()][-2:] == [hour(41), hour(41)]
        store.commit(Changes(right_at=hour(1)))
        assert store.ledger.audit().is_sound


def test_an_empty_ledger_is_sound_and_a_stub_of_a_hash_names_no_head(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    assert audited(tmp_path) == LedgerAudit()
    with pytest.raises(ValueError, match="8 characters"):
        audited(tmp_path, "12ab")


@pytest.mark.parametrize("torn", ['{"terms":{"number":"INV', "[" * 100_000], ids=["half", "deep"])
def test_torn_details_are_a_broken_row_and_no_crash(folder: Path, torn: str) -> None:
    by_hand(folder, f"UPDATE ledger_events SET details = '{torn}' WHERE seq = 2")  # noqa: S608  # as it stands above
    found = audited(folder)
    assert found.broken is not None
    assert (found.broken.place, found.broken.about) == (2, "acme/inv1")


def test_a_ledger_put_back_from_a_copy_is_whole_and_ends_where_the_copy_was_made(folder: Path, tmp_path: Path) -> None:
    copied = audited(folder).head
    back_up(folder / DATABASE_NAME, tmp_path / "copy", replace=False, pause=lambda _seconds: None)
    with closing(open_store(folder)) as store:
        store.ledger.append([draft(K.CREDIT_RETURNED, hour(60), "acme/inv1")], hour(61))
        lost = store.ledger.head().hash
    restored = tmp_path / "restored"
    restored.mkdir()
    (tmp_path / "copy").rename(restored / DATABASE_NAME)
    with closing(open_store(restored)) as store:
        assert store.ledger.audit(copied).asked_place == store.ledger.head().events == 8
        assert store.ledger.audit(lost).asked_place is None
        store.ledger.append([draft(K.CREDIT_RETURNED, hour(60), "acme/inv1")], hour(90))
        assert store.ledger.audit(copied).is_sound
