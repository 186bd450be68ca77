"""A fault that turns into another while its incident stands."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.incident import EventKind, IncidentEvent
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Threshold
from alerts.judging.judge import judge
from alerts.judging.judge_cause import LOOKS_TO_BELIEVE, UNREACHED, cause_class
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Finding, Observation, Status

START = datetime(2017, 10, 2, 4, 0, tzinfo=UTC)
FACTS = CheckFacts(kind="eoffice_capacity", rule=Threshold(failures_to_open=2, passes_to_close=2, settle_s=0))
FULL, OUT = Cause.OVER_CAPACITY, Cause.MASS_LOGOUT


def follow(looks: Sequence[Cause | None]) -> tuple[SubjectRecord, list[IncidentEvent]]:
    """A look a minute; None is a look at which all was well."""
    numbers, record, events = itertools.count(), None, list[IncidentEvent]()
    for minute, cause in enumerate(looks):
        status = Status.OK if cause is None else Status.CRITICAL
        finding = Finding(
            subject="e-office", status=status, cause=cause or Cause.NONE, summary=f"{cause and cause.value} {minute}"
        )
        at = START + timedelta(minutes=minute)
        look = Observation(check_id=CheckId("e-office"), finding=finding, observed_at=at, duration_s=0)
        judged = judge(record, look, FACTS, lambda: f"{next(numbers):024x}")
        record = judged.record
        events += judged.events
    assert record is not None
    return record, events


def kinds(events: list[IncidentEvent]) -> list[EventKind]:
    return [event.kind for event in events]


def test_another_cause_is_told_in_the_same_incident_once_it_is_believed() -> None:
    _, events = follow([FULL] * 2 + [OUT] * LOOKS_TO_BELIEVE)
    assert kinds(events) == [EventKind.OPENED, EventKind.SEVERITY]
    opened, turned = events
    assert (turned.incident.id, turned.incident.cause) == (opened.incident.id, OUT)
    assert turned.incident.earlier == ((FULL, opened.incident.summary),)


def test_the_incident_stands_with_its_present_cause() -> None:
    record, _ = follow([FULL] * 2 + [OUT] * LOOKS_TO_BELIEVE)
    assert [(one.cause, one.summary) for one in record.incidents] == [(OUT, "mass_logout 4")]


def test_another_cause_is_not_believed_before_it_was_seen_a_few_times_in_a_row() -> None:
    record, events = follow([FULL] * 2 + ([OUT] * (LOOKS_TO_BELIEVE - 1) + [FULL]) * 5)
    assert kinds(events) == [EventKind.OPENED]
    assert record.incidents == (events[0].incident,)


def test_a_pass_between_begins_the_count_anew() -> None:
    _, events = follow([FULL, FULL, OUT, OUT, None, OUT, OUT])
    assert kinds(events) == [EventKind.OPENED]


def test_the_faces_of_one_trouble_are_kept_and_not_told() -> None:
    record, events = follow([Cause.REFUSED] * 2 + [Cause.TIMEOUT] * LOOKS_TO_BELIEVE)
    assert kinds(events) == [EventKind.OPENED]
    (incident,) = record.incidents
    assert (incident.cause, [cause for cause, _ in incident.earlier]) == (Cause.TIMEOUT, [Cause.REFUSED])


def test_a_new_class_is_believed_though_each_look_meets_another_of_its_faces() -> None:
    _, events = follow([Cause.ON_HOLD] * 2 + [Cause.REFUSED, Cause.TIMEOUT, Cause.REFUSED])
    assert kinds(events) == [EventKind.OPENED, EventKind.SEVERITY]


def test_an_incident_that_changed_its_cause_closes_like_any_other() -> None:
    record, events = follow([FULL] * 2 + [OUT] * LOOKS_TO_BELIEVE + [None] * 2)
    assert kinds(events) == [EventKind.OPENED, EventKind.SEVERITY, EventKind.RESOLVED]
    assert len({event.incident.id for event in events}) == 1
    assert events[-1].incident.earlier == ((FULL, "over_capacity 1"),)
    assert record.incidents == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([FULL, OUT, Cause.ON_HOLD, Cause.EXPIRED, Cause.REFUSED, Cause.TIMEOUT, None]),
            st.integers(1, 4),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_messages_of_an_incident_are_bounded_by_the_classes_of_its_causes(runs: list[tuple[Cause | None, int]]) -> None:
    looks = [cause for cause, times in runs for _ in range(times)]
    _, events = follow(looks)
    classes = {cause_class(cause) for cause in looks if cause is not None}
    for incident_id in {event.incident.id for event in events}:
        assert sum(event.incident.id == incident_id for event in events) <= 1 + len(classes)


@given(st.lists(st.sampled_from(sorted(UNREACHED, key=lambda cause: cause.value)), min_size=2, max_size=60))
def test_whatever_the_faces_of_one_trouble_only_its_beginning_is_told(looks: list[Cause]) -> None:
    assert kinds(follow(looks)[1]) == [EventKind.OPENED]
