"""The outbox: who goes next, what is dropped, what a crash leaves behind."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from alerts.incident import EventKind
from alerts.message import Notification, NotificationState
from tests.support.stored import at, closed, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreRefusedError
from watchdog.store.store import Store, open_store

MAIL = "on-call-1-mail"


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(None)
    opened.commit(Changes(incidents=(incident(), incident("i2", subject="mx2"))))
    yield opened
    opened.close()


def put(store: Store, *rows: Notification) -> None:
    store.commit(Changes(notifications=rows))


def claimed_id(store: Store, seconds: float, channel: str = MAIL) -> str | None:
    row = store.claim_next(channel, at(seconds))
    return None if row is None else row.id


def outcomes(store: Store, incident_id: str = "i1") -> list[tuple[str, NotificationState, str]]:
    return [(line.notification_id, line.state, line.reason) for line in store.listings.deliveries(incident_id)]


def test_a_claimed_row_is_the_row_that_was_stored_with_its_try_counted(store: Store) -> None:
    row = notification("n1")
    put(store, row)
    assert store.claim_next(MAIL, at(10)) == replace(row, attempts=1)


def test_a_claimed_row_is_nobody_elses(store: Store) -> None:
    put(store, notification("n1"))
    assert claimed_id(store, 10) == "n1"
    assert claimed_id(store, 10) is None


def test_nothing_goes_out_before_its_time(store: Store) -> None:
    put(store, notification("n1", not_before=40))
    assert claimed_id(store, 39) is None
    assert store.next_due(MAIL) == at(40)
    assert claimed_id(store, 40) == "n1"


def test_the_most_urgent_goes_first_then_the_oldest(store: Store) -> None:
    rows = [notification(n, incident_id=None, urgency=u) for n, u in (("a", 2), ("b", 0), ("c", 2), ("d", 0))]
    put(store, *rows)
    assert [claimed_id(store, 10) for _ in range(5)] == ["b", "d", "a", "c", None]


def test_channels_do_not_see_each_others_rows(store: Store) -> None:
    put(store, notification("n1", channel="finance-1-mail"))
    assert claimed_id(store, 10) is None
    assert claimed_id(store, 10, "finance-1-mail") == "n1"


def test_a_repeated_commit_changes_nothing(store: Store) -> None:
    put(store, notification("n1"))
    store.claim_next(MAIL, at(10))
    store.mark_sent("n1", at(11), "250 ok")
    put(store, notification("n1"))
    assert claimed_id(store, 20) is None


def test_a_notification_of_an_incident_nobody_committed_is_refused(store: Store) -> None:
    with pytest.raises(StoreRefusedError):
        put(store, notification("n1", incident_id="missing"))


def test_resolved_waits_while_down_is_postponed_even_though_it_is_more_urgent(store: Store) -> None:
    put(store, notification("down", urgency=1))
    assert claimed_id(store, 10) == "down"
    store.commit(Changes(incidents=(closed(incident(), 60),)))
    put(store, notification("up", EventKind.RESOLVED, created=60, urgency=0))
    assert claimed_id(store, 61) is None
    store.postpone("down", at(62), at(300), "busy", "421")
    assert (claimed_id(store, 299), store.next_due(MAIL)) == (None, at(300))
    assert claimed_id(store, 300) == "down"
    store.mark_sent("down", at(301), "250 ok")
    assert claimed_id(store, 301) == "up"


def test_other_recipients_of_the_incident_do_not_wait(store: Store) -> None:
    put(store, notification("a"), notification("b", recipient="so@example.org"))
    assert [claimed_id(store, 10), claimed_id(store, 10)] == ["a", "b"]


def test_a_fault_that_healed_while_settling_is_told_to_nobody(store: Store) -> None:
    put(store, notification("down", not_before=40))
    store.commit(Changes(incidents=(closed(incident(), 30),)))
    put(store, notification("up", EventKind.RESOLVED, created=30))
    assert claimed_id(store, 40) is None
    assert store.next_due(MAIL) is None
    assert outcomes(store) == [
        ("down", NotificationState.DROPPED, "healed before it was told"),
        ("up", NotificationState.DROPPED, "never told"),
    ]


def test_an_outage_is_told_hours_late_when_only_the_channel_was_down(store: Store) -> None:
    put(store, notification("down"))
    store.commit(Changes(incidents=(closed(incident(), 3600),)))
    put(store, notification("up", EventKind.RESOLVED, created=3600))
    store.claim_next(MAIL, at(10))
    store.postpone("down", at(20), at(18_000), "unreachable", "")
    assert claimed_id(store, 18_000) == "down"


def test_resolved_is_told_to_whoever_was_tried(store: Store) -> None:
    put(store, notification("down"))
    store.claim_next(MAIL, at(10))
    store.bury("down", at(11), NotificationState.REJECTED, "refused", "550 no such user")
    store.commit(Changes(incidents=(closed(incident(), 60),)))
    put(store, notification("up", EventKind.RESOLVED, created=60))
    assert claimed_id(store, 60) == "up"


def test_the_end_of_an_incident_is_kept_for_those_who_were_told_or_still_wait_and_for_nobody_else(store: Store) -> None:
    told, waiting, healed, stranger = (f"mail:{name}@example.org" for name in ("told", "waiting", "healed", "stranger"))
    put(
        store,
        notification("down-1", address=told),
        notification("down-2", address=waiting, not_before=900),
        notification("down-3", address=healed),
    )
    store.claim_next(MAIL, at(10))
    store.mark_sent("down-1", at(11), "250 ok")
    store.bury("down-3", at(12), NotificationState.DROPPED, "healed before it was told", "")
    put(
        store,
        *(notification(f"up {to}", EventKind.RESOLVED, address=to) for to in (told, waiting, healed, stranger)),
        notification("up 2", EventKind.RESOLVED, address=told, incident_id="i2"),
    )
    assert claimed_id(store, 60) == f"up {told}"
    assert claimed_id(store, 60) is None
    assert store.listings.outbox_pending()[MAIL].count == 3


def test_beginning_and_end_of_one_transaction_are_both_kept(store: Store) -> None:
    put(store, notification("up", EventKind.RESOLVED), notification("down"))
    assert claimed_id(store, 60) == "down"
    store.mark_sent("down", at(61), "250 ok")
    assert claimed_id(store, 61) == "up"


def test_what_one_address_hears_over_two_channels_stays_in_order(store: Store) -> None:
    put(store, notification("down", channel="finance-1-mail"), notification("worse", EventKind.SEVERITY))
    assert claimed_id(store, 60) is None
    assert claimed_id(store, 60, "finance-1-mail") == "down"
    store.mark_sent("down", at(61), "250 ok")
    assert claimed_id(store, 61) == "worse"


def test_of_two_reminders_that_wait_only_the_newer_is_told(store: Store) -> None:
    put(store, notification("r1", EventKind.REMINDER), notification("r2", EventKind.REMINDER, created=20))
    assert claimed_id(store, 30) == "r2"
    assert outcomes(store) == [("r1", NotificationState.DROPPED, "superseded")]


def test_a_reminder_is_told_when_the_newer_one_may_not_go_out_yet(store: Store) -> None:
    put(store, notification("r1", EventKind.REMINDER), notification("r2", EventKind.REMINDER, not_before=90))
    assert claimed_id(store, 30) == "r1"


def test_a_row_claimed_by_a_daemon_that_died_comes_back_marked_as_a_repeat(store: Store) -> None:
    put(store, notification("n1"))
    store.claim_next(MAIL, at(10))
    assert store.quarantine_crashed(at(20)) == []
    row = store.claim_next(MAIL, at(20))
    assert row is not None
    assert (row.id, row.repeat) == ("n1", True)
    assert outcomes(store) == [("n1", NotificationState.PENDING, "crashed")]


def test_a_row_that_nobody_claimed_is_no_repeat(store: Store) -> None:
    put(store, notification("n1"))
    store.quarantine_crashed(at(20))
    row = store.claim_next(MAIL, at(20))
    assert row is not None
    assert not row.repeat


def test_a_row_stays_a_repeat_until_it_is_sent(store: Store) -> None:
    put(store, notification("n1"))
    store.claim_next(MAIL, at(10))
    store.quarantine_crashed(at(20))
    store.claim_next(MAIL, at(20))
    store.postpone("n1", at(21), at(30), "busy", "")
    row = store.claim_next(MAIL, at(30))
    assert row is not None
    assert (row.repeat, row.attempts) == (True, 3)


def test_a_row_that_kills_the_daemon_three_times_is_quarantined_and_the_next_goes_on(store: Store) -> None:
    put(store, notification("poison"), notification("later"))
    for restart in range(2):
        store.claim_next(MAIL, at(10 + restart))
        assert store.quarantine_crashed(at(10 + restart)) == []
    store.claim_next(MAIL, at(15))
    assert store.quarantine_crashed(at(15)) == ["poison"]
    assert claimed_id(store, 16) == "later"
    assert outcomes(store)[-1] == ("poison", NotificationState.QUARANTINED, "crashed")


def test_a_row_that_was_under_way_beside_the_poison_is_not_quarantined_with_it(store: Store) -> None:
    put(store, notification("poison"), notification("innocent", channel="on-call-2-webhook", address="webhook:1"))
    quarantined: list[str] = []
    for restart in range(3):
        claimed_id(store, 10 + restart)
        claimed_id(store, 10 + restart, "on-call-2-webhook")
        quarantined += store.quarantine_crashed(at(10 + restart))
    assert quarantined == ["poison"]
    assert claimed_id(store, 16, "on-call-2-webhook") == "innocent"


def test_a_row_that_saw_a_crash_waits_only_until_the_other_one_has_its_outcome(store: Store) -> None:
    rows = [notification("a"), notification("b", channel="on-call-2-webhook", address="webhook:1")]
    put(store, *rows, notification("c", channel="other", address="webhook:2"))
    claimed_id(store, 10)
    claimed_id(store, 10, "on-call-2-webhook")
    store.quarantine_crashed(at(11))
    assert claimed_id(store, 12) == "a"
    assert claimed_id(store, 12, "on-call-2-webhook") is None
    assert claimed_id(store, 12, "other") == "c"
    assert store.next_due("on-call-2-webhook") == at(10)
    store.mark_sent("a", at(13), "250 ok")
    assert claimed_id(store, 13, "on-call-2-webhook") == "b"


def test_an_outcome_recorded_twice_stands_once_in_the_log(store: Store) -> None:
    put(store, notification("n1"))
    store.claim_next(MAIL, at(10))
    for _ in range(2):
        store.mark_sent("n1", at(11), "250 ok")
    store.bury("n1", at(12), NotificationState.REJECTED, "refused", "")
    assert outcomes(store) == [("n1", NotificationState.SENT, "")]


def test_a_postponement_recorded_twice_counts_once(store: Store) -> None:
    put(store, notification("n1"))
    store.claim_next(MAIL, at(10))
    for _ in range(2):
        store.postpone("n1", at(11), at(20), "busy", "")
    row = store.claim_next(MAIL, at(20))
    assert row is not None
    assert row.attempts == 2


def test_what_waits_is_counted_by_channel(store: Store) -> None:
    put(store, notification("a", created=5), notification("b"), notification("c", channel="x"))
    waiting = store.listings.outbox_pending()
    assert {name: (one.count, one.oldest) for name, one in waiting.items()} == {MAIL: (2, at(5)), "x": (1, at(10))}


# What cannot wait ---------------------------------------------------------------------------------------------------

MONDAY = 200_000


def test_what_cannot_wait_is_not_held_up_by_what_waits_for_the_office(store: Store) -> None:
    put(store, notification("degraded", not_before=MONDAY))
    put(store, notification("down", EventKind.SEVERITY, created=60))
    assert claimed_id(store, 60) == "down"
    assert outcomes(store) == [("degraded", NotificationState.DROPPED, "superseded")]


def test_of_what_healed_before_the_office_opens_nobody_hears(store: Store) -> None:
    put(store, notification("degraded", not_before=MONDAY))
    end = notification("well", EventKind.RESOLVED, created=60)
    store.commit(Changes(incidents=(closed(incident(), 60),), notifications=(end,)))
    assert claimed_id(store, MONDAY) is None
    assert [reason for *_, reason in outcomes(store)] == ["healed before it was told", "never told"]


def test_what_is_held_for_the_office_still_goes_out_in_the_order_of_what_happened(store: Store) -> None:
    put(store, notification("degraded", not_before=MONDAY))
    put(store, notification("other trouble", EventKind.SEVERITY, created=60, not_before=MONDAY))
    assert claimed_id(store, 60) is None
    assert claimed_id(store, MONDAY) == "degraded"


def test_when_the_office_opens_a_bill_is_told_once_by_the_step_of_that_day(store: Store) -> None:
    opens = MONDAY
    due = notification("due", not_before=opens + 60)
    put(store, replace(due, message=replace(due.message, fields={"nature": "deadline"})))
    put(store, notification("reminder", EventKind.REMINDER, created=opens + 5))
    assert claimed_id(store, opens + 30) is None
    assert claimed_id(store, opens + 60) == "reminder"
    assert outcomes(store) == [("due", NotificationState.DROPPED, "superseded")]


def test_what_failed_before_keeps_its_own_time_and_its_place(store: Store) -> None:
    put(store, notification("down"))
    store.claim_next(MAIL, at(10))
    store.postpone("down", at(10), at(300), "connection", "refused")
    put(store, notification("another cause", EventKind.SEVERITY, created=60))
    assert claimed_id(store, 60) is None
    assert claimed_id(store, 300) == "down"


def test_the_end_does_not_go_to_a_mailbox_that_refused_the_beginning_and_told_it_another_way(store: Store) -> None:
    other = notification("by-webhook", channel="on-call-2-webhook", recipient="hook")
    put(store, notification("down"))
    store.claim_next(MAIL, at(10))
    store.bury("down", at(11), NotificationState.REJECTED, "refused", "550 no such user")
    store.pass_on(lambda _row, _incident: (other,), lambda _row, _why, _told: (), at(12), ())
    assert claimed_id(store, 12, "on-call-2-webhook") == "by-webhook"
    store.mark_sent("by-webhook", at(13), "200")
    store.commit(Changes(incidents=(closed(incident(), 60),)))
    put(store, notification("end", EventKind.RESOLVED, created=60))
    assert claimed_id(store, 61) is None
    assert ("end", NotificationState.DROPPED, "never told") in outcomes(store)
