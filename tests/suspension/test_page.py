import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.suspension.page import find_suspended_page, find_suspended_place, find_suspended_status, heading, visible

PIECES = st.lists(
    st.sampled_from(["<title>", "</title>", "<h1>", "</h1>", "<!--", "-->", "<script>", "</script>", "<", ">", "&amp;"])
    | st.sampled_from(["account suspended", "this account has been suspended", "&#x41;", "&nbsp;", "İ", "\0"])
    | st.text(max_size=20)
)


@given(pieces=PIECES, status=st.integers(), more=st.integers(min_value=0, max_value=10_000))
def test_no_page_makes_the_search_fail(pieces: list[str], status: int, more: int) -> None:
    beginning = "".join(pieces).encode("utf-8", "replace")
    find_suspended_page(beginning, len(beginning) + more, status)


@given(beginning=st.binary(max_size=300), url=st.text(max_size=100), status=st.integers())
def test_neither_bytes_nor_places_make_it_fail(beginning: bytes, url: str, status: int) -> None:
    find_suspended_page(beginning, len(beginning), status)
    find_suspended_place(url)
    find_suspended_status(status)


@given(pieces=PIECES)
def test_what_a_reader_sees_holds_no_whole_tag(pieces: list[str]) -> None:
    text = "".join(pieces).replace("&", "")
    assert "<title>" not in visible(text)


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<p>All <b>is</b>\n well&nbsp;&amp; good</p>", "All is well & good"),
        ("a<!-- b > c -->d", "a d"),
        ("a<!-- b", "a"),
        ("a<SCRIPT>b</SCRIPT >c", "a c"),
        ("a<style>b", "a"),
        ("1 < 2", "1"),
        ("İİİİ<p>b</p>c", "İİİİ b c"),
    ],
)
def test_what_a_reader_sees_is_the_text_between_tags(page: str, seen: str) -> None:
    assert visible(page) == seen


@pytest.mark.parametrize(
    ("page", "tag", "text"),
    [
        ('<title lang="en">Account <b>Suspended</b></title>', "title", "Account Suspended"),
        ("<TITLE>x</TITLE>", "title", "x"),
        ("<h1>never ends", "h1", ""),
        ("no heading", "h1", ""),
        ("</title>x<title", "title", ""),
    ],
)
def test_a_heading_is_the_text_of_the_first_such_element(page: str, tag: str, text: str) -> None:
    assert heading(page, tag) == text


def test_a_long_title_of_brackets_is_read_at_once() -> None:
    assert find_suspended_page(b"<title>suspended" + b"<!--" * 1000, 4096, 200) is None
