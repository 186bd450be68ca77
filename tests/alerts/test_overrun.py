"""When a silence or a window ends: who hears, when, and what is forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.incident import Acknowledgement, EventKind, Incident, Nature
from alerts.judging.fault import HEALTHY, Healthy, Held, Open
from alerts.judging.loss import Losses
from alerts.mutes.matcher import matcher_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.mutes.overrun import is_to_be_told, is_undecided, tell_again
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Status

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


WINDOW = Mute(
    id="works",
    kind=MuteKind.MAINTENANCE,
    matchers=(matcher_of("check=mx"),),
    author="the settings",
    reason="works",
    starts_at=at(0),
    ends_at=at(60),
)
SILENCE = replace(WINDOW, id="m1", kind=MuteKind.SILENCE, author="asma")
INCIDENT = Incident(
    id="i",
    check_id=CheckId("mx"),
    subject="mx",
    nature=Nature.FAULT,
    kind="smtp",
    service=None,
    severity=Status.CRITICAL,
    cause=Cause.TIMEOUT,
    summary="silent",
    opened_at=at(5),
    since=at(3),
)
FAILING = SubjectRecord(
    check_id=CheckId("mx"),
    subject="mx",
    status=Status.CRITICAL,
    seen_at=at(60),
    judged_at=at(60),
    fault=Open(at(3)),
    fault_incident=INCIDENT,
)
WELL = replace(FAILING, fault=Held(at(3), at(61)), fault_incident=replace(INCIDENT, recovered_at=at(61)))


def told(record: SubjectRecord, ended: Mute, *others: Mute, minutes: float = 62) -> list[EventKind]:
    judged = tell_again(record, ended, (ended, *others), "still bad", now=at(minutes))
    return [event.kind for event in judged.events]


def test_a_window_that_ran_out_is_given_two_minutes_and_less_than_four() -> None:
    assert [is_to_be_told(WINDOW, at(minutes)) for minutes in (60, 61.9, 62, 64)] == [False, False, True, True]


def test_what_people_ended_is_told_at_once() -> None:
    by_hand = replace(WINDOW, ended_at=at(30), ended_by="asma")
    assert (is_to_be_told(by_hand, at(30)), is_to_be_told(SILENCE, at(60))) == (True, True)


def test_what_still_fails_is_told_and_goes_on() -> None:
    judged = tell_again(FAILING, WINDOW, (WINDOW,), "still bad", now=at(62))
    assert (judged.record, [event.kind for event in judged.events]) == (FAILING, [EventKind.REMINDER])


def test_it_is_told_to_whoever_is_on_duty_when_it_is_told() -> None:
    early, late = (tell_again(FAILING, WINDOW, (), "", now=at(minutes)).events[0] for minutes in (62, 600))
    assert (early.at, late.at) == (at(62), at(600))
    assert early.id == late.id  # so that it is told once


@pytest.mark.parametrize(
    ("ended", "why"),
    [(WINDOW, "well when the maintenance was over"), (SILENCE, "well when the silence was over")],
    ids=["window", "silence"],
)
def test_what_is_well_and_nobody_heard_of_is_over_so_that_its_next_failure_is_told(ended: Mute, why: str) -> None:
    judged = tell_again(WELL, ended, (), "still bad", now=at(62))
    assert (judged.record.fault, judged.record.fault_incident) == (HEALTHY, None)
    (event,) = judged.events
    assert (event.kind, event.incident.closed_at, event.incident.close_reason) == (EventKind.RESOLVED, at(61), why)


def test_so_is_what_began_before_the_window_where_another_kept_it_quiet() -> None:
    before = replace(WELL, fault_incident=replace(INCIDENT, opened_at=at(-5), recovered_at=at(58)))
    assert told(before, WINDOW) == [EventKind.RESOLVED]


def test_what_people_heard_of_ends_in_its_own_time() -> None:
    assert tell_again(WELL, WINDOW, (), "still bad", now=at(62), heard={"i"}).events == ()


def test_a_part_of_another_is_neither_told_nor_waited_for() -> None:
    part = replace(FAILING, status=Status.UNKNOWN, fault_incident=replace(INCIDENT, root="i0"))
    assert (told(part, WINDOW), is_undecided(part, WINDOW, at(62))) == ([], False)


def test_of_two_that_end_together_the_last_one_tells() -> None:
    assert (told(FAILING, SILENCE, WINDOW, minutes=60), told(FAILING, WINDOW, SILENCE)) == ([], [EventKind.REMINDER])
    twin = replace(WINDOW, id="zz")
    assert (told(FAILING, WINDOW, twin), told(FAILING, twin, WINDOW)) == ([], [EventKind.REMINDER])


def test_what_another_did_not_keep_quiet_is_not_left_to_it() -> None:
    silence = replace(SILENCE, ends_at=at(61))  # the window is told later, and ended sooner
    late = replace(FAILING, fault_incident=replace(INCIDENT, opened_at=at(60.5)))
    assert (told(late, silence, WINDOW, minutes=61), told(late, WINDOW, silence)) == ([EventKind.REMINDER], [])


def test_what_is_at_an_end_already_tells_nothing_for_others() -> None:
    settled = replace(WINDOW, id="zz", settled_at=at(62))
    to_come = replace(WINDOW, id="zz", starts_at=at(70), ends_at=at(80))
    assert told(FAILING, WINDOW, settled, to_come) == [EventKind.REMINDER]


def test_whoever_is_at_it_is_not_told() -> None:
    said = Acknowledgement(by="asma", at=at(10), until=at(90))
    assert told(replace(FAILING, fault_incident=replace(INCIDENT, acknowledged=said)), WINDOW) == []


@pytest.mark.parametrize(
    ("record", "is_waited_for"),
    [
        (replace(FAILING, judged_at=at(61)), False),
        (FAILING, True),
        (replace(FAILING, judged_at=at(61), status=Status.OK), True),
        (replace(FAILING, status=Status.UNKNOWN), True),
    ],
    ids=["judged since", "not judged since", "it passes", "it cannot be judged"],
)
def test_what_may_be_well_is_waited_for(record: SubjectRecord, *, is_waited_for: bool) -> None:
    assert is_undecided(record, WINDOW, at(62)) is is_waited_for


def test_an_overrun_is_told_within_four_minutes_but_for_what_we_are_blind_to() -> None:
    limited = replace(FAILING, status=Status.UNKNOWN, cause=Cause.RATE_LIMITED)
    blind = replace(FAILING, status=Status.UNKNOWN, cause=Cause.BLIND)
    waits = [[is_undecided(one, WINDOW, at(minutes)) for minutes in (63, 64, 119, 121)] for one in (limited, blind)]
    assert waits == [[True, False, False, False], [True, True, True, False]]


def test_whoever_was_not_there_at_the_end_looks_first() -> None:
    assert is_undecided(FAILING, WINDOW, at(600), waiting_since=at(599))


def test_what_another_keeps_quiet_and_what_people_ended_is_not_waited_for() -> None:
    by_hand = replace(WINDOW, ended_at=at(60), ended_by="asma")
    longer = replace(SILENCE, ends_at=at(100))
    assert not is_undecided(FAILING, by_hand, at(60))
    assert not is_undecided(FAILING, WINDOW, at(62), (longer,))


WORN = replace(INCIDENT, severity=Status.WARNING, is_unstable=True)
COMES_AND_GOES = replace(
    FAILING, status=Status.OK, fault=Healthy(None, Losses((at(20), at(40)), told=True)), fault_incident=WORN
)


def test_what_came_and_went_in_a_window_and_passes_ever_since_is_over_and_told_to_nobody() -> None:
    assert told(COMES_AND_GOES, WINDOW, minutes=64) == [EventKind.RESOLVED]
    judged = tell_again(COMES_AND_GOES, WINDOW, (WINDOW,), "still bad", now=at(64), heard={WORN.id})
    assert judged.events == ()


def test_what_fell_behind_the_end_of_a_window_is_told() -> None:
    fell = replace(COMES_AND_GOES, fault=Healthy(None, Losses((at(20), at(61)), told=True)))
    assert told(fell, WINDOW, minutes=64) == [EventKind.REMINDER]
