"""Who is at fault is known without going over all subjects."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from alerts.drills.drill import DRILL_CHECK
from alerts.judging.fault import HEALTHY, Fault, Open, Settling, Suspect
from alerts.judging.judge_fault import is_confirmed
from alerts.record import SubjectRecord
from checks.model import CheckId, Status
from tests.support.telling import OUTAGE
from watchdog.engine.subjects import Subjects

SINCE = OUTAGE.opened_at
CHECKS = tuple(CheckId(name) for name in ("mx", "portal", "bills"))


def any_fault(chance: Random) -> Fault:
    later = SINCE + timedelta(minutes=1)
    return chance.choice((
        HEALTHY, Suspect(SINCE, 1), Settling(SINCE, later), Open(SINCE, Status.CRITICAL),
    ))  # fmt: skip


def any_record(chance: Random) -> SubjectRecord:
    incident = replace(OUTAGE, id=str(chance.random())) if chance.random() < 0.3 else None
    return SubjectRecord(
        check_id=chance.choice(CHECKS),
        subject=str(chance.randrange(5)),
        seen_at=SINCE,
        judged_at=SINCE,
        fault=any_fault(chance),
        fault_incident=incident,
    )


@pytest.mark.parametrize("seed", range(20))
def test_whoever_is_at_fault_is_found_whatever_became_of_others(seed: int) -> None:
    chance = Random(seed)
    subjects = Subjects({(one.check_id, one.subject): one for one in (any_record(chance) for _ in range(9))}.values())
    for _ in range(200):
        record = any_record(chance)
        if chance.random() < 0.3:
            subjects.forget(record.check_id, record.subject)
        else:
            subjects.put(record, None)
        wrong = [one for one in subjects if one.record.fault_incident is not None or is_confirmed(one.record.fault)]
        assert {id(one) for one in subjects.at_fault()} == {id(one) for one in wrong}
        for check_id in CHECKS:
            theirs = {id(one) for one in wrong if one.record.check_id == check_id}
            assert {id(one) for one in subjects.at_fault(check_id)} == theirs


def test_what_is_only_played_is_no_fault_of_what_is_watched() -> None:
    played = replace(any_record(Random(1)), check_id=DRILL_CHECK, fault_incident=OUTAGE)
    subjects = Subjects([played])
    assert subjects.at_fault() == ()
    assert [one.record for one in subjects.at_fault(DRILL_CHECK)] == [played]
