"""What the daemon owes people about its own work."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.distress import Told
from alerts.incident import EventKind
from alerts.message import Notification, NotificationState
from alerts.outbox import SetAside
from tests.support.stored import at, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.database import open_memory
from watchdog.store.store import Store, open_store
from watchdog.store.views import DeliveryLine

MAIL = "on-call-1-mail"


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(open_store(None)) as opened:
        opened.commit(Changes(incidents=(incident(), incident("i2", subject="mx2"))))
        yield opened


def spoiled(row: Notification, column: str, value: str) -> Store:
    """A store with one row of which something cannot be read back, and a good one behind it."""
    database = open_memory()
    store = Store(database)
    store.commit(Changes(incidents=(incident(),), notifications=(row, notification("good", recipient="b@x.org"))))
    with database.write() as connection:
        change = text(f"UPDATE outbox SET {column} = :value WHERE id = :id")  # noqa: S608  # a column of ours
        connection.execute(change, {"value": value, "id": row.id})
    return store


def claimed(store: Store, seconds: float = 20) -> str | None:
    row = store.claim_next(MAIL, at(seconds))
    return None if row is None else row.id


def announcement(row: SetAside) -> Sequence[Notification]:
    return (notification(f"about {row.notification_id}", EventKind.NOTICE, incident_id=None, urgency=0),)


# Rows that cannot be read -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [("event", "nonsense"), ("message", "{"), ("message", "{}"), ("message", "5"), ("not_before", "soon")],
)
def test_a_row_that_cannot_be_read_is_set_aside_alone(column: str, value: str) -> None:
    with closing(spoiled(notification("bad"), column, value)) as store:
        assert claimed(store) == "good"
        assert claimed(store) is None
        (line,) = store.listings.deliveries("i1")
        assert (line.notification_id, line.state, line.reason) == ("bad", NotificationState.QUARANTINED, "unreadable")
        assert line.detail.startswith("it cannot be read back: ")


def test_what_followed_an_unreadable_row_in_its_thread_goes_on() -> None:
    with closing(spoiled(notification("bad"), "event", "nonsense")) as store:
        store.commit(Changes(notifications=(notification("next", EventKind.REMINDER),)))
        assert [claimed(store), claimed(store)] == ["good", "next"]


def test_an_unreadable_row_that_was_under_way_does_not_keep_the_daemon_from_starting() -> None:
    with closing(spoiled(notification("bad"), "message", "{")) as store:
        with store._database.write() as connection:
            connection.execute(text("UPDATE outbox SET claimed_at = 1 WHERE id = 'bad'"))
        assert store.quarantine_crashed(at(30)) == []
        assert claimed(store, 40) == "good"


def test_somebody_hears_of_a_row_that_could_not_be_read() -> None:
    with closing(spoiled(notification("bad"), "message", "{")) as store:
        claimed(store)
        (row,) = store.announce_set_aside(announcement, at(30))
        assert claimed(store, 31) == "about bad"
    assert (row.notification_id, row.receiver, row.channel, row.subject) == ("bad", "on-call", MAIL, "")
    assert row.why.startswith("it cannot be read back: ")


# Rows that killed us ----------------------------------------------------------------------------------------------


def killed(store: Store) -> None:
    for seconds in (11, 12, 13):
        store.claim_next(MAIL, at(seconds))
        store.quarantine_crashed(at(seconds))


def test_a_row_that_killed_the_daemon_is_announced_in_the_transaction_that_marks_it(store: Store) -> None:
    store.commit(Changes(notifications=(notification("poison"),)))
    killed(store)

    def crash(_row: SetAside) -> Sequence[Notification]:
        raise ValueError("the daemon ends here")

    with pytest.raises(ValueError, match="ends here"):
        store.announce_set_aside(crash, at(20))
    assert [row.notification_id for row in store.announce_set_aside(announcement, at(21))] == ["poison"]
    assert claimed(store, 22) == "about poison"


def test_a_row_is_announced_once(store: Store) -> None:
    store.commit(Changes(notifications=(notification("poison"),)))
    killed(store)
    store.announce_set_aside(announcement, at(20))
    assert store.announce_set_aside(announcement, at(21)) == ()


def test_an_announcement_outlives_the_daemon_that_found_the_row(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        store.commit(Changes(incidents=(incident(),), notifications=(notification("poison"),)))
        killed(store)
    with closing(open_store(tmp_path)) as store:
        (row,) = store.announce_set_aside(announcement, at(30))
        assert (row.subject, row.why) == ("opened poison", "the daemon ended 3 times while sending it")


# Distress told from memory ----------------------------------------------------------------------------------------


def noticed(store: Store) -> list[DeliveryLine]:
    return [line.delivery for line in store.listings.notices(10)]


def told(outcome: Outcome, seconds: float, name: str = "d1") -> Told:
    row = notification(name, EventKind.NOTICE, incident_id=None, created=seconds)
    return Told(notification=row, at=at(seconds), outcome=outcome)


def test_what_was_told_from_memory_stands_in_the_log_with_its_outcome(store: Store) -> None:
    store.record_told([told(Deferred("busy", "421"), 10), told(Delivered("250"), 80), told(Rejected("no"), 80, "d2")])
    assert [(line.notification_id, line.state, line.reason) for line in noticed(store)] == [
        ("d2", NotificationState.REJECTED, "no"),
        ("d1", NotificationState.SENT, ""),
        ("d1", NotificationState.PENDING, "busy"),
    ]


def test_what_was_told_from_memory_is_never_sent_again(store: Store) -> None:
    store.record_told([told(Deferred("busy"), 10), told(Delivered(), 10, "d2")])
    assert claimed(store, 99) is None
    assert store.listings.outbox_pending() == {}


def test_recording_the_same_twice_changes_nothing(store: Store) -> None:
    tries = [told(Delivered(), 10), told(Deferred("busy"), 10, "d2")]
    store.record_told(tries)
    before = store.listings.notices(10)
    store.record_told(tries)
    assert store.listings.notices(10) == before


def test_notices_over_the_outbox_stand_beside_those_from_memory(store: Store) -> None:
    store.commit(Changes(notifications=(notification("n1", EventKind.NOTICE, incident_id=None), notification("n2"))))
    while (row := claimed(store)) is not None:
        store.mark_sent(row, at(21), "")
    store.record_told([told(Delivered(), 30)])
    assert [line.notification_id for line in noticed(store)] == ["d1", "n1"]
    assert [line.subject for line in store.listings.notices(1)] == ["notice d1"]
