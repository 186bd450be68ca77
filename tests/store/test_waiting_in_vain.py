"""What takes its receiver's next way though its turn never came."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import pytest

from alerts.incident import EventKind, Incident, Nature
from alerts.message import Notification
from alerts.plan import URGENT
from tests.support.stored import at, change, incident, notification
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

SMS = "sms"


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(open_store(None)) as store:
        yield store


def planned(store: Store, *natures: Nature) -> None:
    """A critical message about an incident of each nature; the incident is named by it."""
    standing = [replace(incident(one.value, subject=one.value), nature=one) for one in natures]
    rows = [notification(f"n-{one.id}", EventKind.OPENED, incident_id=one.id) for one in standing]
    store.commit(
        Changes(
            incidents=tuple(standing),
            events=tuple(change(f"e-{one.id}", EventKind.OPENED, one) for one in standing),
            notifications=tuple(replace(row, attempts=0, urgency=URGENT) for row in rows),
        )
    )


def by_sms(row: Notification, _incident: Incident | None) -> Sequence[Notification]:
    return () if row.channel == SMS else (replace(row, id=f"sms-{row.id}", channel=SMS, address="sms:1"),)


def nobody(_row: Notification, _why: str, _was_told: bool) -> Sequence[Notification]:  # noqa: FBT001  # as the store calls it
    return ()


def ways(store: Store) -> list[tuple[str, str]]:
    return store.pass_on(by_sms, nobody, at(75), (), at(0)).ways


def test_an_outage_whose_turn_never_came_takes_the_next_way(store: Store) -> None:
    planned(store, Nature.FAULT)
    assert [to for _, to in ways(store)] == [SMS]


def test_a_critical_bill_waits_for_its_turn_and_takes_no_sms(store: Store) -> None:
    planned(store, Nature.DEADLINE)
    assert ways(store) == []


def test_what_is_about_no_incident_takes_the_next_way_as_an_outage_does(store: Store) -> None:
    row = notification("n-own", EventKind.NOTICE, incident_id=None)
    store.commit(Changes(notifications=(replace(row, attempts=0, urgency=URGENT),)))
    assert [to for _, to in ways(store)] == [SMS]
