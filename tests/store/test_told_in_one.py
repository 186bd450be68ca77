"""What listings, pages and the terminal say of a row that one message told together with others."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import pytest

from alerts.incident import EventKind, Incident
from alerts.message import Notification, NotificationState
from alerts.return_digest import IN_DIGEST
from checks.model import CheckId
from tests.store.test_gathering import CHANNEL, CHECKS, compose
from tests.support.stored import at, change, incident, notification
from tests.support.telling import ESTATE
from watchdog.cli.timeline import incident_lines
from watchdog.digests import told_since
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store
from watchdog.store.views import DeliveryLine, InOne
from watchdog.web.words import told

SMS = "sms"


@pytest.fixture
def store() -> Iterator[Store]:
    """A handful of outages and more, gathered into one message that still waits."""
    with closing(open_store(None)) as store:
        standing = [replace(incident(name, subject=name), check_id=CheckId(name)) for name in CHECKS]
        rows = [notification(f"n-{name}", EventKind.OPENED, incident_id=name) for name in CHECKS]
        store.commit(
            Changes(
                incidents=tuple(standing),
                events=tuple(change(f"e-{one.id}", EventKind.OPENED, one) for one in standing),
                notifications=tuple(replace(row, attempts=0, urgency=0) for row in rows),
            )
        )
        store.gather(CHANNEL, at(700), compose)
        yield store


def claimed(store: Store, channel: str, after_s: float) -> Notification:
    row = store.claim_next(channel, at(after_s), (), (), compose)
    assert row is not None
    return row


def by_sms(row: Notification, _incident: Incident | None) -> Sequence[Notification]:
    return () if row.channel == SMS else (replace(row, id=f"sms-{row.id}", channel=SMS, address="sms:1"),)


def nobody(_row: Notification, _why: str, _was_told: bool) -> Sequence[Notification]:  # noqa: FBT001  # as the store calls it
    return ()


def refused(store: Store) -> None:
    store.bury(claimed(store, CHANNEL, 701).id, at(702), NotificationState.REJECTED, "smtp_550", "no such mailbox")


def line(store: Store) -> DeliveryLine:
    (line,) = [one for one in store.listings.deliveries(CHECKS[0]) if one.reason == IN_DIGEST]
    return line


def on_a_terminal(store: Store) -> str:
    history = store.listings.history(CHECKS[0])
    assert history is not None
    return "\n".join(incident_lines(history, at(900), ESTATE))


def on_a_page(store: Store) -> str:
    return told(line(store), at(900), ESTATE.time_zone).words


def test_it_waits_while_the_one_message_does(store: Store) -> None:
    assert line(store).in_one is InOne.WAITS
    assert "still to tell" in on_a_terminal(store)
    assert "nobody was told yet" in on_a_terminal(store)
    assert "which still waits" in on_a_page(store)


def test_it_is_told_once_the_one_message_is_sent(store: Store) -> None:
    store.mark_sent(claimed(store, CHANNEL, 701).id, at(702), "")
    assert line(store).is_told
    assert "in one message with others: opened" in on_a_terminal(store)
    assert "nobody was told" not in on_a_terminal(store)
    assert on_a_page(store).startswith("told ")


def test_it_is_told_once_what_stands_in_for_the_one_message_is_sent(store: Store) -> None:
    refused(store)
    store.pass_on(by_sms, nobody, at(703), (), at(0))
    assert line(store).in_one is InOne.WAITS
    store.mark_sent(claimed(store, SMS, 704).id, at(705), "")
    assert line(store).in_one is InOne.TOLD_OTHERWISE
    assert "another way than over" in on_a_terminal(store)


def test_it_is_not_told_where_the_one_message_was_refused_for_ever(store: Store) -> None:
    refused(store)
    store.pass_on(lambda _row, _incident: (), nobody, at(703), (), at(0))
    assert line(store).in_one is InOne.NOT_TOLD
    assert "nobody was told" in on_a_terminal(store)
    assert "which did not go" in on_a_page(store)


def test_a_week_counts_one_message_that_told_of_many_incidents_once(store: Store) -> None:
    store.mark_sent(claimed(store, CHANNEL, 701).id, at(702), "")
    counted: set[str] = set()
    told_of = [told_since(one.deliveries, at(0), counted) for one in store.listings.histories(CHECKS).values()]
    assert sum(len(list(lines)) for lines in told_of) == 1


def test_a_week_counts_no_message_of_the_week_before_or_that_still_waits(store: Store) -> None:
    assert list(told_since([line(store)], at(0), set())) == []
    store.mark_sent(claimed(store, CHANNEL, 701).id, at(702), "")
    assert list(told_since([line(store)], at(800), set())) == []
