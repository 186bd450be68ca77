"""What is not what it was: told once, whatever else the look saw, and nothing stays open."""

import itertools
from dataclasses import replace

import pytest

from alerts.incident import EventKind, IncidentEvent, Nature
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Threshold
from alerts.judging.judge import is_routine, judge, looked_at
from checks.model import Cause, Change, Observation, Status
from tests.support.stored import observation, record
from tests.support.telling import BILLS

FACTS = replace(BILLS, kind="tls_certificate", labels={"team": "mail"}, rule=Threshold(failures_to_open=2, settle_s=0))
MOVED = Change(what="issuer", summary="the issuer is another one", facts=(("Before", "A"), ("Now", "B")))


def look(status: Status, *changes: Change, seconds: float = 60) -> Observation:
    seen = observation(seconds, status=status, cause=Cause.NONE)
    return replace(seen, finding=replace(seen.finding, changes=changes, evidence="0: CN=mx1"))


def happened(status: Status, *changes: Change, facts: CheckFacts = FACTS) -> tuple[IncidentEvent, ...]:
    numbers = itertools.count()
    return judge(record(), look(status, *changes), facts, lambda: f"{next(numbers)}").events


@pytest.mark.parametrize("status", [Status.OK, Status.WARNING, Status.UNKNOWN])
def test_a_change_is_one_event_of_an_incident_that_is_over_when_it_begins(status: Status) -> None:
    (told,) = happened(status, MOVED)
    incident = told.incident
    assert (told.kind, incident.nature, incident.severity) == (EventKind.NOTICE, Nature.CHANGE, Status.WARNING)
    assert incident.opened_at == incident.since == incident.closed_at == told.at
    assert (incident.changed, incident.summary, incident.facts) == ("issuer", MOVED.summary, MOVED.facts)
    assert (incident.kind, incident.labels, incident.evidence) == ("tls_certificate", {"team": "mail"}, "0: CN=mx1")


def test_a_change_beside_a_failure_is_an_incident_of_its_own() -> None:
    at_once = replace(FACTS, rule=Threshold(failures_to_open=1, settle_s=0))
    down, changed = happened(Status.CRITICAL, MOVED, facts=at_once)
    assert (down.kind, down.incident.nature) == (EventKind.OPENED, Nature.FAULT)
    assert changed.incident.nature is Nature.CHANGE
    assert down.incident.id != changed.incident.id


def test_nothing_of_a_change_stays_with_the_subject() -> None:
    judged = judge(record(), look(Status.OK, MOVED), FACTS, lambda: "1")
    assert judged.record.incidents == ()
    assert judged.record == looked_at(record(), look(Status.OK))


def test_a_subject_seen_for_the_first_time_may_have_changed_as_well() -> None:
    judged = judge(None, look(Status.OK, MOVED), FACTS, lambda: "1")
    assert [told.incident.nature for told in judged.events] == [Nature.CHANGE]


def test_several_changes_of_one_look_are_told_one_by_one() -> None:
    other = replace(MOVED, what="key", summary="the key is another one")
    told = happened(Status.OK, MOVED, other)
    assert [one.incident.changed for one in told] == ["issuer", "key"]
    assert len({one.incident.id for one in told} | {one.id for one in told}) == 4


def test_a_routine_change_is_kept_as_nothing_bad() -> None:
    (told,) = happened(Status.OK, replace(MOVED, is_routine=True))
    assert told.incident.severity is Status.OK


def test_a_look_that_noticed_a_change_is_never_taken_for_routine() -> None:
    before = record()
    assert is_routine(before, look(Status.OK))
    assert not is_routine(before, look(Status.OK, MOVED))
