"""The daemon dies at any moment while people acknowledge and silence: what was confirmed holds, nothing is told twice.

FAULTS 1 and 40: every kill, 0 confirmed and then lost, at most one more copy for a kill, marked as a repeat.
"""

from pathlib import Path

import pytest

from tests.support import mute_script
from tests.support.mortal import mortal
from tests.support.mute_script import TOLD, held

FEWEST_KILLS = 3
PROMISES = ("acked", "silenced", "ended", "settled", "done")


def sent(folder: Path) -> list[tuple[str, bool]]:
    """Each message that left, and whether it was marked as a repeat."""
    sink = folder / "sink"
    lines = sink.read_text(encoding="utf-8").splitlines() if sink.exists() else []
    return [(line.split()[0], line.endswith("True")) for line in lines]


def assert_told_once_each(folder: Path) -> None:
    told = sent(folder)
    firsts = [name for name, is_repeat in told if not is_repeat]
    assert firsts == list(TOLD) or sorted({name for name, _ in told}, key=TOLD.index) == list(TOLD), told
    assert len(told) <= len(TOLD) + 1, f"more than one copy for one kill: {told}"
    extra = [name for place, (name, _) in enumerate(told) if name in [other for other, _ in told[:place]]]
    assert all((name, True) in told for name in extra), f"a copy that is not marked: {told}"
    assert [name for name, _ in told] == sorted((name for name, _ in told), key=TOLD.index), f"out of order: {told}"


def test_without_a_kill_each_thing_is_told_once_and_nothing_else(tmp_path: Path) -> None:
    with mortal(mute_script) as script:
        ran = script.run(tmp_path)
    assert (ran.is_whole, set(ran.said)) == (True, set(PROMISES))
    assert sent(tmp_path) == [(name, False) for name in TOLD]


@pytest.mark.slow
@pytest.mark.parametrize(("call", "first", "step"), [("fdatasync", 1, 3), ("pwrite64", 5, 67)])
def test_a_kill_at_any_sync_or_write_loses_no_word_that_was_confirmed(
    tmp_path: Path, call: str, first: int, step: int
) -> None:
    with mortal(mute_script, call) as script:
        for kills, number in enumerate(range(first, 1000, step)):
            folder = tmp_path / f"{number}"
            folder.mkdir()
            ran = script.run(folder, dies_at=number)
            assert set(ran.said) & {"acked", "silenced", "ended", "settled"} <= held(folder), "confirmed, then lost"
            mute_script.main(folder)
            assert_told_once_each(folder)
            if ran.is_whole:
                assert kills >= FEWEST_KILLS, "hardly a kill found it at work"
                return
    pytest.fail("it never came to its end")
