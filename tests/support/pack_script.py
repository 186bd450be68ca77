"""History packed, swept and rolled up over a real store, to be killed at any system call.

Usage: pack_script.py FOLDER see|pack. The looks are those of `LOOKS`, the same at every call.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from checks.model import CheckId, Finding, Measurement, Observation, Status
from tests.support.virtual_loop import run_virtual
from watchdog.housekeeping import Housekeeping
from watchdog.settings.values import Retention
from watchdog.store.changes import Changes
from watchdog.store.executor import Inline
from watchdog.store.store import Store, open_store

MX = CheckId("mx")
SUBJECTS = ("mx1", "mx2", "mx3")
START = datetime(2026, 11, 2, 19, 0, tzinfo=UTC)
UNTIL = START + timedelta(hours=6)
LATER = START + timedelta(days=2)
KARACHI = ZoneInfo("Asia/Karachi")


def look(minute: int, subject: str) -> Observation:
    finding = Finding(
        subject=subject,
        status=Status.CRITICAL if minute % 7 == 0 else Status.OK,
        summary="seen",
        measurements=(Measurement("total_s", minute / 100, "s"),),
    )
    return Observation(
        check_id=MX, finding=finding, observed_at=START + timedelta(minutes=minute), duration_s=minute / 100
    )


LOOKS = tuple(look(minute, subject) for minute in range(0, 360, 20) for subject in SUBJECTS)
#: One that comes when its hour is packed already.
LATE = look(31, "mx2")


async def keep_house(store: Store, now: datetime) -> None:
    rules = (KARACHI, Retention())
    caller = Inline()
    house = Housekeeping(store.attic, writing=caller, packing=caller, clock=lambda: now, rules=lambda: rules)
    await house.go_round()


def main(folder: Path, what: str) -> None:
    store = open_store(folder)
    if what == "see":
        store.commit(Changes(observations=LOOKS))
    else:
        run_virtual(keep_house(store, UNTIL))
        store.commit(Changes(observations=(LATE,)))
        os.write(1, b"late\n")
        run_virtual(keep_house(store, LATER))
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
