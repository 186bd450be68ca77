"""What was gathered is held to what may be said when it goes out, not only to what might when it was gathered."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest

from alerts.incident import EventKind
from alerts.message import Notification
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.return_digest import Waiting, digest
from checks.model import CheckId
from tests.support.stored import at, change, incident, notification
from tests.support.telling import directory
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

CHANNEL = "on-call-1-mail"
CHECKS = [f"mx{number}" for number in range(8)]


def compose(waiting: Sequence[Waiting], now: datetime) -> Notification:
    return digest(waiting, now, directory())


def silence(*matchers: str) -> Mute:
    return Mute(
        id="m1",
        kind=MuteKind.SILENCE,
        matchers=matchers_of(matchers),
        author="asma",
        reason="works",
        starts_at=at(0),
        ends_at=at(9000),
    )


@pytest.fixture
def store() -> Iterator[Store]:
    """Eight incidents that waited, gathered into one message that waits as well."""
    standing = [replace(incident(name, subject=name), check_id=CheckId(name)) for name in CHECKS]
    with closing(open_store(None)) as opened:
        opened.commit(
            Changes(
                incidents=tuple(standing),
                events=tuple(change(f"e-{one.id}", EventKind.OPENED, one) for one in standing),
                notifications=tuple(
                    replace(notification(f"n-{name}", EventKind.OPENED, incident_id=name), attempts=0)
                    for name in CHECKS
                ),
            )
        )
        assert opened.gather(CHANNEL, at(700), compose) == len(CHECKS)
        yield opened


def told(store: Store, *mutes: Mute) -> list[str]:
    """Which incidents what goes out next is about."""
    row = store.claim_next(CHANNEL, at(800), (), mutes, compose)
    assert row is not None
    return row.message.fields.get("incidents", row.incident_id or "").split()


def reasons(store: Store, incident_id: str) -> list[str]:
    history = store.listings.history(incident_id)
    assert history is not None
    return [line.reason for line in history.deliveries]


def test_what_is_silenced_before_it_goes_out_is_left_out(store: Store) -> None:
    assert told(store, silence("check=mx3")) == [name for name in CHECKS if name != "mx3"]
    assert reasons(store, "mx3")[-1] == "silenced"
    assert not store.was_heard_of("mx3")


def test_a_handful_that_is_left_goes_one_by_one(store: Store) -> None:
    assert told(store, silence("check=~mx[3-7]")) == ["mx0"]


def test_what_covers_nothing_of_it_leaves_it_as_it_is(store: Store) -> None:
    assert told(store, silence("check=dns")) == CHECKS
    assert reasons(store, "mx3") == ["told in a digest"]


def test_where_all_is_silenced_nothing_goes_out(store: Store) -> None:
    assert store.claim_next(CHANNEL, at(800), (), (silence("check=~mx*"),), compose) is None
