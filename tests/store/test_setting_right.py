"""Nothing that is stored lies after the moment at which a clock that was ahead was set right."""

from datetime import timedelta

from alerts.incident import EventKind
from tests.support.stored import at, change, closed, incident, observation, record
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

MONTH_S = timedelta(days=30).total_seconds()


def misled() -> Store:
    """A look in right time, then an incident that came and went by a clock a month ahead, as two looks were taken."""
    store, standing = open_store(None), incident()
    store.commit(Changes(observations=(observation(0),), records=(record(0),)))
    past = closed(standing, MONTH_S + 60)
    ended = change("e1", EventKind.RESOLVED, past, MONTH_S + 60)
    seen = tuple(observation(MONTH_S + seconds) for seconds in (0, 60))
    store.commit(Changes(observations=seen, records=(record(MONTH_S),), incidents=(past,), events=(ended,)))
    return store


def test_looks_of_the_future_go_and_what_happened_then_happened_now() -> None:
    store = misled()
    store.commit(Changes(records=(record(100),), right_at=at(100)))
    (seen,) = store.load_records()
    assert (seen.seen_at, seen.judged_at, seen.good_at) == (at(100),) * 3
    history = store.listings.history("i1")
    assert history is not None
    assert (history.incident.opened_at, history.incident.closed_at) == (at(10), at(100))
    assert [event.at for event in history.events] == [at(100)]


def test_later_looks_count_again_at_once() -> None:
    store = misled()
    store.commit(Changes(records=(record(100),), right_at=at(100)))
    store.commit(Changes(observations=(observation(160),)))
    (seen,) = store.load_records()
    assert seen.seen_at == at(160)


def test_set_right_twice_is_set_right_once() -> None:
    store = misled()
    right = Changes(records=(record(100),), right_at=at(100))
    store.commit(right)
    before = store.listings.history("i1")
    store.commit(right)
    assert store.listings.history("i1") == before
