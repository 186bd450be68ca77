"""What is committed is what is loaded, and what listings show."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from alerts.incident import EventKind, Nature
from alerts.judging.fault import Open, Suspect
from alerts.message import NotificationState
from checks.model import Cause, CheckId, Deadline, Rung, Status
from tests.support.stored import MX, at, change, closed, incident, notification, observation, record
from watchdog.store.changes import Changes, MemoryWrite
from watchdog.store.errors import StoreRefusedError
from watchdog.store.store import Store, open_store
from watchdog.store.views import Dated


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(None if request.param == "memory" else tmp_path)
    yield opened
    opened.close()


def prune(store: Store, until: datetime) -> int:
    return store.attic.prune(until, until, date.min)


def test_a_new_store_is_empty(store: Store) -> None:
    assert (store.load_records(), store.load_memories(), store.listings.open_incidents()) == ([], {}, [])


def test_a_record_comes_back_with_its_open_incident(store: Store) -> None:
    down = replace(record(status=Status.CRITICAL), fault=Open(at(0), passes=1), fault_incident=incident())
    store.commit(Changes(records=(down,), incidents=(incident(),)))
    assert store.load_records() == [down]
    assert store.listings.subjects() == [down]


def test_the_last_word_on_a_record_stands(store: Store) -> None:
    store.commit(Changes(records=(record(0), record(5))))
    suspect = replace(record(60, status=Status.CRITICAL), fault=Suspect(at(60), 2))
    store.commit(Changes(records=(suspect,)))
    assert store.load_records() == [suspect]


def test_a_forgotten_subject_leaves_its_history_behind(store: Store) -> None:
    store.commit(Changes(records=(record(), record(subject="mx2")), incidents=(incident(),)))
    store.commit(Changes(incidents=(closed(incident(), 60),), forgotten=((MX, "mx1"),)))
    assert [left.subject for left in store.load_records()] == ["mx2"]
    assert store.listings.history("i1") is not None


def test_memories_are_kept_by_check_and_key(store: Store) -> None:
    first = MemoryWrite(check_id=MX, key="good until", value="2026-12-01")
    other = MemoryWrite(check_id=CheckId("bills"), key="seen", value={"INV-7": [1, None]})
    store.commit(Changes(memories=(first, other)))
    store.commit(Changes(memories=(replace(first, value="2027-12-01"),)))
    assert store.load_memories() == {"mx": {"good until": "2027-12-01"}, "bills": {"seen": {"INV-7": [1, None]}}}


def test_nothing_of_a_refused_change_is_kept(store: Store) -> None:
    with pytest.raises(StoreRefusedError):
        store.commit(Changes(records=(record(),), notifications=(notification("n", incident_id="missing"),)))
    with pytest.raises(StoreRefusedError, match="cannot be stored"):
        store.commit(Changes(records=(record(),), observations=(replace(observation(0), duration_s=float("nan")),)))
    assert store.load_records() == []


def test_a_subject_has_one_open_incident_of_each_nature(store: Store) -> None:
    stale = incident("i2", nature=Nature.STALENESS)
    store.commit(Changes(incidents=(incident("i1"), stale)))
    with pytest.raises(StoreRefusedError):
        store.commit(Changes(incidents=(incident("i3"),)))


def test_an_incident_may_follow_another_in_one_commit(store: Store) -> None:
    store.commit(Changes(incidents=(incident("i1"),)))
    store.commit(Changes(incidents=(incident("i2"), closed(incident("i1"), 60))))
    assert store.listings.open_incidents() == [incident("i2")]


def test_an_incident_opened_and_closed_in_one_commit_is_closed(store: Store) -> None:
    store.commit(Changes(incidents=(incident("i1"), closed(incident("i1"), 60))))
    assert store.listings.open_incidents() == []


def test_incidents_are_listed_newest_first(store: Store) -> None:
    later = replace(incident("i2", subject="mx2"), opened_at=at(50))
    store.commit(Changes(incidents=(incident("i1"), later)))
    assert [one.id for one in store.listings.recent_incidents(10)] == ["i2", "i1"]
    assert [one.id for one in store.listings.recent_incidents(1)] == ["i2"]


def test_a_history_tells_events_and_deliveries_in_order(store: Store) -> None:
    opened = change("e1", EventKind.OPENED, incident())
    worse = change("e2", EventKind.SEVERITY, replace(incident(), cause=Cause.TIMEOUT), 20)
    store.commit(Changes(incidents=(incident(),), events=(opened, worse), notifications=(notification("n"),)))
    store.claim_next("on-call-1-mail", at(10))
    store.postpone("n", at(11), at(20), "greylisted", "451")
    store.claim_next("on-call-1-mail", at(20))
    store.mark_sent("n", at(21), "250 ok")
    history = store.listings.history("i1")
    assert history is not None
    assert [(line.kind, line.cause) for line in history.events] == [
        (EventKind.OPENED, Cause.REFUSED),
        (EventKind.SEVERITY, Cause.TIMEOUT),
    ]
    assert [(line.state, line.reason, line.detail) for line in history.deliveries] == [
        (NotificationState.PENDING, "greylisted", "451"),
        (NotificationState.SENT, "", "250 ok"),
    ]
    assert history.deliveries[0].recipient == "noc@example.org"


def test_there_is_no_history_of_an_unknown_incident(store: Store) -> None:
    assert store.listings.history("missing") is None


def test_what_has_a_deadline_is_listed_with_what_is_said_of_it_and_nothing_else_is(store: Store) -> None:
    rung = Rung(name="7d", at=at(100), status=Status.WARNING)
    near = replace(record(subject="near"), deadline=Deadline(at=at(500), act_by=at(400), rungs=(rung,)))
    far = replace(record(subject="far"), deadline=Deadline(at=at(900)), told=frozenset({"30d", "7d"}))
    store.commit(Changes(records=(far, near, record())))
    assert store.listings.dated() == [
        Dated(CheckId("mx"), "far", far.status, far.cause, far.summary, at(900), None),
        Dated(CheckId("mx"), "near", near.status, near.cause, near.summary, at(500), at(400)),
    ]


# The last look ------------------------------------------------------------------------------------------------------


def test_the_last_look_is_found_again_from_observations(store: Store) -> None:
    store.commit(Changes(records=(record(0),), observations=(observation(0),)))
    store.commit(Changes(observations=(observation(60),)))
    store.commit(Changes(observations=(observation(120),)))
    assert store.load_records() == [replace(record(0), seen_at=at(120), judged_at=at(120), good_at=at(120))]


def test_a_last_look_that_judges_nothing_moves_only_when_it_was_seen(store: Store) -> None:
    unknown = replace(record(0, status=Status.UNKNOWN), cause=Cause.NAME_FAILED)
    store.commit(Changes(records=(unknown,)))
    store.commit(Changes(observations=(observation(60, status=Status.UNKNOWN, cause=Cause.NAME_FAILED),)))
    assert store.load_records() == [replace(unknown, seen_at=at(60))]


def test_the_last_look_is_not_lost_with_pruned_observations(store: Store) -> None:
    looks = range(0, 8 * 3600, 600)
    store.commit(Changes(records=(record(0),)))
    for seconds in looks:
        store.commit(Changes(observations=(observation(seconds),)))
    while prune(store, at(9 * 3600)):
        pass
    (left,) = store.load_records()
    assert left.seen_at == at(7 * 3600)
    assert left.judged_at == left.good_at == left.seen_at


def test_a_rare_look_is_found_long_after_the_others(store: Store) -> None:
    daily = record(0, check="domain", subject="kp.gov.pk")
    store.commit(Changes(records=(record(0), daily)))
    for hours in range(20):
        seen = [observation(hours * 3600)]
        if hours == 5:
            seen.append(observation(hours * 3600 + 1, check="domain", subject="kp.gov.pk"))
        store.commit(Changes(observations=tuple(seen)))
    assert {left.check_id: left.seen_at for left in store.load_records()} == {
        "mx": at(19 * 3600),
        "domain": at(5 * 3600 + 1),
    }


def test_an_observation_committed_twice_is_kept_once(store: Store) -> None:
    for _ in range(2):
        store.commit(Changes(observations=(observation(0), observation(0, subject="mx2"))))
    assert prune(store, at(10)) == 2


def test_pruning_lets_go_of_the_oldest_in_bounded_chunks(store: Store) -> None:
    store.commit(Changes(observations=tuple(observation(n) for n in range(12_000))))
    chunks = [prune(store, at(8_000)) for _ in range(16)]
    assert chunks == [500] * 16
    assert (prune(store, at(8_000)), prune(store, at(9_000))) == (0, 500)


def test_pruning_makes_progress_when_all_was_seen_in_one_instant(store: Store) -> None:
    store.commit(Changes(observations=tuple(observation(0, subject=f"mx{n}") for n in range(6000))))
    assert (prune(store, at(1)), prune(store, at(1))) == (6000, 0)


def test_the_parts_of_an_incident_are_found_by_it_once_they_are_over_too(store: Store) -> None:
    root, part = incident("i1"), replace(incident("i2", subject="mx2"), root="i1", was_told=True)
    over = closed(replace(incident("i3", subject="mx3"), root="i1"), 20)
    store.commit(Changes(incidents=(root, part, over, incident("i4", subject="mx4"))))
    assert store.listings.parts_of("i1") == [part, over]
    assert store.listings.parts_of("i2") == []
