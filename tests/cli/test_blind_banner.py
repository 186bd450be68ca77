"""While we are blind the listing says so before anything else."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from alerts.record import SubjectRecord
from checks.model import Cause, Status
from tests.support.virtual_loop import EPOCH
from watchdog.cli.listing_text import status_text
from watchdog.sight_check import SIGHT_CHECK


def listed(status: Status) -> str:
    sight = SubjectRecord(
        check_id=SIGHT_CHECK,
        subject="anchors",
        status=status,
        cause=Cause.BLIND if status is Status.UNKNOWN else Cause.NONE,
        summary="1 of 3 anchors answer, 2 must",
        seen_at=EPOCH,
        judged_at=EPOCH,
    )
    return status_text([sight], EPOCH + timedelta(minutes=12), ZoneInfo("Asia/Karachi"), None)


def test_while_we_are_blind_a_banner_says_so_and_since_when() -> None:
    first = listed(Status.UNKNOWN).splitlines()[0]
    assert first.startswith("BLIND for 12 min")
    assert first.endswith("1 of 3 anchors answer, 2 must")


def test_while_we_see_there_is_no_banner() -> None:
    assert listed(Status.OK).startswith("STATUS")
