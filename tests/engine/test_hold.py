"""What waits while we are blind, and what is said of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from alerts.incident import EventKind, IncidentEvent
from alerts.message import Notification
from alerts.plan import plan
from tests.support.telling import FINANCE, NIGHT, ON_CALL, OUTAGE, directory, event
from watchdog.engine.hold import MAX_WINDOWS, Hold

PEOPLE = directory(ON_CALL, FINANCE)


def waiting(*told: IncidentEvent) -> Sequence[str]:
    hold = Hold()
    hold.shut(NIGHT)
    for one in told:
        hold.planned(one, rows_of(one))
    return [subject.split(" ")[0] for subject in hold.subjects]


def rows_of(told: IncidentEvent) -> Sequence[Notification]:
    return plan(told, PEOPLE)


def ended() -> IncidentEvent:
    closed = replace(OUTAGE, closed_at=NIGHT + timedelta(minutes=5))
    return event(closed, EventKind.RESOLVED, NIGHT + timedelta(minutes=5))


def test_one_event_is_one_message_however_many_hear_of_it() -> None:
    assert len(rows_of(event(OUTAGE))) > 1
    assert waiting(event(OUTAGE)) == ["DOWN"]


def test_what_began_and_ended_in_the_hold_is_no_message() -> None:
    assert waiting(event(OUTAGE), ended()) == []


def test_the_end_of_what_was_told_before_is_one() -> None:
    assert waiting(ended()) == ["RESOLVED"]


def test_what_is_planned_while_messages_go_is_not_said_to_wait() -> None:
    hold = Hold()
    hold.planned(event(OUTAGE), rows_of(event(OUTAGE)))
    assert hold.subjects == []


def test_every_time_of_waiting_is_kept_and_not_for_ever() -> None:
    hold = Hold()
    for minute in range(MAX_WINDOWS + 1):
        hold.shut(NIGHT + timedelta(minutes=minute))
        hold.open(NIGHT + timedelta(minutes=minute, seconds=30))
    assert len(hold.windows) == MAX_WINDOWS
    assert hold.windows[0][0] == NIGHT + timedelta(minutes=1)
