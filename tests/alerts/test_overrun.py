"""When a window ends: who hears, when, and what is forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.incident import EventKind, Incident, Nature
from alerts.judging.fault import HEALTHY, Held, Open
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
    check_id=CheckId("mx"), subject="mx", seen_at=at(60), judged_at=at(60), fault=Open(at(3)), fault_incident=INCIDENT
)
WELL = replace(FAILING, fault=Held(at(3), at(61)), fault_incident=replace(INCIDENT, recovered_at=at(61)))


def test_a_window_that_ran_out_is_given_two_minutes_and_less_than_four() -> None:
    assert [is_to_be_told(WINDOW, at(minutes)) for minutes in (60, 61.9, 62, 64)] == [False, False, True, True]


def test_what_people_ended_is_told_at_once() -> None:
    by_hand = replace(WINDOW, ended_at=at(30), ended_by="asma")
    silence = replace(WINDOW, kind=MuteKind.SILENCE)
    assert (is_to_be_told(by_hand, at(30)), is_to_be_told(silence, at(60))) == (True, True)


def test_what_still_fails_is_told_and_goes_on() -> None:
    judged = tell_again(FAILING, WINDOW, (), "still bad")
    assert (judged.record, [event.kind for event in judged.events]) == (FAILING, [EventKind.REMINDER])


def test_what_is_well_is_over_so_that_its_next_failure_is_told() -> None:
    judged = tell_again(WELL, WINDOW, (), "still bad")
    assert (judged.record.fault, judged.record.fault_incident) == (HEALTHY, None)
    assert [(event.kind, event.incident.closed_at) for event in judged.events] == [(EventKind.RESOLVED, at(61))]


def test_what_people_heard_of_before_the_window_ends_in_its_own_time() -> None:
    before = replace(WELL, fault_incident=replace(INCIDENT, opened_at=at(-5), recovered_at=at(61)))
    assert tell_again(before, WINDOW, (), "still bad").events == ()


def test_what_was_not_judged_since_the_end_or_passes_is_waited_for_but_not_for_ever() -> None:
    bad = replace(FAILING, status=Status.CRITICAL, judged_at=at(61))
    passing = replace(bad, status=Status.OK)
    blind = replace(bad, status=Status.UNKNOWN, judged_at=at(59))
    assert [is_undecided(one, WINDOW, at(62)) for one in (bad, passing, blind)] == [False, True, True]
    assert not is_undecided(blind, WINDOW, at(120))
