"""A restart in any state of a fault changes nothing of what becomes of it."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alerts.incident import EventKind, IncidentEvent
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Fault, Healthy, Held, Open, Settling, Suspect, Threshold
from alerts.judging.judge import judge
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Finding, Observation, Status
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

START = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
RULE = Threshold(failures_to_open=2, settle_s=20, flap_hold_s=240, losses_to_warn=2, losses_within_s=300)
FACTS = CheckFacts(kind="smtp", rule=RULE)
FAIL, PASS = Status.CRITICAL, Status.OK

#: Meets every state there is.
STORY = [*[FAIL] * 6, *[PASS] * 8, *[FAIL] * 3, *[PASS] * 40]

#: Falls that each heal: degraded, then confirmed, then well.
LOSSES = [FAIL, PASS, FAIL, PASS, PASS, *[FAIL] * 5, *[PASS] * 30, FAIL, PASS, FAIL, *[PASS] * 20]

looks = st.lists(st.sampled_from([FAIL, FAIL, FAIL, PASS, PASS, Status.WARNING, Status.UNKNOWN]), max_size=25)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    opened = open_store(None)
    yield opened
    opened.close()


def restarting(store: Store) -> Callable[[SubjectRecord], SubjectRecord]:
    """What the next life finds of a record, all incidents of the one before being over."""

    def found(record: SubjectRecord) -> SubjectRecord:
        over = tuple(replace(one, closed_at=one.opened_at) for one in store.listings.open_incidents())
        store.commit(Changes(incidents=over))
        store.commit(Changes(records=(record,), incidents=record.incidents))
        (kept,) = store.load_records()
        return kept

    return found


def follow(seen: Sequence[Status], restart: Callable[[SubjectRecord], SubjectRecord]) -> tuple[Fault, list[object]]:
    numbers, record, events = itertools.count(), None, list[IncidentEvent]()
    for number, status in enumerate(seen):
        cause = Cause.NONE if status is PASS else Cause.REFUSED
        finding = Finding(subject="mx1", status=status, cause=cause, summary=status.value)
        at = START + timedelta(seconds=10 * number)
        look = Observation(check_id=CheckId("mx"), finding=finding, observed_at=at, duration_s=0)
        judged = judge(record, look, FACTS, lambda: f"{next(numbers):024x}")
        record = restart(judged.record)
        events += judged.events
    return Healthy() if record is None else record.fault, [_told(event) for event in events]


def _told(event: IncidentEvent) -> tuple[EventKind, datetime, object]:
    return event.kind, event.at, event.incident


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=looks)
@example(seen=STORY)
@example(seen=LOSSES)
def test_a_restart_after_every_look_changes_nothing(store: Store, seen: list[Status]) -> None:
    assert follow(seen, restarting(store)) == follow(seen, lambda record: record)


def test_the_story_meets_every_state_there_is() -> None:
    met = {type(follow(STORY[:number], lambda record: record)[0]) for number in range(len(STORY))}
    assert met == {Healthy, Suspect, Settling, Open, Held}
