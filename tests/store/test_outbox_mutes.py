"""What a claim makes of silences, windows and acknowledgements, with the reason on record."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.incident import Acknowledgement, EventKind, IncidentEvent
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from checks.model import Status
from tests.support.stored import at, change, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

CHANNEL = "on-call-1-mail"


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(open_store(None)) as opened:
        opened.commit(
            Changes(
                incidents=(incident(),),
                events=(change("e1", EventKind.OPENED, incident()),),
                notifications=(notification("n1", EventKind.OPENED, incident_id="i1"),),
            )
        )
        yield opened


def mute(matcher: str, kind: MuteKind = MuteKind.SILENCE) -> Mute:
    return Mute(
        id="m1",
        kind=kind,
        matchers=matchers_of([matcher]),
        author="asma",
        reason="100 % of the switch_",
        starts_at=at(0),
        ends_at=at(900),
    )


def claimed(store: Store, *mutes: Mute) -> str | None:
    row = store.claim_next(CHANNEL, at(700), (), mutes)
    return None if row is None else row.id


def reasons(store: Store) -> list[tuple[str, str]]:
    history = store.listings.history("i1")
    assert history is not None
    return [(line.reason, line.detail) for line in history.deliveries]


@pytest.mark.parametrize(("kind", "reason"), [(MuteKind.SILENCE, "silenced"), (MuteKind.MAINTENANCE, "maintenance")])
def test_what_matches_is_dropped_and_says_by_whose_word(store: Store, kind: MuteKind, reason: str) -> None:
    assert claimed(store, mute("service=official-email", kind)) is None
    assert reasons(store) == [(reason, f"{kind.value} m1 by asma: 100 % of the switch_")]
    assert store.was_muted(mute("service=official-email", kind), "i1")


@pytest.mark.parametrize("matcher", ["service=portal", "site=north", "check=~mx?", "severity=warning", "nature=change"])
def test_what_does_not_match_goes_out(store: Store, matcher: str) -> None:
    assert claimed(store, mute(matcher)) == "n1"


@pytest.mark.parametrize("matcher", ["check=mx", "kind=smtp", "site=~h*", "severity=critical", "nature=fault"])
def test_every_label_that_routes_see_can_be_matched(store: Store, matcher: str) -> None:
    assert claimed(store, mute(matcher)) is None


def test_another_mute_did_not_drop_it(store: Store) -> None:
    claimed(store, mute("check=mx"))
    assert not store.was_muted(replace(mute("check=mx"), id="m"), "i1")


def test_what_waits_or_was_sent_is_heard_of_and_what_was_dropped_is_not(store: Store) -> None:
    assert store.was_heard_of("i1")
    assert claimed(store) == "n1"
    store.mark_sent("n1", at(701), "250 ok")
    assert store.was_heard_of("i1")
    assert not store.was_heard_of("i2")


def test_what_was_tried_in_vain_and_then_dropped_is_not_heard_of(store: Store) -> None:
    assert claimed(store) == "n1"
    store.postpone("n1", at(701), at(702), "busy", "450 later")
    assert store.claim_next(CHANNEL, at(710), (), [mute("check=mx")]) is None
    assert not store.was_heard_of("i1")


def answered(store: Store, *, then: Status, now: Status, rung: str | None) -> str | None:
    """What is claimed of a reminder to somebody who was at it since `then`."""
    store.mark_sent(claimed(store) or "", at(20), "250 ok")
    said = Acknowledgement(by="asma", at=at(30))
    acked = replace(incident(), severity=then, acknowledged=said)
    graver = replace(acked, severity=now)
    store.commit(
        Changes(
            incidents=(graver,),
            events=(
                IncidentEvent(id="e2", kind=EventKind.ACKNOWLEDGED, at=at(30), incident=acked, by="asma"),
                IncidentEvent(id="e3", kind=EventKind.REMINDER, at=at(40), incident=graver, rung=rung),
            ),
            notifications=(replace(notification("n3", EventKind.REMINDER, incident_id="i1"), event_id="e3"),),
        )
    )
    return claimed(store)


def test_who_is_at_it_is_not_reminded(store: Store) -> None:
    assert answered(store, then=Status.CRITICAL, now=Status.CRITICAL, rung="1d") is None
    assert reasons(store)[-1] == ("somebody is at it", "")


def test_a_step_that_is_graver_than_what_somebody_is_at_is_told(store: Store) -> None:
    assert answered(store, then=Status.WARNING, now=Status.CRITICAL, rung="1d") == "n3"


def test_who_never_heard_of_it_hears_of_it_though_somebody_is_at_it(store: Store) -> None:
    claimed(store, mute("check=mx"))
    acked = replace(incident(), acknowledged=Acknowledgement(by="asma", at=at(30)))
    store.commit(
        Changes(
            incidents=(acked,),
            events=(IncidentEvent(id="e3", kind=EventKind.REMINDER, at=at(40), incident=acked),),
            notifications=(replace(notification("n3", EventKind.REMINDER, incident_id="i1"), event_id="e3"),),
        )
    )
    assert claimed(store) == "n3"


def test_a_reminder_of_no_step_is_not(store: Store) -> None:
    assert answered(store, then=Status.WARNING, now=Status.CRITICAL, rung=None) is None


def test_a_silence_that_cannot_be_read_back_mutes_nothing_and_stops_nobody(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as opened:
        opened.keep_mute(mute("check=mx"))
        opened.keep_mute(replace(mute("check=dns"), id="m2"))
    with closing(sqlite3.connect(tmp_path / "nigehban.sqlite3")) as database:
        database.execute("UPDATE mutes SET matchers = '[\"nonsense\"]' WHERE id = 'm1'")
        database.commit()
    with closing(open_store(tmp_path)) as opened:
        assert [one.id for one in opened.standing_mutes(at(10))] == ["m2"]
