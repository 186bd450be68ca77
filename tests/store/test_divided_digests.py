"""Where one message told many and its way fails, each of them fares as it would alone."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest

from alerts.incident import EventKind, Incident
from alerts.message import Notification, NotificationState
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.plan import URGENT
from alerts.return_digest import Waiting, digest
from checks.model import CheckId
from tests.support.stored import at, change, incident, notification
from tests.support.telling import directory
from watchdog.store.changes import Changes
from watchdog.store.gathered import parts
from watchdog.store.store import Store, open_store

MAIL, SMS = "on-call-1-mail", "sms"
NAMES = [f"mx{number}" for number in range(8)]
OF_BOTH = NAMES[0]
STANDING = [replace(incident(name, subject=name), check_id=CheckId(name)) for name in NAMES]


def compose(waiting: Sequence[Waiting], now: datetime) -> Notification:
    return digest(waiting, now, directory())


def by_sms(row: Notification, of: Incident | None) -> Sequence[Notification]:
    """One incident is another's as well, who shares the mailbox."""
    if row.channel == SMS:
        return ()
    whose = ("one", "other") if of is not None and of.id == OF_BOTH else ("one",)
    return tuple(replace(row, id=f"{row.id}-{who}", channel=SMS, address=f"sms:{who}") for who in whose)


def by_none(_row: Notification, _of: Incident | None) -> Sequence[Notification]:
    return ()


def nobody(_row: Notification, _why: str, _was_told: bool) -> Sequence[Notification]:  # noqa: FBT001  # as the store calls it
    return ()


@pytest.fixture
def store() -> Iterator[Store]:
    """Eight outages wait for one mailbox, as one message."""
    rows = [notification(f"n-{one.id}", EventKind.OPENED, incident_id=one.id, urgency=URGENT) for one in STANDING]
    with closing(open_store(None)) as opened:
        opened.commit(
            Changes(
                incidents=tuple(STANDING),
                events=tuple(change(f"e-{one.id}", EventKind.OPENED, one) for one in STANDING),
                notifications=tuple(replace(row, attempts=0) for row in rows),
            )
        )
        assert opened.gather(MAIL, at(60), compose) == len(NAMES)
        yield opened


def flee(store: Store) -> None:
    store.pass_on(by_sms, nobody, at(800), (), at(0), compose=compose)


def sent(store: Store, channel: str, seconds: float, *mutes: Mute) -> list[tuple[str, str]]:
    """To which address went what, by the incidents it names."""
    told = []
    while (row := store.claim_next(channel, at(seconds), (), mutes, compose)) is not None:
        store.mark_sent(row.id, at(seconds), "")
        told.append((row.address, row.message.fields.get("incidents", row.incident_id or "")))
    return told


def test_each_of_those_who_share_a_mailbox_hears_elsewhere_of_what_is_theirs(store: Store) -> None:
    flee(store)
    assert sorted(sent(store, SMS, 801)) == [("sms:one", " ".join(NAMES)), ("sms:other", OF_BOTH)]


def test_who_was_reached_elsewhere_does_not_hear_of_it_again(store: Store) -> None:
    flee(store)
    sent(store, SMS, 801)
    assert sent(store, MAIL, 840) == []


def test_the_end_goes_the_way_that_told_of_it(store: Store) -> None:
    flee(store)
    sent(store, SMS, 801)
    over = replace(STANDING[3], closed_at=at(900), close_reason="it answers")
    end = replace(notification("r-mail", EventKind.RESOLVED, incident_id=over.id, created=900), attempts=0)
    by_phone = replace(end, id="r-sms", channel=SMS, address="sms:one")
    ended = change("e-r", EventKind.RESOLVED, over)
    store.commit(Changes(incidents=(over,), events=(ended,), notifications=(end, by_phone)))
    assert (sent(store, MAIL, 901), sent(store, SMS, 901)) == ([], [("sms:one", over.id)])


def test_a_try_that_began_just_now_may_be_getting_through(store: Store) -> None:
    row = store.claim_next(MAIL, at(790), (), (), compose)
    flee(store)
    assert row is not None
    assert sent(store, SMS, 801) == []


@pytest.mark.parametrize("ends", [NotificationState.REJECTED, NotificationState.QUARANTINED])
def test_where_it_was_refused_for_good_and_no_other_way_is_left_nobody_was_reached(
    store: Store, ends: NotificationState
) -> None:
    row = store.claim_next(MAIL, at(61), (), (), compose)
    assert row is not None
    store.bury(row.id, at(62), ends, "refused", "no such mailbox")
    store.pass_on(by_none, nobody, at(63), (), at(0))
    assert store.reach.reached(["mx3"]) == {"mx3": {"on-call": False}}


def test_what_is_refused_as_one_is_told_elsewhere_and_not_tried_there_again(store: Store) -> None:
    row = store.claim_next(MAIL, at(61), (), (), compose)
    assert row is not None
    store.bury(row.id, at(62), NotificationState.REJECTED, "refused", "no such mailbox")
    flee(store)
    assert len(sent(store, SMS, 801)) == 2
    assert (store.reach.reached(["mx3"]), sent(store, MAIL, 900)) == ({"mx3": {"on-call": True}}, [])


def test_what_a_newer_message_tells_is_not_freed_from_the_older(store: Store) -> None:
    quiet = Mute(
        id="m1",
        kind=MuteKind.SILENCE,
        matchers=matchers_of(["check=mx3"]),
        author="asma",
        reason="works",
        starts_at=at(0),
        ends_at=at(9000),
    )
    older = store.claim_next(MAIL, at(61), (), (), compose)
    assert older is not None
    store.postpone(older.id, at(62), at(62), "unreachable", "")
    assert len(sent(store, MAIL, 63, quiet)) == 1  # gathered anew
    assert len(parts_of(store, older.id)) == 0


def parts_of(store: Store, digest_id: str) -> Sequence[object]:
    with store._database.write() as connection:
        return parts(connection, digest_id)
