"""`nigehban note`: one sheet of what the daemon has written, when nobody answers any more."""

import json
from pathlib import Path

import pytest

from tests.support.page_estate import NOW, page_estate
from watchdog.cli.note_asking import note


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The estate of a bad Monday, whose daemon is gone."""
    place = tmp_path_factory.mktemp("estate")
    with page_estate(place):
        pass
    return place


def printed(folder: Path, *, config: str = "nigehban.yaml", **asked: str | bool) -> int:
    said = {"day": "", "office": "", "language": "en", "as_html": False, "as_json": False, **asked}
    return note(config=folder / config, state=folder / "state", environ={}, clock=lambda: NOW, **said)  # type: ignore[arg-type]


def test_it_says_what_is_wrong_what_must_be_paid_and_what_lapses(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(folder) == 0
    shown = capsys.readouterr().out
    for words in (
        "Daily note for Mon 23 Nov 2026",
        "refuses mail: the",
        "Rs 134,000 (Rs 1.34 lakh)",
        "certificate of mx1.example.gov.pk:25",
        "Printed at 03:07 on Mon 23 Nov 2026.",
    ):
        assert words in shown


def test_scripts_find_the_same_cells_in_every_language(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(folder, as_json=True, language="ur") == 0
    bills = json.loads(capsys.readouterr().out)["sections"][1]
    assert bills["id"] == "bills"
    assert list(bills["rows"][0]) == ["bill", "vendor", "amount", "due", "act_by", "more", "presses"]


def test_the_page_to_print_needs_no_other_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(folder, as_html=True, language="ur") == 0
    page = capsys.readouterr().out
    assert 'lang="ur" dir="rtl"' in page
    assert "@page { size: A4" in page
    assert "<link" not in page
    assert "<script" not in page


def test_without_settings_bills_still_stand_on_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(folder, config="nowhere.yaml") == 0
    said = capsys.readouterr()
    assert "INV-7" in said.out
    assert "Nobody can say" in said.out
    assert "times are in UTC" in said.err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"day": "20261201"}, "--date: must be a day"),
        ({"day": "2026-13-01"}, "--date: must be a day"),
        ({"day": "2026-11-22"}, "--date: 2026-11-22 is over"),
        ({"office": "moon"}, "--office: there is no moon; there are: hq"),
        ({"language": "fr"}, "--language: must be en or ur"),
        ({"as_html": True, "as_json": True}, "give one of --html and --json"),
    ],
)
def test_wrong_use_is_said_with_what_would_be_right(
    folder: Path, capsys: pytest.CaptureFixture[str], asked: dict[str, str | bool], said: str
) -> None:
    assert printed(folder, **asked) == 2  # type: ignore[arg-type]  # of values of options
    assert said in capsys.readouterr().err


def test_no_database_is_said_and_nothing_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nigehban.yaml").write_text("estate: {name: A, time_zone: Asia/Karachi}\n", "utf-8")
    assert printed(tmp_path) == 1
    assert not capsys.readouterr().out
