"""Rows whose way is gone after settings changed: nobody who is to be told is forgotten, nobody is told twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from alerts.incident import EventKind, Incident
from alerts.message import Notification, NotificationState
from alerts.plan import URGENT
from tests.support.stored import at, closed, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.reroute import Replan
from watchdog.store.store import Store, open_store

NOC, BOSS, DUTY = "mail:noc@example.org", "mail:boss@example.org", "mail:duty@example.org"
OLD, NEW = "on-call-1-mail", "on-call-2-mail"


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(None)
    opened.commit(Changes(incidents=(incident(), incident("i2", subject="mx2"))))
    yield opened
    opened.close()


def row(event: EventKind = EventKind.OPENED, address: str = NOC, *, channel: str = OLD) -> Notification:
    """An event of i1 for `address`; its id says both, as real ids do."""
    born = notification(f"{event.value} {address}", event, address=address, channel=channel)
    return replace(born, event_id=f"e-{event.value}", recipient=address.removeprefix("mail:"))


def put(store: Store, *rows: Notification) -> None:
    store.commit(Changes(notifications=rows))


def to(*addresses: str, channel: str = NEW) -> Replan:
    """Whatever happened is for `addresses` now."""

    def replan(of: Notification, _incident: Incident | None) -> Sequence[Notification]:
        return [
            replace(
                of,
                id=f"{of.message.event.value} {address}",
                address=address,
                channel=channel,
                recipient=address.removeprefix("mail:"),
                attempts=0,
            )
            for address in addresses
        ]

    return replan


def tell_all(store: Store, channel: str = NEW, seconds: float = 100) -> list[str]:
    told = []
    while (claimed := store.claim_next(channel, at(seconds))) is not None:
        store.mark_sent(claimed.id, at(seconds), "250 ok")
        told.append(claimed.id)
    return told


def ends(store: Store) -> list[tuple[str, NotificationState, str]]:
    return [(line.notification_id, line.state, line.reason) for line in store.listings.deliveries("i1")]


def test_where_every_way_stands_nothing_is_touched(store: Store) -> None:
    put(store, row())
    assert not store.reroute({NOC: OLD}, to(BOSS), at(20))
    assert tell_all(store, OLD) == ["opened mail:noc@example.org"]


def test_a_renamed_channel_takes_its_rows_along(store: Store) -> None:
    put(store, row())
    assert store.reroute({NOC: NEW}, to(NOC), at(20)).moved == 1
    assert tell_all(store, OLD) == []
    assert tell_all(store) == ["opened mail:noc@example.org"]


@pytest.mark.parametrize("addresses", [(NOC,), (BOSS,)], ids=["the same address", "another"])
def test_the_way_just_mended_is_tried_before_the_next_one_however_long_the_row_waited(
    store: Store, addresses: tuple[str, ...]
) -> None:
    put(store, replace(row(), attempts=0, urgency=URGENT))
    store.reroute(dict.fromkeys(addresses, NEW), to(*addresses), at(100))
    passed = store.pass_on(lambda of, _: [replace(of, id="sms", channel="sms")], lambda *_: (), at(100), (), at(0))
    assert passed.ways == []


def test_the_end_after_a_reorder_is_told_to_who_heard_the_beginning(store: Store) -> None:
    put(store, row())
    assert tell_all(store, OLD) == ["opened mail:noc@example.org"]
    store.reroute({NOC: NEW}, to(NOC), at(20))
    store.commit(Changes(incidents=(closed(incident(), 60),), notifications=(row(EventKind.RESOLVED, channel=NEW),)))
    assert tell_all(store) == ["resolved mail:noc@example.org"]


def test_two_channels_that_swap_their_names_do_not_swap_their_messages(store: Store) -> None:
    put(store, row(), row(address=BOSS, channel=NEW))
    swapped = {NOC: NEW, BOSS: OLD}

    def replan(of: Notification, known: Incident | None) -> Sequence[Notification]:
        return [*to(NOC, channel=NEW)(of, known), *to(BOSS, channel=OLD)(of, known)]

    assert store.reroute(swapped, replan, at(20)).moved == 2
    assert tell_all(store, NEW) == ["opened mail:noc@example.org"]
    assert tell_all(store, OLD) == ["opened mail:boss@example.org"]


def test_what_waited_for_an_address_that_is_gone_is_told_to_who_came_in_its_place(store: Store) -> None:
    put(store, row(), row(EventKind.REMINDER))
    rerouted = store.reroute({DUTY: NEW}, to(DUTY), at(20))
    assert (rerouted.moved, rerouted.dropped, rerouted.untold) == (0, {OLD: 2}, 0)
    assert tell_all(store) == ["opened mail:duty@example.org", "reminder mail:duty@example.org"]
    assert ends(store)[:2] == [
        ("opened mail:noc@example.org", NotificationState.DROPPED, "channel_removed"),
        ("reminder mail:noc@example.org", NotificationState.DROPPED, "channel_removed"),
    ]


def test_who_has_the_event_already_does_not_get_it_again(store: Store) -> None:
    put(store, row(address=BOSS, channel=NEW), row())
    assert tell_all(store) == ["opened mail:boss@example.org"]
    rerouted = store.reroute({BOSS: NEW}, to(BOSS), at(20))
    assert (rerouted.dropped, rerouted.untold) == ({OLD: 1}, 0)
    assert tell_all(store) == []


def test_a_message_that_nobody_is_to_be_told_any_more_is_counted(store: Store) -> None:
    put(store, row())
    assert store.reroute({}, to(), at(20)).untold == 1


def test_the_end_goes_to_a_newcomer_only_if_he_heard_of_the_incident(store: Store) -> None:
    put(store, row())
    tell_all(store, OLD)
    put(store, row(EventKind.RESOLVED))
    store.reroute({DUTY: NEW}, to(DUTY), at(20))
    assert tell_all(store) == []
    assert ends(store)[-1] == ("resolved mail:noc@example.org", NotificationState.DROPPED, "channel_removed")


def test_beginning_and_end_that_waited_together_reach_the_newcomer_in_order(store: Store) -> None:
    store.commit(Changes(incidents=(closed(incident(), 60),)))
    put(store, row(), row(EventKind.RESOLVED))
    store.reroute({DUTY: NEW}, to(DUTY), at(70))
    assert tell_all(store) == ["opened mail:duty@example.org", "resolved mail:duty@example.org"]


def test_who_heard_the_end_is_not_told_of_the_beginning(store: Store) -> None:
    put(store, row(), row(EventKind.REMINDER, BOSS, channel=NEW), row(EventKind.RESOLVED, BOSS, channel=NEW))
    tell_all(store)
    store.reroute({BOSS: NEW}, to(BOSS), at(70))
    assert tell_all(store) == []


def test_a_row_on_its_way_keeps_its_own_outcome_and_is_met_once_it_is_postponed(store: Store) -> None:
    put(store, row())
    assert store.claim_next(OLD, at(20)) is not None
    assert not store.reroute({NOC: NEW}, to(NOC), at(21))
    store.postpone("opened mail:noc@example.org", at(22), at(900), "busy", "")
    assert store.reroute({NOC: NEW}, to(NOC), at(23)).moved == 1
    again = store.claim_next(NEW, at(24))
    assert again is not None
    assert (again.id, again.attempts) == ("opened mail:noc@example.org", 2)


def test_a_notice_whose_way_is_gone_is_told_elsewhere(store: Store) -> None:
    put(store, replace(row(EventKind.NOTICE), incident_id=None))
    store.reroute({DUTY: NEW}, to(DUTY), at(20))
    assert tell_all(store) == ["notice mail:duty@example.org"]


def test_a_row_that_cannot_be_planned_anew_is_set_aside_and_the_others_go_on(store: Store) -> None:
    put(store, row(), row(EventKind.REMINDER, BOSS))

    def replan(of: Notification, known: Incident | None) -> Sequence[Notification]:
        if of.address == NOC:
            raise KeyError("office")
        return to(DUTY)(of, known)

    store.reroute({DUTY: NEW}, replan, at(20))
    assert tell_all(store) == ["reminder mail:duty@example.org"]
    assert ends(store)[0] == ("opened mail:noc@example.org", NotificationState.QUARANTINED, "unreadable")


def test_the_incident_as_it_stands_is_handed_to_the_planner(store: Store) -> None:
    seen: list[Incident | None] = []
    put(store, row())
    ended = closed(incident(), 15)
    store.commit(Changes(incidents=(ended,)))

    def replan(_of: Notification, known: Incident | None) -> Sequence[Notification]:
        seen.append(known)
        return ()

    store.reroute({}, replan, at(20))
    assert seen == [ended]
