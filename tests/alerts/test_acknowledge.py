"""What people say to incidents changes that incident alone, once."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from alerts.incident import Acknowledgement, EventKind, Nature
from alerts.judging.acknowledge import acknowledge, end_acknowledgements, take_back
from alerts.judging.episode import CheckFacts
from alerts.judging.judge import quiet_until
from alerts.record import SubjectRecord
from tests.support.stored import at, incident, record

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
    assert [one.acknowledged for one in judged.record.incidents] == [None, SAID]


def test_the_first_word_stands() -> None:
    first = acknowledge(standing(), "i1", SAID, ids).record
    second = acknowledge(first, "i1", replace(SAID, by="bilal"), ids)
    assert (second.record, second.events) == (first, ())


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
