"""How long history is kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.settings_files import HEAD, load_text, problems_of
from watchdog.settings.values import Retention


def test_left_out_it_is_kept_for_years(tmp_path: Path) -> None:
    kept = load_text(tmp_path, HEAD).history
    assert kept == Retention()
    assert (kept.looks, kept.hours, kept.days) == (timedelta(days=90), timedelta(days=400), timedelta(days=3650))


def test_each_level_has_a_time_of_its_own(tmp_path: Path) -> None:
    kept = load_text(tmp_path, HEAD + "history: {looks: 30d, hours: 30d}\n").history
    assert (kept.looks, kept.hours, kept.days) == (timedelta(days=30), timedelta(days=30), timedelta(days=3650))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{looks: 1d}", "at least 2d"),
        ("{looks: 500d}", "hours must be kept at least as long as looks"),
        ("{days: 300d}", "days must be kept at least as long as hours"),
        ("{looks: 90}", "expected"),
        ("{weeks: 3d}", "weeks"),
    ],
)
def test_what_cannot_be_kept_is_refused(tmp_path: Path, written: str, said: str) -> None:
    (problem,) = problems_of(tmp_path, f"{HEAD}history: {written}\n")
    assert said in problem
