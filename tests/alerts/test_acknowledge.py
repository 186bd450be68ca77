"""What people say to incidents changes that incident alone, once."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from alerts.incident import Acknowledgement, EventKind, Nature
from alerts.judging.acknowledge import acknowledge, end_acknowledgements, take_back
from alerts.judging.episode import CheckFacts
from alerts.judging.judge import quiet_until
from alerts.mutes.answered import is_answered
from alerts.record import SubjectRecord
from checks.model import Status
from tests.support.stored import at, incident, record
from watchdog.engine.subjects import Subjects

SAID = Acknowledgement(by="aisha", at=at(60), note="calling", until=at(3660))
FACTS = CheckFacts(kind="smtp")


def standing() -> SubjectRecord:
    return replace(record(), fault_incident=incident("i1"), deadline_incident=incident("i2", nature=Nature.DEADLINE))


def ids() -> str:
    return f"e{next(_NUMBERS)}"


_NUMBERS = count()


def test_only_the_incident_that_was_named_is_acknowledged() -> None:
    judged = acknowledge(standing(), "i2", SAID, ids)
    (event,) = judged.events
    assert (event.kind, event.by, event.note) == (EventKind.ACKNOWLEDGED, "aisha", "calling")
    assert [one.acknowledged for one in judged.record.incidents] == [None, replace(SAID, severity=Status.CRITICAL)]


def test_the_first_word_stands() -> None:
    first = acknowledge(standing(), "i1", SAID, ids).record
    second = acknowledge(first, "i1", replace(SAID, by="bilal"), ids)
    assert (second.record, second.events) == (first, ())


def test_whoever_was_at_a_warning_is_asked_again_once_it_is_critical() -> None:
    warned = replace(standing(), fault_incident=replace(incident("i1"), severity=Status.WARNING))
    first = acknowledge(warned, "i1", SAID, ids).record
    assert first.fault_incident is not None
    assert is_answered(first.fault_incident, at(70))
    risen = first.with_incident(replace(first.fault_incident, severity=Status.CRITICAL))
    assert not any(is_answered(one, at(70)) for one in risen.incidents)
    second = acknowledge(risen, "i1", replace(SAID, by="bilal"), ids).record
    assert [one.acknowledged and one.acknowledged.by for one in second.incidents] == ["bilal", None]


def test_what_was_never_said_cannot_be_taken_back() -> None:
    assert take_back(standing(), "i1", by="aisha", at=at(70), new_id=ids).events == ()


def test_an_incident_of_somebody_else_is_not_found() -> None:
    with pytest.raises(KeyError):
        acknowledge(standing(), "i3", SAID, ids)


def test_its_end_is_an_instant_that_time_is_judged_at() -> None:
    acknowledged = acknowledge(replace(standing(), judged_at=at(3600)), "i1", SAID, ids).record
    assert quiet_until(acknowledged, FACTS, at(120)) == SAID.until
    assert end_acknowledgements(acknowledged, at(3659), ids).events == ()
    (event,) = end_acknowledgements(acknowledged, at(3660), ids).events
    assert (event.kind, event.incident.acknowledged) == (EventKind.REMINDER, None)
    assert event.note == "aisha acknowledged it (calling), and the time given is over"


def test_one_without_an_end_lasts() -> None:
    acknowledged = acknowledge(standing(), "i1", replace(SAID, until=None), ids).record
    assert end_acknowledgements(acknowledged, at(0) + timedelta(days=400), ids).events == ()


def test_one_that_ends_while_it_is_well_for_now_is_told_when_it_fails_again() -> None:
    acknowledged = acknowledge(standing(), "i1", SAID, ids).record
    well = acknowledged.with_incident(replace(incident("i1"), acknowledged=SAID, recovered_at=at(3000)))
    assert end_acknowledgements(well, at(3700), ids).events == ()
    assert quiet_until(replace(well, judged_at=at(3700)), FACTS, at(3700)) > at(3700)
    relapsed = well.with_incident(replace(incident("i1"), acknowledged=SAID))
    (event,) = end_acknowledgements(relapsed, at(3800), ids).events
    assert (event.kind, event.incident.acknowledged) == (EventKind.REMINDER, None)


def test_passing_time_looks_again_once_it_fails_again() -> None:
    well = acknowledge(standing(), "i1", SAID, ids).record
    well = well.with_incident(replace(incident("i1"), acknowledged=SAID, recovered_at=at(3000)))
    subjects = Subjects([well])
    subject = subjects.get(well.check_id, well.subject)
    assert subject is not None
    subject.quiet_until = at(9000)
    subjects.put(well.with_incident(replace(incident("i1"), acknowledged=SAID)), None)
    assert subject.quiet_until < at(3800)


def test_whoever_is_at_it_next_can_say_so_once_the_first_time_is_over() -> None:
    well = replace(incident("i1"), acknowledged=SAID, recovered_at=at(3000))
    again = replace(SAID, by="bilal", at=at(3700), until=None)
    judged = acknowledge(standing().with_incident(well), "i1", again, ids)
    assert [event.by for event in judged.events] == ["bilal"]
