"""What a clock that was ahead did to a subject is undone, and nothing else."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.incident import Acknowledgement, EventKind
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.fault import LONGEST_HOLD, Fault, Healthy, Held, Open, Settling, Suspect, Threshold
from alerts.judging.judge import judge, judge_passing_time
from alerts.judging.set_right import TOLERANCE, is_ahead, set_right
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Deadline, Finding, Observation, Rung, Status

NOW = datetime(2017, 10, 18, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FACTS = CheckFacts(kind="dated", rule=Threshold(failures_to_open=2, settle_s=0))
DAYS_BEFORE = (21, 14, 7, 3, 1, 0)

offsets = st.timedeltas(timedelta(days=-60), timedelta(days=60))


def new_id() -> str:
    return f"{next(_NUMBERS):024x}"


_NUMBERS = itertools.count(1)


def ladder(lapses: datetime) -> Deadline:
    rungs = (Rung(name=f"{days}d", at=lapses - days * DAY, status=Status.WARNING) for days in DAYS_BEFORE)
    return Deadline(at=lapses, rungs=tuple(rungs))


def judged(record: SubjectRecord | None, check: str, finding: Finding, at: datetime) -> Judgement:
    seen = Observation(check_id=CheckId(check), finding=finding, observed_at=at, duration_s=0.1)
    return judge(record, seen, FACTS, new_id)


def look(record: SubjectRecord | None, at: datetime, lapses: datetime) -> Judgement:
    finding = Finding(subject="contract", status=Status.WARNING, cause=Cause.DUE, deadline=ladder(lapses), summary="c")
    return judged(record, "c", finding, at)


def failed(record: SubjectRecord | None, at: datetime) -> SubjectRecord:
    finding = Finding(subject="mx", status=Status.CRITICAL, cause=Cause.REFUSED, summary="refused")
    return judged(record, "mx", finding, at).record


def passed(record: SubjectRecord, now: datetime) -> Judgement:
    return judge_passing_time(record, FACTS, now, new_id, sighted_since=now)


@given(offsets, st.lists(offsets, min_size=1, max_size=5))
def test_nothing_lies_in_the_future_and_what_is_set_right_stays_so(lapse: timedelta, looks: list[timedelta]) -> None:
    record = None
    for offset in looks:
        record = look(record, NOW + offset, NOW + lapse).record
    assert record is not None
    right = set_right(record, NOW, new_id).record
    assert not is_ahead(right, NOW)
    assert set_right(right, NOW, new_id) == Judgement(right)
    assert max(right.seen_at, right.judged_at, right.good_at or NOW) <= NOW + TOLERANCE


@given(offsets, st.lists(st.timedeltas(timedelta(days=-60), timedelta()), min_size=1, max_size=4))
def test_what_a_right_clock_made_is_the_same_object(lapse: timedelta, looks: list[timedelta]) -> None:
    record = None
    for offset in sorted(looks):
        record = look(record, NOW + offset, NOW + lapse).record
    assert record is not None
    right = set_right(record, NOW, new_id)
    assert right.record is record
    assert not right.events


@given(st.integers(1, 60), st.integers(-2, 40))
def test_every_rung_is_told_in_its_time_whatever_a_clock_ahead_told(ahead_days: int, lapse_days: int) -> None:
    """The incident after it is what one that never met that clock would be, and so are the rungs that are told."""
    lapses = NOW + lapse_days * DAY + timedelta(hours=1)
    plain = look(None, NOW, lapses).record
    misled = look(plain, NOW + ahead_days * DAY, lapses).record
    right = passed(set_right(misled, NOW, new_id).record, NOW).record
    assert right.told == plain.told
    assert (right.deadline_incident is None) == (plain.deadline_incident is None)
    for day in range(45):
        later = NOW + day * DAY
        plain, right = passed(plain, later).record, passed(right, later).record
        assert right.told == plain.told


def test_an_incident_that_only_a_clock_ahead_opened_ends_and_says_why() -> None:
    misled = look(look(None, NOW, NOW + 30 * DAY).record, NOW + 28 * DAY, NOW + 30 * DAY).record
    (event,) = set_right(misled, NOW, new_id).events
    assert (event.kind, event.at, event.incident.closed_at) == (EventKind.RESOLVED, NOW, NOW)
    assert "the clock of the watching machine was wrong" in event.incident.close_reason
    assert event.incident.opened_at == NOW
    assert event.incident.deadline is None  # else people would be told of a new date


def test_where_a_rung_has_really_come_it_is_told_anew_since_worse_was_heard() -> None:
    misled = look(look(None, NOW, NOW + 10 * DAY).record, NOW + 12 * DAY, NOW + 10 * DAY).record
    right = set_right(misled, NOW, new_id)
    assert not right.events
    (event,) = passed(right.record, NOW).events
    assert (event.kind, event.rung) == (EventKind.REMINDER, "14d")


def test_a_fault_of_that_time_began_now() -> None:
    suspect = failed(None, NOW + DAY)
    assert set_right(suspect, NOW, new_id).record.fault == Suspect(NOW, 1, 1)
    right = set_right(failed(suspect, NOW + DAY), NOW, new_id).record
    assert right.fault == Open(NOW)
    assert right.fault_incident is not None
    assert (right.fault_incident.opened_at, right.fault_incident.since) == (NOW, NOW)


@pytest.mark.parametrize(
    ("ahead", "right"),
    [
        (Settling(NOW + DAY, NOW + DAY), Settling(NOW, NOW)),
        (Held(NOW - DAY, NOW + DAY), Held(NOW - DAY, NOW)),
        (Healthy(NOW + DAY + 2 * LONGEST_HOLD), Healthy()),
        (Suspect(NOW, 1, 1, NOW + 2 * LONGEST_HOLD), Suspect(NOW, 1, 1)),
    ],
)
def test_no_state_of_a_fault_keeps_what_lies_ahead(ahead: Fault, right: Fault) -> None:
    record = replace(failed(None, NOW), fault=ahead)
    assert is_ahead(record, NOW)
    assert set_right(record, NOW, new_id).record.fault == right


@pytest.mark.parametrize("shaky_until", [NOW + timedelta(minutes=30), NOW + LONGEST_HOLD])
def test_what_is_shaky_for_a_while_is_not_ahead(shaky_until: datetime) -> None:
    assert not is_ahead(replace(failed(None, NOW), fault=Healthy(shaky_until)), NOW)


def test_an_acknowledgement_lasts_as_long_as_was_meant() -> None:
    record = failed(failed(None, NOW + DAY), NOW + DAY)
    assert record.fault_incident is not None
    said = Acknowledgement(by="asad", at=NOW + DAY, until=NOW + DAY + timedelta(hours=4))
    record = replace(record, fault_incident=replace(record.fault_incident, acknowledged=said))
    right = set_right(record, NOW, new_id).record
    assert right.fault_incident is not None
    assert right.fault_incident.acknowledged == replace(said, at=NOW, until=NOW + timedelta(hours=4))
