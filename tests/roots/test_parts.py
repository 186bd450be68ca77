"""What becomes of a part once nothing above explains it any more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from alerts.incident import EventKind, Incident, Nature
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Open, Settling
from alerts.record import SubjectRecord
from alerts.roots.parts import left_alone
from checks.model import Cause, CheckId, Status

SINCE = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOW = SINCE + timedelta(minutes=20)
FACTS = CheckFacts(kind="tcp")
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


@pytest.mark.parametrize(("is_unstable", "kind"), [(False, EventKind.REMINDER), (True, EventKind.UNSTABLE)])
def test_people_who_were_told_are_reminded_unless_it_comes_and_goes(*, is_unstable: bool, kind: EventKind) -> None:
    judged = left_alone(record(replace(PART, is_unstable=is_unstable)), FACTS, NOW, map(str, count()).__next__)
    assert [(event.kind, event.incident.root) for event in judged.events] == [(kind, None)]


def test_a_part_nobody_was_told_of_settles_anew() -> None:
    judged = left_alone(record(replace(PART, was_told=False)), FACTS, NOW, map(str, count()).__next__)
    assert isinstance(judged.record.fault, Settling)
