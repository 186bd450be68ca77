import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.dialogues.imap_reply import Reply, ReplyAssembly, ReplyError, ReplyTooLongError, capabilities, parse
from checks.dialogues.imap_string import literal_head, mailbox_name, quotable


def test_a_greeting_is_read_with_its_code() -> None:
    reply = parse("* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot ready.")
    assert (reply.tag, reply.word, reply.code, reply.code_data) == ("*", "OK", "CAPABILITY", "IMAP4rev1 STARTTLS")
    assert reply.text == "Dovecot ready."


@pytest.mark.parametrize("line", ["* OK", "* OK ", "* ok", "* OK [ALERT]"])
def test_a_text_may_be_missing(line: str) -> None:
    assert (parse(line).word, parse(line).text) == ("OK", "")


def test_a_refusal_is_shown_as_it_was_said() -> None:
    reply = parse("N3 NO [AuthenticationFailed] Authentication failed.")
    assert reply.code == "AUTHENTICATIONFAILED"
    assert reply.shown == "NO [AUTHENTICATIONFAILED] Authentication failed."


def test_a_bracket_that_is_never_closed_is_text() -> None:
    assert (parse("* OK [oops").code, parse("* OK [oops").text) == (None, "[oops")


def test_a_number_stands_before_its_word() -> None:
    assert (parse("* 23 EXISTS").number, parse("* 23 EXISTS").word) == (23, "EXISTS")


@pytest.mark.parametrize("line", ["+", "+ ", "+ go on", "+OK POP3 ready"])
def test_a_plus_waits_for_more(line: str) -> None:
    assert parse(line).tag == "+"


@pytest.mark.parametrize(
    "line",
    ["", "*", "* ", "220 mx ESMTP", "N1", "N1 FETCH", "N1 BYE", "N1 PREAUTH x", "HTTP/1.1 400 Bad", "* (x)", "a\0"],
)
def test_what_is_no_response_is_refused(line: str) -> None:
    with pytest.raises(ReplyError, match="is no IMAP response"):
        parse(line)


def fed(*lines: str) -> list[Reply | int]:
    assembly = ReplyAssembly()
    return [assembly.feed(line) for line in lines]


def test_a_literal_is_asked_for_and_the_response_goes_on_behind_it() -> None:
    size, reply = fed('* LIST () "/" {5}', " x")
    assert size == 5
    assert isinstance(reply, Reply)
    assert (reply.word, reply.rest) == ("LIST", '() "/"  x')


@pytest.mark.parametrize("announced", ["{7}", "{7+}", "~{7}"])
def test_every_form_of_a_literal_is_known(announced: str) -> None:
    assert fed(f"* LIST {announced}") == [7]


def test_braces_at_the_end_of_a_text_announce_nothing() -> None:
    (reply,) = fed("* OK see you at {5}")
    assert isinstance(reply, Reply)
    assert fed("* OK [ALERT] see you at {5}")[0] != 5
    assert fed("+ {5}")[0] != 5


def test_a_literal_within_a_code_is_one() -> None:
    size, reply = fed("* NO [BADCHARSET ({5}", ")] no {9}")
    assert size == 5
    assert isinstance(reply, Reply)
    assert (reply.code, reply.text) == ("BADCHARSET", "no {9}")


def test_a_size_without_end_is_refused() -> None:
    assert fed("* LIST {" + "9" * 19 + "}") == [int("9" * 19)]
    with pytest.raises(ReplyTooLongError, match="20 digits"):
        fed("* LIST {" + "9" * 20 + "}")


def test_capabilities_count_in_any_case() -> None:
    assert capabilities("IMAP4rev1 StartTLS auth=plain") == {"IMAP4REV1", "STARTTLS", "AUTH=PLAIN"}


def test_a_text_in_utf_8_is_read_as_meant_and_cannot_move_a_cursor() -> None:
    assert parse("* OK " + "اردو".encode().decode("latin-1")).text == "اردو"
    assert parse("* OK caf\xe9 \x1b[2J").text == r"café \x1b[2J"


_LINES = st.one_of(
    st.text(max_size=300),
    st.from_regex(
        r"(\*|N[0-9]{1,3}) (OK|NO|BAD|BYE|[0-9]{1,22} EXISTS|LIST)( \[[A-Z ]{0,9}\]?)? ?.{0,20}(\{[0-9]{1,25}\+?\})?"
    ),
)


@given(st.lists(_LINES, max_size=20))
def test_nothing_else_than_a_reply_error_comes_of_any_lines(lines: list[str]) -> None:
    assembly = ReplyAssembly()
    for line in lines:
        try:
            reply = assembly.feed(line)
        except ReplyError:
            return
        if isinstance(reply, Reply):
            assert len(reply.text) <= 500
            assert "\n" not in reply.shown
            return
        assert 0 <= reply < 10**19


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n[]{}"), max_size=60))
def test_the_text_of_a_refusal_is_kept(text: str) -> None:
    assert parse(f"N1 NO [LIMIT] {text}").rest == text


@given(st.text(max_size=40))
def test_a_quotable_text_needs_no_escape_and_a_literal_counts_bytes(text: str) -> None:
    assert not (quotable(text) and set(text) & set('"\\\r\n\0'))
    assert literal_head(text) == f"{{{len(text.encode())}}}"


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("INBOX", "INBOX"),
        ("Sent & Received", "Sent &- Received"),
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("وارد", "&BkgGJwYxBi8-"),
        ("a\tb", "a&AAk-b"),
    ],
)
def test_a_mailbox_is_named_in_modified_utf_7(name: str, sent: str) -> None:
    assert mailbox_name(name) == sent


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_mailbox_name_is_always_printable_ascii(name: str) -> None:
    sent = mailbox_name(name)
    assert sent.isascii()
    assert sent.isprintable()
