"""A copy takes the place of the database: in one step, with nothing deleted and nothing told twice."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.incident import EventKind
from alerts.message import NotificationState
from tests.support.stored import at, change, closed, incident, notification, record
from watchdog.store.backup import back_up
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME
from watchdog.store.errors import BackupRefusedError, StoreDamagedError, StoreError
from watchdog.store.putting_back import ASIDE_NAME, READY, begin_empty, finish_exchange, put_back, put_back_newest
from watchdog.store.store import Store, open_store

CHANNEL = "on-call-1-mail"
LATER = at(3600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    made.mkdir()
    return made


@pytest.fixture
def copy(tmp_path: Path, folder: Path) -> Path:
    """Of a state with one open incident, a message about it that waits, and one that an office is to read later."""
    with closing(open_store(folder)) as store:
        store.commit(
            Changes(
                records=(replace(record(0), fault_incident=incident()),),
                incidents=(incident(),),
                events=(change("e1", EventKind.OPENED, incident()),),
                notifications=(notification("due"), notification("held", incident_id=None, not_before=9000)),
            )
        )
    target = tmp_path / "copy"
    back_up(folder / DATABASE_NAME, target, replace=False, pause=lambda _seconds: None)
    return target


@pytest.fixture
def restored(folder: Path, copy: Path) -> Iterator[Store]:
    put_back(folder, copy, id_="r1", at=LATER)
    with closing(open_store(folder)) as store:
        yield store


def test_what_the_copy_held_is_there_and_known_to_be_old(restored: Store) -> None:
    assert [one.id for one in restored.listings.open_incidents()] == ["i1"]
    restoration = restored.restoration()
    assert restoration is not None
    assert (restoration.copied_at, restoration.open_then, restoration.settled_at) == (at(10), 1, None)


def test_what_waited_in_the_copy_is_not_sent_but_what_was_held_until_later_is(restored: Store) -> None:
    assert restored.claim_next(CHANNEL, LATER) is None
    row = restored.claim_next(CHANNEL, at(9000))
    assert row is not None
    assert row.id == "held"
    (line,) = restored.listings.deliveries("i1")
    assert (line.state, line.reason) == (NotificationState.DROPPED, "restored")


def test_whoever_waited_for_a_message_in_the_copy_still_hears_of_the_end(restored: Store) -> None:
    over = closed(incident(), 4000)
    restored.commit(Changes(incidents=(over,), notifications=(notification("up", EventKind.RESOLVED, created=4000),)))
    row = restored.claim_next(CHANNEL, at(4000))
    assert row is not None
    assert row.id == "up"


def test_the_former_database_lies_aside_with_all_it_held(folder: Path, copy: Path) -> None:
    with closing(open_store(folder)) as store:
        store.commit(Changes(records=(record(subject="mx2"),)))
    done = put_back(folder, copy, id_="r1", at=LATER)
    assert done.aside == folder / ASIDE_NAME / "20261102T050000Z"
    with closing(open_store(done.aside)) as former:
        assert {one.subject for one in former.load_records()} == {"mx1", "mx2"}


def test_a_state_that_is_gone_altogether_is_put_back_too(tmp_path: Path, copy: Path) -> None:
    (tmp_path / "new").mkdir()
    done = put_back(tmp_path / "new", copy, id_="r1", at=LATER)
    assert (done.aside, done.taken_for_told) == (None, 1)
    assert [one.name for one in (tmp_path / "new").iterdir()] == [DATABASE_NAME]


def test_a_copy_that_is_not_whole_changes_nothing(folder: Path, copy: Path) -> None:
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-4096])
    before = sorted(folder.iterdir())
    with pytest.raises(BackupRefusedError, match="damaged itself"):
        put_back(folder, copy, id_="r1", at=LATER)
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("text", ["", "Dear Sir, the mail is down again. " * 100])
def test_what_is_no_copy_is_refused(folder: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "letter").write_text(text)
    with pytest.raises((BackupRefusedError, StoreDamagedError)):
        put_back(folder, tmp_path / "letter", id_="r1", at=LATER)
    assert list(folder.iterdir()) == []


def test_a_copy_made_while_its_journal_was_full_is_read_with_it(tmp_path: Path, folder: Path) -> None:
    """Somebody took the folder's files, not a copy that `backup` made."""
    taken = tmp_path / "taken"
    taken.mkdir()
    with closing(open_store(folder)) as store:
        store.commit(Changes(records=(record(subject="mx9"),)))
        for one in folder.iterdir():
            (taken / one.name).write_bytes(one.read_bytes())
    put_back(folder, taken / DATABASE_NAME, id_="r1", at=LATER)
    with closing(open_store(folder)) as store:
        assert [one.subject for one in store.load_records()] == ["mx9"]


@pytest.mark.parametrize("moved", [0, 1])
def test_an_exchange_that_was_cut_off_is_finished_by_the_next_start(folder: Path, copy: Path, moved: int) -> None:
    """Killed before anything was moved, and after the former database was."""
    ready = folder / f"{READY}20261102T050000Z"
    ready.write_bytes(copy.read_bytes())
    (folder / DATABASE_NAME).write_bytes(b"the former one")
    aside = folder / ASIDE_NAME / "20261102T050000Z"
    if moved:
        aside.mkdir(parents=True)
        (folder / DATABASE_NAME).rename(aside / DATABASE_NAME)
    assert finish_exchange(folder) == aside
    assert (aside / DATABASE_NAME).read_bytes() == b"the former one"
    with closing(open_store(folder)) as store:
        assert [one.id for one in store.listings.open_incidents()] == ["i1"]
    assert finish_exchange(folder) is None


def test_of_several_copies_the_first_that_will_do_is_taken(tmp_path: Path, folder: Path, copy: Path) -> None:
    (tmp_path / "bad").write_bytes(copy.read_bytes()[:-4096])
    refused: list[StoreError] = []
    done = put_back_newest(
        folder, [tmp_path / "bad", tmp_path / "gone", copy], id_="r1", at=LATER, why="x", refused=refused.append
    )
    assert (done.restoration.source, done.restoration.why, len(refused)) == ("copy", "x", 2)


def test_without_a_copy_it_begins_empty_and_says_so(folder: Path) -> None:
    done = put_back_newest(folder, [], id_="r1", at=LATER, why="damaged", refused=lambda _error: None)
    assert done.restoration.copied_at is None
    with closing(open_store(folder)) as store:
        assert store.restoration() == done.restoration
        assert store.load_records() == []


def test_a_digest_is_settled_once_with_what_it_takes_for_told(folder: Path, copy: Path) -> None:
    put_back(folder, copy, id_="r1", at=LATER)
    with closing(open_store(folder)) as store:
        restoration = store.restoration()
        assert restoration is not None
        digest = notification("digest", EventKind.DIGEST, incident_id=None, created=3700)
        thread = notification("thread", EventKind.REMINDER, created=3700, recipient="late@example.org")
        for _ in range(2):
            store.settle_restoration(restoration, at(3700), [digest], [thread])
        row = store.claim_next(CHANNEL, at(3700))
        assert row is not None
        assert row.id == "digest"
        assert store.restoration() == replace(restoration, settled_at=at(3700))
        end = notification("up", EventKind.RESOLVED, created=4000, recipient="late@example.org")
        store.commit(Changes(incidents=(closed(incident(), 4000),), notifications=(end,)))
        assert store.claim_next(CHANNEL, at(4000)) == replace(end, attempts=1)


def test_what_ended_since_is_counted_and_changes_are_named(folder: Path, copy: Path) -> None:
    put_back(folder, copy, id_="r1", at=LATER)
    with closing(open_store(folder)) as store:
        restoration = store.restoration()
        assert restoration is not None
        store.commit(Changes(incidents=(closed(incident(), 3650),)))
        assert store.since_restoration(restoration, at(3700)) == (1, [])
        assert store.since_restoration(restoration, at(3640)) == (0, [])


def test_an_empty_beginning_is_in_the_place_of_what_was_there(folder: Path) -> None:
    (folder / DATABASE_NAME).write_bytes(b"dear" * 2000)
    done = begin_empty(folder, id_="r1", at=datetime(2026, 11, 2, tzinfo=UTC), why="not a database")
    assert done.aside is not None
    assert (done.aside / DATABASE_NAME).read_bytes() == b"dear" * 2000
