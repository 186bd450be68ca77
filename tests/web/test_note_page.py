"""The page of the daily note: texts in their own direction, and on paper no more lines than were counted."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from alerts.digests.note_fit import CAPS
from alerts.digests.note_sheet import Sheet
from alerts.route import Language
from alerts.words.bidi import latin, name
from tests.support.sheets import sheet, wordy
from watchdog.web.note_page import is_foreign, note_html, pieces


def html(of: Sheet) -> str:
    return note_html(of, stands_alone=True).decode()


def test_english_within_urdu_stands_in_elements_of_its_own_direction() -> None:
    page = html(sheet(wordy(), Language.URDU))
    assert '<bdi dir="ltr">mx1.example.gov.pk:25 refused the connection, and mx2' in page
    assert '<bdi dir="auto">Health Department</bdi>' in page
    assert not re.search("[\u2066-\u2069]", page.partition("<body>")[2])


def test_a_cell_all_in_english_begins_at_the_left_of_its_own_lines() -> None:
    page = html(sheet(wordy(), Language.URDU))
    assert re.search(r'<div class="l\d+" dir="ltr"><bdi dir="ltr">mx1\.example', page)
    assert re.search(r'<div class="l\d">16 نومبر 2017</div>', page)


def test_a_sheet_in_english_turns_nothing() -> None:
    assert "dir=" not in html(sheet(wordy())).partition("<body>")[2]


@pytest.mark.parametrize(
    ("text", "direction", "foreign"),
    [
        (latin("certificate"), "rtl", True),
        (name("محکمہ"), "rtl", False),
        ("134,000 روپے", "rtl", False),
        ("2017", "rtl", False),
        ("certificate", "ltr", False),
    ],
)
def test_what_runs_against_its_sheet_is_told_by_its_letters(text: str, direction: str, *, foreign: bool) -> None:
    assert is_foreign(text, direction) is foreign


def test_what_is_isolated_is_told_apart_from_the_rest() -> None:
    said = f"کھلے بل: {latin('INV-7')}، {name('Acme')}"
    assert pieces(said) == [("", "کھلے بل: "), ("ltr", "INV-7"), ("", "، "), ("auto", "Acme")]


def test_markup_within_a_text_stays_text() -> None:
    hostile = replace(sheet(wordy(), Language.URDU), estate=name("<script>alert(1)</script>"))
    assert '<bdi dir="auto">&lt;script&gt;' in html(hostile)
    assert "<script" not in html(hostile)


def test_the_style_knows_every_number_of_lines_that_is_counted() -> None:
    style = (files("watchdog.web") / "static" / "note.css").read_text("utf-8")
    clamps = re.findall(r"\.l(\d+) \{ -webkit-line-clamp: (\d+); \}", style)
    assert clamps == [(str(lines), str(lines)) for lines in range(1, CAPS[0] + 1)]
