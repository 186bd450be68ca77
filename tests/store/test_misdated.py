"""Rows that a wrong clock dated, once the clock is right again."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from alerts.backoff import LONGEST_ASKED_S
from alerts.message import Notification
from alerts.misdated import believable
from tests.support.stored import at, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

MAIL = "on-call-1-mail"
MONTH_S = 30 * 86_400.0


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(None)
    opened.commit(Changes(incidents=(incident(),)))
    yield opened
    opened.close()


def put(store: Store, *rows: Notification) -> None:
    store.commit(Changes(notifications=rows))


def put_off(store: Store, seconds: float, until_s: float) -> None:
    """The next row is tried at `seconds`, in vain."""
    row = store.claim_next(MAIL, at(seconds))
    assert row is not None
    store.postpone(row.id, at(seconds), at(until_s), "connection", "refused")


def due(store: Store) -> datetime | None:
    return store.next_due(MAIL)


def test_what_was_planned_in_the_future_goes_out_now_as_if_planned_now(store: Store) -> None:
    put(store, notification("n1", created=MONTH_S, not_before=MONTH_S + 7200))
    assert store.redate(believable(at(100))) == 1
    row = store.claim_next(MAIL, at(100))
    assert row is not None
    assert (row.created_at, row.not_before) == (at(100), at(100))


def test_what_was_tried_in_the_future_is_tried_now(store: Store) -> None:
    put(store, notification("n1"))
    put_off(store, MONTH_S, MONTH_S + 5)
    assert store.redate(believable(at(100))) == 1
    assert due(store) == at(100)


def test_what_is_held_until_later_stays_held_after_a_try_in_the_future(store: Store) -> None:
    put(store, notification("n1", not_before=7200))
    put_off(store, MONTH_S, MONTH_S + 5)
    store.redate(believable(at(100)))
    assert due(store) == at(7200)


def test_what_is_held_for_days_by_a_right_clock_stays_held(store: Store) -> None:
    put(store, notification("n1", not_before=MONTH_S))
    assert store.redate(believable(at(100))) == 0
    assert due(store) == at(MONTH_S)


def test_what_the_other_side_put_off_as_long_as_it_may_stays_put_off(store: Store) -> None:
    put(store, notification("n1"))
    put_off(store, 100, 100 + LONGEST_ASKED_S)
    assert store.redate(believable(at(100))) == 0
    assert due(store) == at(100 + LONGEST_ASKED_S)


def test_a_second_look_changes_nothing(store: Store) -> None:
    put(store, notification("n1", created=MONTH_S))
    store.redate(believable(at(100)))
    assert store.redate(believable(at(110))) == 0
    assert due(store) == at(100)


def test_what_was_sent_keeps_the_dates_it_was_sent_with(store: Store) -> None:
    put(store, notification("n1", created=MONTH_S))
    row = store.claim_next(MAIL, at(MONTH_S))
    assert row is not None
    store.mark_sent(row.id, at(MONTH_S), "250 ok")
    assert store.redate(believable(at(100))) == 0
