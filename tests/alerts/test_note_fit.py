"""What fits on the sheet of a note: nothing is cut while there is room, and what is left off is counted."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digests.note_fit import COLUMNS_MM, LINES, Row, frame_lines, laid_out, shares
from alerts.digests.note_room import lines_of, shortened, whole_words
from alerts.digests.note_sheet import Sheet
from alerts.digests.note_words import NOTE_WORDS, Part
from alerts.route import Language
from alerts.words.bidi import FIRST_STRONG, POP, bare, latin
from tests.support.sheets import BAD_DAY, crowded, many, sheet, wordy

HEADS = NOTE_WORDS[Language.ENGLISH].heads
#: Latin and Urdu letters, and isolates in pairs around some words.
WORDS = st.lists(st.text("aiWm0بسے.,", min_size=1, max_size=40).flatmap(lambda one: st.sampled_from([one, latin(one)])))


def texts(of: Sheet) -> str:
    rows = (row for section in of.sections for row in section.rows)
    return bare(" ".join(part for row in rows for part in (*row.cells, row.under)))


def lines_used(of: Sheet) -> int:
    rows = sum(row.height for section in of.sections for row in section.rows)
    return (
        frame_lines(of.estate, " ".join(of.lead), of.warnings, of.foot)
        + rows
        + sum(bool(section.more) for section in of.sections)
    )


@pytest.mark.parametrize("language", list(Language))
def test_long_texts_are_whole_while_the_sheet_has_room(language: Language) -> None:
    found = sheet(wordy(), language)
    assert "…" not in texts(found)
    assert "is told that the message was not sent" in texts(found)
    assert "DIT/ICT/2017-18/Hosting-and-Mail/0000417-B" in texts(found)
    assert [section.more for section in found.sections] == [""] * len(Part)


@pytest.mark.parametrize("language", list(Language))
def test_rows_are_left_off_before_words_are(language: Language) -> None:
    found = sheet(many(), language)
    assert "…" not in texts(found)
    assert all(section.more for section in found.sections if section.rows)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("day", ["bad", "wordy", "many", "crowded"])
def test_no_sheet_takes_more_lines_than_there_are(language: Language, day: str) -> None:
    known = {"bad": BAD_DAY, "wordy": wordy(), "many": many(), "crowded": crowded(language)}[day]
    assert lines_used(sheet(known, language)) <= LINES[language]


@pytest.mark.parametrize("language", list(Language))
def test_every_section_that_has_rows_shows_one_however_long_they_are(language: Language) -> None:
    assert all(section.rows for section in sheet(crowded(language), language).sections)


def test_a_text_is_shortened_where_another_section_would_have_no_row() -> None:
    long = Row(("1", "mail", "word " * 79 + "end"), presses=True)
    rows = {Part.INCIDENTS: [long], Part.DUTY: [Row(("noc", "aisha", ""))]}
    roomy, narrow = laid_out(rows, HEADS, 30), laid_out(rows, HEADS, 6)
    assert roomy[Part.INCIDENTS][0].cells == long.cells
    assert len(narrow[Part.DUTY]) == 1
    assert re.search("(word )+word…$", narrow[Part.INCIDENTS][0].cells[2])


def test_a_sheet_without_room_shows_no_row() -> None:
    assert laid_out({Part.DUTY: [Row(("noc", "aisha", ""))]}, HEADS, -3) == {Part.DUTY: []}


@given(words=WORDS, lines=st.integers(1, 5), width_mm=st.integers(20, 190), bold=st.booleans())
def test_what_is_shortened_fits_and_leaves_no_isolate_open(
    *, words: list[str], lines: int, width_mm: int, bold: bool
) -> None:
    cut = shortened(" ".join(words), width_mm, lines, bold=bold)
    assert lines_of(cut, width_mm, bold=bold) <= lines
    assert len(re.findall("[\u2066\u2068]", cut)) == cut.count(POP)


@given(st.text("ab ,", max_size=60), st.integers(2, 60))
def test_what_is_cut_ends_behind_a_word_and_is_never_too_long(text: str, max_chars: int) -> None:
    cut = whole_words(text, max_chars)
    assert len(cut) <= max_chars
    if cut != text and " " in text[:max_chars]:
        assert text.startswith(cut[:-1])


def test_a_word_longer_than_a_line_goes_on_in_the_next_ones() -> None:
    assert lines_of("m" * 100, 40) > lines_of("i" * 100, 40) > 1
    assert lines_of("", 40) == lines_of(f"{FIRST_STRONG}noc{POP}", 40) == 1


@given(st.fixed_dictionaries({part: st.lists(st.integers(1, 12), max_size=60) for part in Part}), st.integers(0, 80))
def test_no_section_takes_more_than_the_sheet_has_nor_leaves_room_that_its_next_row_could_use(
    heights: dict[Part, list[int]], lines: int
) -> None:
    given_ = shares(heights, lines)
    left = lines - sum(sum(each[: given_[part]]) for part, each in heights.items())
    assert left >= 0
    assert all(given_[part] == len(each) or each[given_[part]] > left for part, each in heights.items())


def test_columns_are_as_wide_as_the_page_has_them() -> None:
    style = (files("watchdog.web") / "static" / "note.css").read_text("utf-8")
    widths: dict[tuple[str, int], int] = {}
    for selectors, width in re.findall(r"((?:\.\w+ th:nth-child\(\d\)(?:, )?)+) \{ width: (\d+)mm; \}", style):
        for part, place in re.findall(r"\.(\w+) th:nth-child\((\d)\)", selectors):
            widths[part, int(place)] = int(width)
    counted = {
        (part.value, place): width
        for part, columns in COLUMNS_MM.items()
        for place, width in enumerate(columns, start=1)
        if width is not None
    }
    assert widths == counted


@pytest.mark.parametrize("language", list(Language))
def test_a_long_name_of_the_estate_takes_its_lines_from_the_rows(language: Language) -> None:
    short = sheet(many(), language)
    long = replace(short, estate="directorate " * 9)
    assert lines_used(long) > lines_used(short)
