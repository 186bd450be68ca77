"""How the story looks on a terminal of 80 columns."""

import io
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.demo.inbox import Letter
from watchdog.demo.showing import has_colour
from watchdog.demo.terminal import COLUMNS, Terminal, excerpt

AT = datetime(2026, 11, 22, 2, 14, 31, tzinfo=UTC)


def terminal(*, has_colour: bool = False) -> tuple[Terminal, io.StringIO]:
    out = io.StringIO()
    return Terminal(out=out, zone=ZoneInfo("Asia/Karachi"), has_colour=has_colour), out


def letter(subject: str, text: str) -> Letter:
    return Letter(recipient="noc@example.org", subject=subject, text=text, at=AT)


def test_a_message_is_shown_as_a_person_reads_it() -> None:
    screen, out = terminal()
    screen.letter(
        letter(
            "DUE Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7: act now, due Wed 25 Nov 2026",
            "Not settled yet.\n\n  Act by  Wed 4 Nov 2026; payment usually takes 15 working days of the office\n",
        )
    )
    assert out.getvalue().splitlines() == [
        "",
        "07:14:31  Mail to noc@example.org",
        "          | DUE Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7: act now, due Wed",
        "          | 25 Nov 2026",
        "          |",
        "          | Not settled yet.",
        "          |",
        "          |   Act by  Wed 4 Nov 2026; payment usually takes 15 working days of",
        "          |           the office",
        "",
    ]


def test_paragraphs_never_stand_more_than_one_blank_line_apart() -> None:
    screen, out = terminal()
    screen.title("One")
    screen.quote(["first", "", "second"])
    screen.letter(letter("DOWN", "text"))
    screen.title("Two")
    assert "\n\n\n" not in out.getvalue()


@given(
    subject=st.text(),
    text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\n \t\x1b")), max_size=2000),
)
def test_nothing_that_comes_from_outside_moves_a_cursor_or_leaves_the_columns(subject: str, text: str) -> None:
    screen, out = terminal()
    screen.letter(letter(subject, text))
    screen.quote(text.split("\n"))
    screen.say(AT, text)
    lines = out.getvalue().split("\n")
    assert max(map(len, lines)) <= COLUMNS
    joiners = {"\u200c", "\u200d"}  # without them Urdu is spelt wrongly
    acting = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not {mark for mark in set("".join(lines)) - joiners if unicodedata.category(mark) in acting}


def test_a_terminal_of_another_alphabet_shows_what_it_can() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Terminal(out=out, zone=ZoneInfo("UTC")).explain("نگہبان watches")
    assert raw.getvalue() == b"?????? watches\n"


def test_what_is_down_is_red_what_is_over_green_and_the_text_plain() -> None:
    screen, out = terminal(has_colour=True)
    for word in ("DOWN", "RESOLVED", "DUE"):
        screen.letter(letter(f"{word} it", "text"))
    shown = out.getvalue()
    assert "          | \x1b[1;31mDOWN it\x1b[0m\n" in shown
    assert "          | \x1b[1;32mRESOLVED it\x1b[0m\n" in shown
    assert "          | \x1b[1;33mDUE it\x1b[0m\n" in shown
    assert "          | text\n" in shown


def test_a_line_that_changes_is_only_for_a_person_and_gives_way_to_the_next_sentence() -> None:
    out = io.StringIO()
    screen = Terminal(out=out, zone=ZoneInfo("Asia/Karachi"), is_live=True)
    screen.live(AT, "99 of 100")
    screen.live(AT, "100 of 100")
    screen.explain("full")
    assert out.getvalue() == "\r\x1b[K07:14:31  99 of 100\r\x1b[K07:14:31  100 of 100\r\x1b[Kfull\n"
    piped, shown = terminal()
    piped.live(AT, "99 of 100")
    assert shown.getvalue() == ""


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "environ", "coloured"),
    [
        (_Tty(), {"TERM": "xterm"}, True),
        (_Tty(), {"TERM": "xterm", "NO_COLOR": ""}, True),
        (_Tty(), {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (_Tty(), {"TERM": "dumb"}, False),
        (_Tty(), {}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
    ],
)
def test_colours_are_only_for_a_person_who_did_not_refuse_them(
    out: io.StringIO, environ: dict[str, str], *, coloured: bool
) -> None:
    assert has_colour(out, environ) is coloured


def test_a_long_text_ends_with_a_whole_paragraph_and_says_what_is_missing() -> None:
    lines = ["a", "b", "", "c", "d", "", "e", "f", "", "Proof", "  | g"]
    assert excerpt(lines, 7) == ["a", "b", "", "c", "d", "", "(6 more lines, the proof among them)"]
    assert excerpt(lines, 11) == lines


def test_one_endless_paragraph_is_cut_where_the_room_ends() -> None:
    assert excerpt(["a"] * 9, 4) == ["a", "a", "a", "a", "", "(5 more lines)"]
