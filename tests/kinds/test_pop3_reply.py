import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.dialogues.pop3_reply import ReplyError, capabilities, message_count, parse


def test_consent_is_read_with_its_text() -> None:
    reply = parse("+OK Dovecot ready. <6c5.1@mail>")
    assert (reply.is_ok, reply.code, reply.text) == (True, None, "Dovecot ready. <6c5.1@mail>")


@pytest.mark.parametrize("line", ["+OK", "+ok", "+OK "])
def test_a_text_may_be_missing(line: str) -> None:
    assert (parse(line).is_ok, parse(line).text) == (True, "")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("-ERR [AUTH] no", "AUTH"),
        ("-ERR [sys/temp] later", "SYS/TEMP"),
        ("-ERR [LOGIN-DELAY] slowly", "LOGIN-DELAY"),
        ("-ERR [IN-USE]", "IN-USE"),
        ("-ERR no [AUTH]", None),
        ("-ERR [] no", None),
        ("-ERR [AUTH no", None),
    ],
)
def test_a_code_stands_first_or_is_text(line: str, code: str | None) -> None:
    assert (parse(line).is_ok, parse(line).code) == (False, code)


@pytest.mark.parametrize("line", ["", "+", "+ ", "OK", "+OKAY", "-ERROR x", "220 mx", "* OK IMAP", "-", "HTTP/1.1 400"])
def test_what_is_no_response_is_refused(line: str) -> None:
    with pytest.raises(ReplyError, match="is no POP3 response"):
        parse(line)


def test_capabilities_have_parameters() -> None:
    assert capabilities(["TOP", "sasl PLAIN LOGIN", "", "STLS"]) == {"TOP": "", "SASL": "PLAIN LOGIN", "STLS": ""}


@pytest.mark.parametrize("text", ["", "many", "1", "-1 2", "1 2a", "9999999999 1", "٢ ٣"])
def test_what_counts_no_messages_is_refused(text: str) -> None:
    with pytest.raises(ReplyError, match="does not count"):
        message_count(text)


def test_messages_are_counted_whatever_else_is_said() -> None:
    assert (message_count("2 320"), message_count("0 0 octets")) == (2, 0)


@given(st.text(max_size=2100))
def test_nothing_else_than_a_reply_error_comes_of_any_line(line: str) -> None:
    try:
        reply = parse(line)
    except ReplyError:
        return
    assert len(reply.text) <= 500
    assert "\n" not in reply.shown


@given(st.booleans(), st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="["), max_size=60))
def test_what_a_server_writes_is_read_back(is_ok: bool, text: str) -> None:  # noqa: FBT001  # as hypothesis hands it in
    reply = parse(f"{'+OK' if is_ok else '-ERR'} {text}")
    assert (reply.is_ok, reply.rest) == (is_ok, text)
