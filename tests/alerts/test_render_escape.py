"""Texts from outside lose their power to act, keep their sense, and name nobody by number."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.words.escape import masked, one_line, quoted_lines, visible, wrapped_lines

ANYTHING = st.text(st.characters())


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\r\nBcc: x@example.org", r"a\r\nBcc: x@example.org"),
        ("\x1b[2J", r"\x1b[2J"),
        ("nul\x00", r"nul\x00"),
        ("next\x85line", r"next\x85line"),
        ("line\u2028paragraph\u2029end", r"line\u2028paragraph\u2029end"),
        ("bill \u202egpj.exe", r"bill \u202egpj.exe"),
        ("isolate \u2066x\u2069", r"isolate \u2066x\u2069"),
        ("mark \u200e\u200f\u061c", r"mark \u200e\u200f\u061c"),
        ("\ufeffbom", r"\ufeffbom"),
        ("half \ud800 pair", r"half \ud800 pair"),
        ("tag \U000e0041", r"tag \U000e0041"),
        (r"C:\new", r"C:\new"),
    ],
)
def test_what_acts_is_shown_as_its_escape(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_urdu_stays_as_it_is_written() -> None:
    written = "محکمۂ صحت، خیبر\u200cپختونخوا"  # noqa: RUF001  # Urdu
    assert one_line(written) == written


@pytest.mark.parametrize(
    "number",
    ["35202-1234567-1", "3520212345671", "35202 1234567 1", "35202\u20131234567\u20131", "۳۵۲۰۲-۱۲۳۴۵۶۷-۱"],  # noqa: RUF001  # Urdu digits
)
def test_a_personal_number_is_masked_however_it_is_written(number: str) -> None:
    assert masked(f"paid by {number}, thanks") == "paid by XXXXX-XXXXXXX-X, thanks"


@pytest.mark.parametrize(
    "number",
    [
        "PK36SCBL0000001123456702",
        "1234567-8",
        "12345678901234",
        "134000.00",
        "2017-11-06T12:00:00",
        "bill acme/7000007DI1747119701593: act today",
        "1200000000000.00 PKR",
        "1200000000000 PKR",
        "Rs 1200000000000",
        "STRN: 3277876123456",
        "0300123456789",
        "9123456789012",
    ],
)
def test_other_numbers_are_left_alone(number: str) -> None:
    assert masked(number) == number


def test_a_cut_does_not_leave_most_of_a_personal_number_behind() -> None:
    assert quoted_lines("x" * 10 + " 35202-1234567-1", max_lines=1, max_chars=100, line_chars=18) == [
        "x" * 10 + " XXXXX-…"
    ]


def test_a_long_line_is_cut_with_a_mark() -> None:
    assert one_line("x" * 300) == "x" * 199 + "…"
    assert one_line("x" * 200) == "x" * 200


def test_a_long_quotation_says_how_much_is_missing() -> None:
    text = "\n".join(f"line {number}" for number in range(30))
    shown = quoted_lines(text, max_lines=20, max_chars=1500, line_chars=160)
    assert (len(shown), shown[19], shown[20]) == (21, "line 19", "… 10 more lines")
    assert quoted_lines("ab\ncd\nef", max_lines=9, max_chars=5, line_chars=9) == ["ab", "cd", "… 1 more line"]


def test_line_ends_of_both_kinds_end_a_quoted_line_and_outer_blank_lines_go() -> None:
    assert quoted_lines("\r\n220 ready\r\n\n250 ok \n\n", max_lines=9, max_chars=99, line_chars=99) == [
        "220 ready",
        "",
        "250 ok",
    ]
    assert quoted_lines(" \n\n", max_lines=9, max_chars=99, line_chars=99) == []


def test_wrapping_leaves_nothing_out() -> None:
    assert wrapped_lines("one two three\n\n  - four", 8) == ["one two", "three", "", "  - four"]
    assert wrapped_lines("x" * 20, 8) == ["x" * 8, "x" * 8, "x" * 4]


def acts(mark: str) -> bool:
    return unicodedata.category(mark) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and mark not in "\u200c\u200d"


@given(ANYTHING)
def test_nothing_that_acts_survives(text: str) -> None:
    shown = visible(text)
    assert not any(map(acts, shown))
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")


@given(ANYTHING)
def test_escaping_twice_changes_nothing_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert one_line(one_line(text)) == one_line(text)


@given(ANYTHING, st.integers(1, 40), st.integers(40, 400), st.integers(10, 40))
def test_a_quotation_keeps_its_bounds(text: str, max_lines: int, max_chars: int, line_chars: int) -> None:
    lines = quoted_lines(text, max_lines=max_lines, max_chars=max_chars, line_chars=line_chars)
    quoted = lines[:-1] if lines and lines[-1].startswith("… ") else lines
    assert len(quoted) <= max_lines
    assert sum(map(len, quoted)) <= max_chars
    assert all(len(line) <= line_chars for line in quoted)
    assert not any(map(acts, "".join(lines)))


@given(ANYTHING, st.integers(10, 80))
def test_wrapped_lines_keep_their_width(text: str, width: int) -> None:
    lines = wrapped_lines(text, width)
    assert all(len(line) <= width for line in lines)
    assert not any(map(acts, "".join(lines)))


@given(st.text("0123456789-", min_size=13, max_size=40))
def test_thirteen_digits_alone_never_survive_where_a_province_is_in_front(text: str) -> None:
    assert not any(len(run) == 13 and run[0] in "12345678" for run in masked(text).split("-"))


@given(st.from_regex(r"[0-9]{7}DI[0-9]{13}", fullmatch=True))
def test_the_number_of_a_digital_invoice_is_shown_whole(number: str) -> None:
    assert one_line(f"bill acme/{number}: act today") == f"bill acme/{number}: act today"
