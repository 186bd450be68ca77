"""What people are told when we see again: what is wrong, and what nobody knows yet."""

from datetime import UTC, timedelta

import pytest

from alerts.record import SubjectRecord
from alerts.words.framed import Said
from checks.model import Cause, CheckId, Status
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.engine.alarm import Alarm
from watchdog.engine.blindness import Spell
from watchdog.engine.hold import Hold
from watchdog.engine.spokesman import Spokesman
from watchdog.engine.subjects import Subjects
from watchdog.sight_check import SIGHT_CHECK


def record(check_id: str, status: Status, subject: str = "s") -> SubjectRecord:
    cause = Cause.BLIND if status is Status.UNKNOWN else Cause.NONE
    return SubjectRecord(
        check_id=CheckId(check_id), subject=subject, status=status, cause=cause, seen_at=EPOCH, judged_at=EPOCH
    )


def told_of(*records: SubjectRecord) -> str:
    texts: list[str] = []

    def announce(subject: str, text: str, *, severity: str, urdu: Said) -> None:
        del subject, severity, urdu
        texts.append(text)

    async def scene() -> None:
        spokesman = Spokesman(
            look_again=lambda _ids, _within_s: None,
            release=lambda: None,
            alarm=Alarm(virtual_clock()),
            announce=announce,
            subjects=Subjects(records),
            hold=Hold(),
            zone=lambda: UTC,
            sight_check=SIGHT_CHECK,
        )
        spokesman.tell_seeing((Spell(EPOCH, EPOCH + timedelta(minutes=9), 540.0),), 3)

    run_virtual(scene())
    return "".join(texts)


def test_what_nobody_can_judge_yet_is_not_called_well() -> None:
    text = told_of(record("mx", Status.UNKNOWN, "4"), record("mx", Status.UNKNOWN, "6"), record("web", Status.OK))
    assert "Nothing is known to be wrong now.\n\n1 check could not be judged yet." in text


@pytest.mark.parametrize("check_id", ["web", SIGHT_CHECK])
def test_where_all_is_known_no_doubt_is_left(check_id: str) -> None:
    """The check of our sight learns a little later than people that we see."""
    status = Status.UNKNOWN if check_id == SIGHT_CHECK else Status.OK
    assert "could not be judged" not in told_of(record(check_id, status))
