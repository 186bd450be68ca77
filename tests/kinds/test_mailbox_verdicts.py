"""Whatever an IMAP or POP3 server refuses with, it has a cause and can be shown."""

from hypothesis import given
from hypothesis import strategies as st

from checks.dialogues import imap, imap_reply, imap_verdict, pop3, pop3_reply, pop3_verdict
from checks.model import Cause, Status

_CODES = st.one_of(
    st.sampled_from(["AUTH", "SYS/TEMP", "IN-USE", "AUTHENTICATIONFAILED", "EXPIRED", "CONTACTADMIN", "UNAVAILABLE"]),
    st.text(max_size=20),
)


@given(st.sampled_from(imap.Stage), st.sampled_from(["NO", "BAD", "BYE"]), st.none() | _CODES, st.text(max_size=200))
def test_an_imap_refusal_is_a_fault_of_one_line(stage: imap.Stage, word: str, code: str | None, text: str) -> None:
    reply = imap_reply.Reply(tag="*", word=word, code=code, rest=text)
    fault = imap_verdict.fault_of(imap.RefusedError(stage, reply, said=reply.shown))
    assert fault.cause is not Cause.NONE
    assert fault.status is not Status.OK
    assert fault.text.isprintable()


@given(st.sampled_from(pop3.Stage), st.none() | _CODES, st.text(max_size=200))
def test_a_pop3_refusal_is_a_fault_of_one_line(stage: pop3.Stage, code: str | None, text: str) -> None:
    reply = pop3_reply.Reply(is_ok=False, code=code, rest=text)
    fault = pop3_verdict.fault_of(pop3.RefusedError(stage, reply, said=reply.shown))
    assert fault.cause is not Cause.NONE
    assert fault.status is not Status.OK
    assert fault.text.isprintable()
