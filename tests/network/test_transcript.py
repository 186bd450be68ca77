from hypothesis import given
from hypothesis import strategies as st

from checks.network import caps
from checks.network.transcript import Transcript, clipped, escaped
from tests.support.network import Stopwatch


def test_entries_carry_the_time_since_the_start() -> None:
    clock = Stopwatch()
    transcript = Transcript(clock)
    clock.now_s += 0.0125
    transcript.add("connected to {} port {}", "192.0.2.1", 25)
    assert transcript.text() == "+0.013 connected to 192.0.2.1 port 25"


def test_braces_from_outside_are_only_text() -> None:
    transcript = Transcript(Stopwatch())
    transcript.add("< {}", "{0.__class__} {} }{")
    assert transcript.text() == "+0.000 < {0.__class__} {} }{"


def test_of_too_many_entries_the_first_and_the_last_are_kept() -> None:
    transcript = Transcript(Stopwatch())
    for number in range(10_000):
        transcript.add("{}", number)
    lines = transcript.text().splitlines()
    assert (lines[0], lines[-1]) == ("+0.000 0", "+0.000 9999")
    assert lines[200] == "… 9760 entries left out …"
    assert len(lines) == 241


def test_a_long_text_keeps_its_two_ends_within_the_cap() -> None:
    transcript = Transcript(Stopwatch())
    for number in range(200):
        transcript.add("{} {}", number, clipped("ن" * 10_000))
    text = transcript.text()
    assert len(text.encode()) <= caps.TRANSCRIPT_BYTES
    assert text.startswith("+0.000 0 ن")
    assert "… cut …" in text
    assert text.endswith("(10000 characters)")


def test_a_clipped_line_says_how_long_it_was() -> None:
    assert clipped("short") == "short"
    assert clipped("x" * 501) == "x" * 500 + "… (501 characters)"


@given(st.text())
def test_nothing_escaped_can_move_a_cursor_or_break_a_line(text: str) -> None:
    assert escaped(text).isprintable()


@given(st.lists(st.text(max_size=50), max_size=5))
def test_every_entry_is_one_line(texts: list[str]) -> None:
    transcript = Transcript(Stopwatch())
    for text in texts:
        transcript.add("{}", text)
    assert len(transcript.text().splitlines()) == len(texts)
