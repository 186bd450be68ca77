"""What becomes of a part once nothing above explains it any more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from alerts.incident import Acknowledgement, EventKind, Incident, Nature
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Open, Settling, Threshold
from alerts.record import SubjectRecord
from alerts.roots.parts import left_alone, owes_reminder, reminded
from checks.model import Cause, CheckId, Status

SINCE = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOW = SINCE + timedelta(minutes=20)
RULE = Threshold(flap_hold_s=1800.0)
FACTS = CheckFacts(kind="tcp", rule=RULE)
PART = Incident(
    id="i1",
    check_id=CheckId("s1"),
    subject="s1:443",
    nature=Nature.FAULT,
    kind="tcp",
    service=None,
    severity=Status.CRITICAL,
    cause=Cause.TIMEOUT,
    summary="no answer",
    opened_at=SINCE,
    since=SINCE,
    root="i0",
    was_told=True,
)


def record(part: Incident) -> SubjectRecord:
    fault = Open(SINCE, is_unstable=part.is_unstable)
    return SubjectRecord(
        check_id=part.check_id, subject=part.subject, seen_at=NOW, judged_at=NOW, fault=fault, fault_incident=part
    )


def ids() -> str:
    return f"e{next(_NUMBERS)}"


_NUMBERS = count()
UNSTABLE = replace(PART, is_unstable=True)


def test_people_who_were_told_are_reminded() -> None:
    judged = left_alone(record(PART), FACTS, NOW, ids)
    (event,) = judged.events
    assert (event.kind, event.incident.root, event.incident.was_told) == (EventKind.REMINDER, None, False)
    assert not owes_reminder(judged.record, RULE, NOW + timedelta(hours=1))


def test_that_a_part_which_comes_and_goes_fails_again_is_on_record() -> None:
    judged = left_alone(record(UNSTABLE), FACTS, NOW, ids)
    assert [(event.kind, event.incident.root) for event in judged.events] == [(EventKind.UNSTABLE, None)]


@pytest.mark.parametrize(("well_at_minute", "is_owed"), [(None, True), (14, True), (16, False)])
def test_what_came_and_went_is_owed_a_reminder_once_it_fails_without_a_break(
    well_at_minute: int | None, *, is_owed: bool
) -> None:
    alone = left_alone(record(UNSTABLE), FACTS, NOW, ids).record
    good_at = None if well_at_minute is None else SINCE + timedelta(minutes=well_at_minute)
    assert owes_reminder(replace(alone, good_at=good_at), RULE, NOW) is is_owed


def test_a_reminder_is_owed_once() -> None:
    alone = left_alone(record(UNSTABLE), FACTS, NOW, ids).record
    assert alone.fault_incident is not None
    judged = reminded(alone, alone.fault_incident, NOW, ids)
    assert [event.kind for event in judged.events] == [EventKind.REMINDER]
    assert not owes_reminder(judged.record, RULE, NOW)


def test_a_reminder_takes_an_acknowledgement_with_it_whose_time_is_over() -> None:
    over = Acknowledgement(by="ali", at=SINCE, until=NOW - timedelta(minutes=1))
    standing = Acknowledgement(by="ali", at=SINCE, until=NOW + timedelta(minutes=1))
    answers = [
        event.incident.acknowledged
        for said in (over, standing)
        for event in left_alone(record(replace(PART, acknowledged=said)), FACTS, NOW, ids).events
    ]
    assert answers == [None, standing]


def test_a_part_nobody_was_told_of_settles_anew() -> None:
    judged = left_alone(record(replace(PART, was_told=False)), FACTS, NOW, ids)
    assert isinstance(judged.record.fault, Settling)
