"""Which waiting notifications are still worth telling."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.incident import EventKind
from alerts.mute import Muted, Surroundings, worth_telling
from tests.support.stored import at, notification

EARLIER = Surroundings(told_before=True)


@pytest.mark.parametrize("event", [EventKind.OPENED, EventKind.SEVERITY, EventKind.REMINDER, EventKind.HANDOFF])
def test_what_closed_before_its_time_is_not_told(event: EventKind) -> None:
    row = notification("n", event, not_before=40)
    assert worth_telling(row, Surroundings(incident_closed_at=at(39), told_before=True)) is Muted.HEALED


@pytest.mark.parametrize("closed_at", [40, 41, 40_000])
def test_what_closed_at_its_time_or_later_is_told_even_late(closed_at: float) -> None:
    row = notification("n", not_before=40)
    assert worth_telling(row, Surroundings(incident_closed_at=at(closed_at))) is None


def test_a_change_is_told_however_long_it_was_held_though_it_is_over_when_it_is_noticed() -> None:
    row = notification("n", EventKind.NOTICE, not_before=90_000)
    assert worth_telling(row, Surroundings(incident_closed_at=at(0))) is None


@pytest.mark.parametrize("spell", [0, 1])
def test_what_was_due_while_messages_waited_is_not_told_when_it_healed_before_they_went(spell: int) -> None:
    held = ((at(30), at(50)), (at(100), at(120)))
    begun, ended = held[spell]
    row = replace(notification("n"), not_before=begun)
    assert worth_telling(row, Surroundings(incident_closed_at=ended - timedelta(seconds=1), held=held)) is Muted.HEALED
    assert worth_telling(row, Surroundings(incident_closed_at=ended, held=held)) is None


def test_what_is_still_open_is_told() -> None:
    assert worth_telling(notification("n"), Surroundings()) is None


def test_resolved_is_told_only_to_those_who_may_know_of_the_incident() -> None:
    row = notification("n", EventKind.RESOLVED, created=60)
    ended = at(60)
    assert worth_telling(row, Surroundings(incident_closed_at=ended)) is Muted.NEVER_TOLD
    assert worth_telling(row, Surroundings(incident_closed_at=ended, told_before=True)) is None


def test_what_followed_a_beginning_that_was_never_told_is_not_told_after_the_end() -> None:
    row = notification("n", EventKind.SEVERITY, not_before=40)
    assert worth_telling(row, Surroundings(incident_closed_at=at(60))) is Muted.NEVER_TOLD
    assert worth_telling(row, Surroundings(incident_closed_at=at(60), told_before=True)) is None
    assert worth_telling(row, Surroundings()) is None


def test_resolved_held_for_office_hours_is_told_although_the_incident_closed_before() -> None:
    row = notification("n", EventKind.RESOLVED, created=60, not_before=90_000)
    assert worth_telling(row, Surroundings(incident_closed_at=at(60), told_before=True)) is None


def test_a_reminder_gives_way_to_a_newer_one() -> None:
    row = notification("n", EventKind.REMINDER)
    assert worth_telling(row, Surroundings(newer_reminder=True)) is Muted.SUPERSEDED
    assert worth_telling(row, EARLIER) is None


def test_only_reminders_give_way_to_reminders() -> None:
    assert worth_telling(notification("n", EventKind.OPENED), Surroundings(newer_reminder=True)) is None


def test_a_date_that_waited_for_the_office_gives_way_to_its_next_step_which_says_it_all() -> None:
    due = notification("n", EventKind.OPENED, not_before=40)
    due = replace(due, message=replace(due.message, fields={"nature": "deadline"}))
    assert worth_telling(due, Surroundings(newer_reminder=True)) is Muted.SUPERSEDED
    assert worth_telling(due, Surroundings()) is None
    at_once = replace(due, not_before=due.created_at)
    assert worth_telling(at_once, Surroundings(newer_reminder=True)) is None


@pytest.mark.parametrize("event", list(EventKind))
def test_what_belongs_to_no_incident_is_always_told(event: EventKind) -> None:
    row = notification("n", event, incident_id=None, not_before=40)
    assert worth_telling(row, Surroundings(incident_closed_at=at(0), newer_reminder=True)) is None
