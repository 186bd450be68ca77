"""The daemon dies at any moment while it packs history: no look is lost, and none counts twice."""

import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from checks.model import Observation, Status
from tests.support import pack_script
from tests.support.mortal import mortal
from tests.support.pack_script import KARACHI, LATE, LATER, LOOKS, MX, START, SUBJECTS
from watchdog.store.store import Store, open_store

FEWEST_KILLS = 3


def statuses(store: Store, subject: str) -> list[tuple[object, Status]]:
    found = store.past.looks(MX, subject, START, LATER)
    return [(look.observed_at, look.status) for look in found]


def assert_whole(store: Store, *, is_late_promised: bool, is_packed: bool) -> None:
    with_late = (*LOOKS, LATE)
    kept = sum(len(statuses(store, subject)) for subject in SUBJECTS)
    assert kept == len(with_late) if is_late_promised else kept in {len(LOOKS), len(with_late)}
    expected = with_late if kept == len(with_late) else LOOKS
    for subject in SUBJECTS:
        assert statuses(store, subject) == outcomes(expected, subject)
    for counted in (
        store.past.hourly_counts([MX], START, LATER),
        store.past.daily_counts([MX], START, LATER, KARACHI),
    ):
        totals = {one.subject: Counter({s: sum(part.of(s) for part in one.slices) for s in Status}) for one in counted}
        for subject in SUBJECTS:
            assert totals[subject] == Counter(status for _, status in outcomes(expected, subject))
    if is_packed:
        measured = store.past.daily_measured(MX, "mx1", START, LATER, KARACHI)
        assert sum(one.count for one in measured) == len(outcomes(expected, "mx1"))


def outcomes(looks: tuple[Observation, ...], subject: str) -> list[tuple[object, Status]]:
    of_subject = (look for look in looks if look.finding.subject == subject)
    return sorted((look.observed_at, look.finding.status) for look in of_subject)


@pytest.mark.slow
@pytest.mark.parametrize(("call", "first", "step"), [("fdatasync", 1, 6), ("pwrite64", 3, 21)])
def test_a_kill_at_any_sync_or_write_of_packing_loses_no_look_and_counts_none_twice(
    tmp_path: Path, call: str, first: int, step: int
) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    pack_script.main(seen, "see")
    with mortal(pack_script, call) as script:
        for kills, number in enumerate(range(first, 1000, step)):
            folder = tmp_path / f"{number}"
            shutil.copytree(seen, folder)
            ran = script.run(folder, "pack", dies_at=number)
            with closing(open_store(folder)) as store:
                assert_whole(store, is_late_promised="late" in ran.said, is_packed=False)
            pack_script.main(folder, "pack")
            with closing(open_store(folder)) as store:
                assert_whole(store, is_late_promised=True, is_packed=True)
            if ran.is_whole:
                assert kills >= FEWEST_KILLS, "hardly a kill found the script at work"
                return
    pytest.fail("the script never came to its end")
