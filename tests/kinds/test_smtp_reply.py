import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.dialogues.smtp_reply import MAX_LINES, ReplyAssembly, ReplyError, ReplyTooLongError, capabilities, parse

_TEXTS = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60)


def test_one_line_is_a_reply() -> None:
    reply = parse(["220 mail.example.org ESMTP"])
    assert (reply.code, reply.enhanced, reply.lines) == (220, None, ("mail.example.org ESMTP",))


def test_a_line_without_text_is_a_reply() -> None:
    assert parse(["250"]).lines == ("",)


def test_enhanced_codes_are_told_from_the_text() -> None:
    reply = parse(["550-5.2.1 The account", "550 5.2.1 is disabled"])
    assert (reply.enhanced, reply.text) == ("5.2.1", "The account is disabled")


def test_an_enhanced_code_of_another_class_stays_text() -> None:
    assert parse(["250 5.2.1 odd"]).enhanced is None


def test_an_address_in_the_text_is_no_enhanced_code() -> None:
    assert parse(["550 5.1.2.3 is listed"]).enhanced is None


@pytest.mark.parametrize("line", ["", "2", "22", "hello", "1234 x", "620 x", "100 x", "220_x", "HTTP/1.1 400", "٢٢٠ x"])
def test_what_is_no_reply_is_refused(line: str) -> None:
    with pytest.raises(ReplyError, match="is no SMTP reply"):
        parse([line])


def test_a_code_that_changes_within_a_reply_is_refused() -> None:
    with pytest.raises(ReplyError, match="changes its code from 250 to 550"):
        parse(["250-a", "550 b"])


def test_an_endless_reply_ends_at_the_cap() -> None:
    assembly = ReplyAssembly()
    assert [assembly.feed("220-and on") for _ in range(MAX_LINES - 1)] == [None] * (MAX_LINES - 1)
    with pytest.raises(ReplyTooLongError):
        assembly.feed("220-and on")


def test_capabilities_are_read_from_ehlo_without_its_greeting() -> None:
    ehlo = parse(["250-AUTH mail.example.org", "250-SIZE 1000", "250-auth plain login", "250 AUTH=CRAM-MD5"])
    assert capabilities(ehlo) == {"SIZE": "1000", "AUTH": "plain login CRAM-MD5"}


@given(st.integers(200, 599), st.lists(_TEXTS, min_size=1, max_size=20))
def test_what_a_server_writes_is_read_back(code: int, texts: list[str]) -> None:
    lines = [f"{code}-{text}" for text in texts[:-1]] + [f"{code} {texts[-1]}"]
    reply = parse(lines)
    assert reply.code == code
    assert len(reply.lines) == len(texts)
    assert all(text.endswith(kept) for text, kept in zip(texts, reply.lines, strict=True))


@given(st.lists(st.text(max_size=2100), max_size=120))
def test_nothing_else_than_a_reply_error_comes_of_any_lines(lines: list[str]) -> None:
    try:
        reply = parse(lines)
    except ReplyError:
        return
    assert 200 <= reply.code < 600
    assert len(reply.text) <= 500
