"""From looks and passing time to incidents, one subject at a time."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.incident import EventKind, IncidentEvent, Nature, Retirement
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.fault import Threshold
from alerts.judging.judge import is_routine, is_same_judgement, judge, judge_passing_time, quiet_until, retire
from alerts.judging.judge_deadline import LOOKS_TO_CLOSE
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Deadline, Finding, Observation, Rung, Status

START = datetime(2017, 10, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FACTS = CheckFacts(kind="smtp", service="mail", rule=Threshold(failures_to_open=2, passes_to_close=2, settle_s=0))


def ids() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):024x}"


def seen(
    status: Status,
    minute: float,
    *,
    cause: Cause = Cause.NONE,
    deadline: Deadline | None = None,
    summary: str = "as seen",
) -> Observation:
    finding = Finding(subject="mx1:25", status=status, cause=cause, summary=summary, deadline=deadline)
    at = START + timedelta(minutes=minute)
    return Observation(check_id=CheckId("mx"), finding=finding, observed_at=at, duration_s=0.1)


def ladder(at: datetime) -> Deadline:
    rungs = (
        Rung(name="20d", at=at - 20 * DAY, status=Status.WARNING),
        Rung(name="3d", at=at - 3 * DAY, status=Status.CRITICAL),
        Rung(name="0d", at=at, status=Status.CRITICAL),
    )
    return Deadline(at=at, rungs=rungs)


def follow(*looks: Observation, facts: CheckFacts = FACTS) -> tuple[SubjectRecord, list[IncidentEvent]]:
    new_id, record, events = ids(), None, list[IncidentEvent]()
    for look in looks:
        judged: Judgement = judge(record, look, facts, new_id)
        record = judged.record
        events += judged.events
    assert record is not None
    return record, events


def told(events: list[IncidentEvent]) -> list[tuple[EventKind, Nature]]:
    return [(event.kind, event.incident.nature) for event in events]


# Faults


def test_a_single_failure_opens_nothing() -> None:
    assert follow(seen(Status.CRITICAL, 0), seen(Status.OK, 1))[1] == []


def test_enough_failures_open_an_incident_that_began_with_the_first() -> None:
    _, events = follow(seen(Status.CRITICAL, 0, cause=Cause.REFUSED), seen(Status.CRITICAL, 1, cause=Cause.REFUSED))
    (opened,) = events
    assert (opened.kind, opened.incident.cause, opened.incident.since) == (EventKind.OPENED, Cause.REFUSED, START)


def test_an_incident_closes_after_two_passes_with_its_own_id() -> None:
    _, events = follow(*(seen(Status.CRITICAL, n) for n in range(2)), *(seen(Status.OK, n) for n in (2, 3)))
    opened, closed = events
    assert (closed.kind, closed.incident.id) == (EventKind.RESOLVED, opened.incident.id)
    assert closed.incident.closed_at == START + timedelta(minutes=3)


def test_unknown_neither_opens_nor_closes() -> None:
    _, events = follow(*(seen(Status.CRITICAL, n) for n in range(2)), *(seen(Status.UNKNOWN, n) for n in range(2, 30)))
    assert told(events) == [(EventKind.OPENED, Nature.FAULT)]


def test_failures_before_a_long_silence_are_no_evidence() -> None:
    days = 5 * 24 * 60
    _, events = follow(seen(Status.CRITICAL, 0), seen(Status.UNKNOWN, 1), seen(Status.CRITICAL, days))
    assert events == []


# Deadlines


def test_a_due_rung_is_told_at_first_sight() -> None:
    _, events = follow(seen(Status.WARNING, 0, deadline=ladder(START + 10 * DAY)))
    assert [(event.kind, event.rung) for event in events] == [(EventKind.OPENED, "20d")]


def test_a_deadline_far_ahead_tells_nothing() -> None:
    assert follow(seen(Status.OK, 0, deadline=ladder(START + 60 * DAY)))[1] == []


def test_a_rung_is_told_once_however_often_it_is_seen() -> None:
    _, events = follow(*(seen(Status.WARNING, n, deadline=ladder(START + 10 * DAY)) for n in range(50)))
    assert len(events) == 1


def test_rungs_missed_together_are_told_together_as_the_most_urgent() -> None:
    _, events = follow(seen(Status.CRITICAL, 0, deadline=ladder(START - DAY)))
    assert [event.rung for event in events] == ["0d"]
    assert events[0].incident.severity is Status.CRITICAL


def test_a_later_rung_is_a_reminder_of_the_same_incident() -> None:
    deadline = ladder(START + 10 * DAY)
    _, events = follow(
        seen(Status.WARNING, 0, deadline=deadline), seen(Status.CRITICAL, 8 * 24 * 60, deadline=deadline)
    )
    assert [event.kind for event in events] == [EventKind.OPENED, EventKind.REMINDER]
    assert events[0].incident.id == events[1].incident.id


def renewed(minute: float = 60) -> list[Observation]:
    return [seen(Status.OK, minute + n, deadline=ladder(START + 375 * DAY)) for n in range(LOOKS_TO_CLOSE)]


def test_a_renewal_closes_the_deadline_incident() -> None:
    _, events = follow(seen(Status.WARNING, 0, deadline=ladder(START + 10 * DAY)), *renewed())
    assert [event.kind for event in events] == [EventKind.OPENED, EventKind.RESOLVED]


def test_a_renewal_is_believed_only_after_it_was_seen_a_few_times_in_a_row() -> None:
    _, events = follow(seen(Status.WARNING, 0, deadline=ladder(START + 10 * DAY)), *renewed()[:-1])
    assert [event.kind for event in events] == [EventKind.OPENED]


def test_a_server_with_the_old_certificate_among_renewed_ones_keeps_the_incident_open() -> None:
    old, new = ladder(START + 10 * DAY), ladder(START + 375 * DAY)
    _, events = follow(*(seen(Status.WARNING, n, deadline=new if n % 2 else old) for n in range(40)))
    assert [event.kind for event in events] == [EventKind.OPENED]


def test_a_due_date_written_wrong_and_put_right_opens_the_incident_again() -> None:
    due = ladder(START + 10 * DAY)
    _, events = follow(seen(Status.WARNING, 0, deadline=due), *renewed(), seen(Status.WARNING, 90, deadline=due))
    assert [event.kind for event in events] == [EventKind.OPENED, EventKind.RESOLVED, EventKind.OPENED]


def test_a_clock_set_back_renews_nothing() -> None:
    due = ladder(START + 10 * DAY)
    back = [seen(Status.OK, -30 * 24 * 60 + n, deadline=due) for n in range(5)]
    _, events = follow(seen(Status.WARNING, 0, deadline=due), *back, seen(Status.WARNING, 9, deadline=due))
    assert [event.kind for event in events] == [EventKind.OPENED]


def test_a_bill_overdue_for_years_is_told_once_per_rung() -> None:
    """Rung names sort in no order that matters; none that the deadline still has is ever forgotten."""
    at = START - 400 * DAY
    told_rungs: list[str | None] = []
    new_id, record = ids(), None
    for day in range(400):
        now = at + day * DAY
        overdue = [Rung(name=f"overdue {n:03}", at=at + n * DAY, status=Status.CRITICAL) for n in range(1, day + 1)]
        near = [Rung(name=name, at=at, status=Status.CRITICAL) for name in ("0wd", "10wd")]
        deadline = Deadline(at=at, rungs=(*near, *overdue[-20:]))
        for _ in range(3):
            finding = Finding(subject="acme/7", status=Status.CRITICAL, summary="bill", deadline=deadline)
            look = Observation(check_id=CheckId("bills"), finding=finding, observed_at=now, duration_s=0)
            judged = judge(record, look, FACTS, new_id)
            record, told_rungs = judged.record, told_rungs + [event.rung for event in judged.events]
    assert len(told_rungs) == len(set(told_rungs)) == 400
    assert record is not None
    assert len(record.told) < 200


def test_what_a_standing_matter_says_follows_the_last_look_without_being_told_again() -> None:
    deadline = ladder(START + 10 * DAY)
    record, events = follow(
        seen(Status.WARNING, 0, deadline=deadline, summary="Rs 536,000 unpaid"),
        seen(Status.WARNING, 5, deadline=deadline, summary="Rs 268,000 unpaid"),
    )
    assert len(events) == 1
    assert record.deadline_incident == replace(events[0].incident, summary="Rs 268,000 unpaid")


def test_another_deadline_of_the_same_subject_puts_no_words_into_its_incident() -> None:
    record, events = follow(
        seen(Status.WARNING, 0, deadline=ladder(START + 10 * DAY), summary="the old one"),
        seen(Status.WARNING, 5, deadline=ladder(START + 11 * DAY), summary="the other one"),
        seen(Status.WARNING, 10, deadline=ladder(START + 10 * DAY), summary="the old one"),
        seen(Status.WARNING, 15, deadline=ladder(START + 11 * DAY), summary="the other one"),
    )
    assert [event.incident.summary for event in events] == ["the old one", "the other one"]
    assert record.deadline_incident == events[-1].incident


def test_a_renewed_deadline_has_rungs_of_its_own() -> None:
    year = 365 * 24 * 60
    _, events = follow(
        seen(Status.WARNING, 0, deadline=ladder(START + 10 * DAY)),
        *renewed(),
        seen(Status.WARNING, year, deadline=ladder(START + 375 * DAY)),
    )
    assert [event.kind for event in events] == [EventKind.OPENED, EventKind.RESOLVED, EventKind.OPENED]


def test_two_certificates_presented_in_turn_are_told_of_once_each() -> None:
    one, other = ladder(START + 10 * DAY), ladder(START + 11 * DAY)
    _, events = follow(*(seen(Status.WARNING, n, deadline=one if n % 2 else other) for n in range(20)))
    assert len(events) == 2


def test_ok_without_a_deadline_settles_it() -> None:
    record, events = follow(
        seen(Status.WARNING, 0, deadline=ladder(START + 10 * DAY)),
        seen(Status.OK, 1, summary="settled on 4 October 2017 (receipt 77)"),
    )
    assert events[-1].incident.close_reason == "settled on 4 October 2017 (receipt 77)"
    assert record.deadline is None


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.CRITICAL])
def test_a_failed_look_never_loses_or_moves_the_deadline(status: Status) -> None:
    deadline = ladder(START + 10 * DAY)
    record, _ = follow(seen(Status.WARNING, 0, deadline=deadline), seen(status, 1))
    assert record.deadline == deadline


def test_a_fault_and_a_deadline_of_one_subject_are_two_incidents() -> None:
    record, _ = follow(
        seen(Status.WARNING, 0, deadline=ladder(START + 10 * DAY)), *(seen(Status.CRITICAL, n) for n in (1, 2))
    )
    assert [incident.nature for incident in record.incidents] == [Nature.FAULT, Nature.DEADLINE]


# Time that passes unseen


def passing(record: SubjectRecord, at: datetime, *, sighted_since: datetime = START) -> Judgement:
    return judge_passing_time(record, FACTS, at, ids(), sighted_since=sighted_since)


def test_a_rung_comes_due_while_the_target_cannot_be_seen() -> None:
    record, _ = follow(seen(Status.OK, 0, deadline=ladder(START + 30 * DAY)), seen(Status.UNKNOWN, 1))
    assert EventKind.OPENED in [event.kind for event in passing(record, START + 11 * DAY).events]


def test_a_rung_that_comes_due_unseen_is_told_in_the_words_of_the_last_good_look() -> None:
    record, _ = follow(
        seen(Status.OK, 0, deadline=ladder(START + 30 * DAY), summary="Rs 134,000 to Acme Mail"),
        seen(Status.UNKNOWN, 1, summary="the list cannot be read"),
    )
    told_then = passing(record, START + 10 * DAY, sighted_since=START + 10 * DAY).events
    assert [event.incident.summary for event in told_then] == ["Rs 134,000 to Acme Mail"]


def test_a_subject_nobody_can_judge_goes_stale_after_ten_minutes() -> None:
    record, _ = follow(seen(Status.OK, 0), seen(Status.UNKNOWN, 9))
    assert passing(record, START + timedelta(minutes=10)).events == ()
    (event,) = passing(record, START + timedelta(minutes=10, seconds=1)).events
    assert (event.incident.nature, event.incident.cause) == (Nature.STALENESS, Cause.STALE)


def test_a_subject_unknown_from_the_start_goes_stale_too() -> None:
    record, _ = follow(seen(Status.UNKNOWN, 0))
    assert told(list(passing(record, START + timedelta(minutes=11)).events)) == [(EventKind.OPENED, Nature.STALENESS)]


def test_the_time_the_daemon_was_off_makes_nothing_stale() -> None:
    record, _ = follow(seen(Status.OK, 0))
    assert passing(record, START + 3 * DAY, sighted_since=START + 3 * DAY).events == ()


def test_staleness_ends_with_the_next_judgement() -> None:
    record, _ = follow(seen(Status.OK, 0))
    stale = passing(record, START + timedelta(minutes=11)).record
    judged = judge(stale, seen(Status.OK, 12), FACTS, ids())
    assert told(list(judged.events)) == [(EventKind.RESOLVED, Nature.STALENESS)]


def test_a_check_taken_out_closes_its_incidents_with_the_reason() -> None:
    record, _ = follow(*(seen(Status.CRITICAL, n) for n in range(2)))
    (event,) = retire(record, Retirement.REMOVED, START + DAY, ids()).events
    assert (event.kind, event.incident.retirement) == (EventKind.RESOLVED, Retirement.REMOVED)
    assert event.incident.close_reason == "the check was taken out of the settings"


def test_what_was_well_for_now_is_over_when_its_check_is_taken_out() -> None:
    record, _ = follow(*(seen(Status.CRITICAL, n) for n in range(2)))
    assert record.fault_incident is not None
    held = record.with_incident(replace(record.fault_incident, recovered_at=START))
    (event,) = retire(held, Retirement.REMOVED, START + DAY, ids()).events
    assert (event.incident.recovered_at, event.incident.closed_at) == (None, START + DAY)


@given(
    st.floats(0, 1, exclude_max=True),
    st.sampled_from([None, ladder(START + 30 * DAY)]),
    st.sampled_from([FACTS, CheckFacts(kind="domain_expiry", interval_s=30 * 86_400)]),
)
def test_before_its_quiet_ends_passing_time_says_nothing(
    share: float, deadline: Deadline | None, facts: CheckFacts
) -> None:
    """Skipping the quiet ones and judging all tell the same."""
    record, _ = follow(seen(Status.WARNING, 0, deadline=deadline), facts=facts)
    quiet = quiet_until(record, facts, START) - START
    at = START + min(quiet * share, quiet - timedelta(microseconds=1))
    assert judge_passing_time(record, facts, at, ids(), sighted_since=START).events == ()


def test_quiet_ends_with_the_next_rung() -> None:
    monthly = CheckFacts(kind="domain_expiry", interval_s=30 * 86_400)
    record, _ = follow(seen(Status.OK, 0, deadline=ladder(START + 30 * DAY)), facts=monthly)
    assert quiet_until(record, monthly, START) == START + 10 * DAY


# What needs no writing


def test_a_look_as_well_as_the_last_is_routine() -> None:
    record, _ = follow(seen(Status.OK, 0))
    assert is_routine(record, seen(Status.OK, 1))


@pytest.mark.parametrize("status", [Status.WARNING, Status.CRITICAL, Status.UNKNOWN])
def test_a_look_of_another_status_is_not_routine(status: Status) -> None:
    record, _ = follow(seen(Status.OK, 0))
    assert not is_routine(record, seen(status, 1))


def test_the_time_of_a_look_alone_is_the_same_judgement() -> None:
    record, _ = follow(seen(Status.OK, 0))
    assert is_same_judgement(record, replace(record, seen_at=START + DAY, good_at=START + DAY))


@given(st.lists(st.sampled_from(list(Status)), max_size=60))
def test_a_routine_look_never_hides_an_event(statuses: list[Status]) -> None:
    """Judging every look and skipping the routine ones tell the same story."""
    new_id, record = ids(), None
    for minute, status in enumerate(statuses):
        look = seen(status, minute)
        judged = judge(record, look, FACTS, new_id)
        if record is not None and is_routine(record, look):
            assert judged.events == ()
            assert is_same_judgement(record, judged.record)
        record = judged.record


def test_a_look_at_a_deadline_is_routine_until_its_first_rung_or_another_word() -> None:
    due = ladder(START + 30 * DAY)
    record, _ = follow(seen(Status.OK, 0, deadline=due))
    assert is_routine(record, seen(Status.OK, 1, deadline=due))
    assert is_routine(record, seen(Status.OK, 1, deadline=ladder(START + 30 * DAY)))
    assert not is_routine(record, seen(Status.OK, 10 * 1440, deadline=due))
    assert not is_routine(record, seen(Status.OK, 1, deadline=ladder(START + 31 * DAY)))
    assert not is_routine(record, seen(Status.OK, 1, deadline=due, summary="Rs 2 more"))
    assert not is_routine(record, seen(Status.OK, 1))


looks_at_deadlines = st.lists(
    st.tuples(
        st.sampled_from([Status.OK, Status.WARNING, Status.CRITICAL, Status.UNKNOWN]),
        st.sampled_from([None, 10, 10, 10, 40]),
        st.integers(min_value=0, max_value=9),
    ),
    max_size=40,
)


@given(looks_at_deadlines)
def test_skipping_routine_looks_at_deadlines_tells_the_same_story(steps: list[tuple[Status, int | None, int]]) -> None:
    day = 0
    every: list[Observation] = []
    for status, lasts, later in steps:
        day += later
        deadline = None if lasts is None or status is Status.UNKNOWN else ladder(START + lasts * DAY)
        every.append(seen(status, day * 1440, deadline=deadline))
    record, story = None, []
    new_id = ids()
    for look in every:
        if record is None or not is_routine(record, look):
            judged = judge(record, look, FACTS, new_id)
            record = judged.record
            story += [(event.kind, event.at, event.rung) for event in judged.events]
    if every:
        assert story == [(event.kind, event.at, event.rung) for event in follow(*every)[1]]


@given(st.lists(st.sampled_from([Status.OK, Status.CRITICAL, Status.UNKNOWN]), max_size=80))
def test_incidents_of_a_fault_open_and_close_in_turn(statuses: list[Status]) -> None:
    looks = [seen(status, minute) for minute, status in enumerate(statuses)]
    if looks:
        kinds = [event.kind for event in follow(*looks)[1]]
        assert kinds == ([EventKind.OPENED, EventKind.RESOLVED] * len(kinds))[: len(kinds)]
