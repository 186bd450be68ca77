import asyncio
from collections.abc import Mapping, Sequence

import pytest
from pydantic import ValidationError

from checks.mail import pop3
from checks.model import Cause, Finding, Status
from checks.network.errors import ProbeError
from checks.network.values import TlsFault, TlsSession
from checks.secret import Secret
from tests.support.fake_network import FakeNetwork, ScriptedServer, context, look, tls

PASSWORD = Secret("mail", lambda: "hunter2")
UNTRUSTED = tls(faults=[TlsFault(cause=Cause.TLS_UNTRUSTED, text="self-signed")])
MISMATCHED = tls(faults=[TlsFault(cause=Cause.TLS_NAME_MISMATCH, text="is for another name")])
CAPA = ("+OK", "TOP", "STLS", "SASL PLAIN LOGIN", ".")
ONLY_USER = ("+OK", "USER", "STLS", ".")
TOKEN = "AHByb2JlAGh1bnRlcjI="


def server(
    session: TlsSession | None = None,
    greeting: Sequence[str] = ("+OK ready <1.2@mail>",),
    answers: Mapping[str, Sequence[str]] | None = None,
) -> ScriptedServer:
    usual: Mapping[str, Sequence[str]] = {
        "CAPA": CAPA,
        "STLS": ("+OK begin",),
        "AUTH PLAIN": ("+ ",),
        TOKEN: ("+OK in",),
        "USER": ("+OK",),
        "PASS": ("+OK in",),
        "STAT": ("+OK 3 4711",),
        "QUIT": ("+OK bye",),
    }
    return ScriptedServer({**usual, **(answers or {})}, greeting=greeting, session=session or tls())


def seen(peer: ScriptedServer, **options: object) -> Finding:
    (finding,) = asyncio.run(
        look(pop3.KIND, {"host": "mail.example.org", **options}, context(FakeNetwork(server=peer)))
    )
    return finding


def logged_in(peer: ScriptedServer, **options: object) -> Finding:
    return seen(peer, user="probe", password=PASSWORD, **options)


def test_a_server_that_greets_over_tls_is_ok() -> None:
    peer = server()
    finding = seen(peer)
    assert (finding.status, finding.subject) == (Status.OK, "mail.example.org:995")
    assert peer.sent == ["CAPA", "QUIT"]
    assert [one.name for one in finding.measurements] == ["connect_s", "tls_s", "greeting_s", "total_s"]


def test_stls_is_followed_by_a_second_question_for_capabilities() -> None:
    peer = server()
    assert seen(peer, port=110).status is Status.OK
    assert peer.sent == ["CAPA", "STLS", "CAPA", "QUIT"]


def test_a_user_logs_in_and_the_messages_are_counted() -> None:
    peer = server()
    finding = logged_in(peer)
    assert finding.summary == "mail.example.org:995 encrypts, greets, lets the user in and opens the mailbox"
    assert peer.shown == ["CAPA", "AUTH PLAIN", "***", "STAT", "QUIT"]
    assert {one.name: one.value for one in finding.measurements}["messages"] == 3


def test_user_and_pass_take_the_place_of_plain_where_only_they_are_offered() -> None:
    peer = server(answers={"CAPA": ONLY_USER})
    assert logged_in(peer).status is Status.OK
    assert peer.sent[1:3] == ["USER probe", "PASS hunter2"]
    assert peer.shown[2] == "PASS ***"


def test_a_server_from_before_capabilities_is_asked_for_encryption_and_login_all_the_same() -> None:
    peer = server(answers={"CAPA": ("-ERR unknown command",)})
    assert logged_in(peer, tls="starttls").status is Status.OK
    assert [line.split()[0] for line in peer.sent] == ["CAPA", "STLS", "CAPA", "USER", "PASS", "STAT", "QUIT"]


def test_a_line_of_capabilities_may_begin_with_a_dot() -> None:
    peer = server(answers={"CAPA": ("+OK", "..odd", "USER", ".")})
    assert logged_in(peer).status is Status.OK


@pytest.mark.parametrize(
    ("said", "status", "cause"),
    [
        ("-ERR [AUTH] Authentication failed.", Status.CRITICAL, Cause.AUTH_FAILED),
        ("-ERR Invalid login", Status.CRITICAL, Cause.AUTH_FAILED),
        ("-ERR [SYS/TEMP] Temporary authentication failure.", Status.CRITICAL, Cause.REJECTED),
        ("-ERR [SYS/PERM] not enabled for POP", Status.CRITICAL, Cause.REJECTED),
        ("-ERR [SYS/PERM] Your account has been suspended", Status.CRITICAL, Cause.SUSPENDED),
        ("-ERR [AUTH] account has expired", Status.CRITICAL, Cause.SUSPENDED),
        ("-ERR [LOGIN-DELAY] wait 300 seconds", Status.UNKNOWN, Cause.RATE_LIMITED),
        ("-ERR Maximum number of connections from user+IP exceeded", Status.UNKNOWN, Cause.RATE_LIMITED),
        ("-ERR [IN-USE] maildrop locked", Status.WARNING, Cause.REJECTED),
        ("-ERR [AUTH] account is locked", Status.CRITICAL, Cause.AUTH_FAILED),
        ("-ERR maildrop already locked", Status.WARNING, Cause.REJECTED),
        ("-ERR login: mailbox is locked by another POP3 session", Status.WARNING, Cause.REJECTED),
        ("-ERR internal error, try later", Status.CRITICAL, Cause.REJECTED),
    ],
)
@pytest.mark.parametrize("capabilities", [CAPA, ONLY_USER])
def test_a_refused_login_has_its_cause(capabilities: Sequence[str], said: str, status: Status, cause: Cause) -> None:
    finding = logged_in(server(answers={"CAPA": capabilities, TOKEN: (said,), "PASS": (said,)}))
    assert (finding.status, finding.cause) == (status, cause)
    assert finding.summary == f"mail.example.org:995 answers the login with {said}"


def test_a_refusal_before_the_password_ends_the_login() -> None:
    peer = server(answers={"AUTH PLAIN": ("-ERR [SYS/TEMP] later",)})
    assert logged_in(peer).cause is Cause.REJECTED
    assert TOKEN not in peer.sent


@pytest.mark.parametrize(
    ("greeting", "status", "cause"),
    [
        ("-ERR closed for maintenance", Status.CRITICAL, Cause.REJECTED),
        ("-ERR Too many connections", Status.UNKNOWN, Cause.RATE_LIMITED),
        ("-ERR this domain: account suspended", Status.CRITICAL, Cause.SUSPENDED),
    ],
)
def test_a_server_that_refuses_at_once_has_its_reasons(greeting: str, status: Status, cause: Cause) -> None:
    finding = seen(server(greeting=(greeting,)))
    assert (finding.status, finding.cause) == (status, cause)


@pytest.mark.parametrize(
    "answers", [{"CAPA": ("+OK", "SASL PLAIN", ".")}, {"STLS": ("-ERR no",)}], ids=["stripped", "refused"]
)
def test_a_stripped_stls_is_found_and_gets_no_password(answers: Mapping[str, Sequence[str]]) -> None:
    peer = server(answers=answers)
    finding = logged_in(peer, tls="starttls", allow_plain_password=True)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_MISSING)
    assert not [line for line in peer.sent if line.startswith(("AUTH", "USER", "PASS"))]


@pytest.mark.parametrize("session", [UNTRUSTED, MISMATCHED])
@pytest.mark.parametrize("encryption", ["starttls", "implicit"])
def test_a_password_never_travels_over_a_session_that_cannot_be_trusted(session: TlsSession, encryption: str) -> None:
    peer = server(session, answers={"CAPA": ONLY_USER})
    finding = logged_in(peer, tls=encryption, allow_plain_password=True)
    assert (finding.status, finding.cause) == (Status.CRITICAL, session.faults[0].cause)
    assert not [line for line in peer.sent if line.startswith(("AUTH", "USER", "PASS"))]


def test_a_plain_password_is_sent_only_where_that_is_allowed_and_taken() -> None:
    peer = server()
    assert logged_in(peer, tls="none", allow_plain_password=True).status is Status.OK
    assert TOKEN in peer.sent
    strict = server(answers={"CAPA": ("+OK", "STLS", ".")})
    finding = logged_in(strict, tls="none", allow_plain_password=True)
    assert (finding.cause, strict.sent) == (Cause.TLS_MISSING, ["CAPA", "QUIT"])


@pytest.mark.parametrize(
    ("greeting", "answers", "complaint"),
    [
        (("220 mx.example.org ESMTP",), {}, "the greeting is no POP3 response: '220 mx.example.org ESMTP'"),
        (("* OK IMAP",), {}, "the greeting is no POP3 response"),
        (("+OK", "+OK"), {}, "the greeting goes on before a command is said"),
        (("+OK",), {"CAPA": ("+OK", "USER")}, "closed the connection"),
        (("+OK",), {"AUTH PLAIN": ("+OK in",)}, "lets in whoever asks, without a password"),
        (("+OK",), {"STAT": ("+OK many",)}, "the answer to STAT does not count the messages: 'many'"),
    ],
)
def test_what_is_no_pop3_is_told_with_the_words_that_came(
    greeting: Sequence[str], answers: Mapping[str, Sequence[str]], complaint: str
) -> None:
    with pytest.raises(ProbeError, match=complaint) as failed:
        logged_in(server(greeting=greeting, answers=answers))
    assert failed.value.cause is Cause.PROTOCOL


@pytest.mark.parametrize("said", ["-ERR you said hunter2 AHByb2JlAGh1bnRlcjI=", "-ERR [HUNTER2] no", "hunter2?"])
@pytest.mark.parametrize("capabilities", [CAPA, ONLY_USER])
def test_a_secret_that_the_server_quotes_is_shown_nowhere(capabilities: Sequence[str], said: str) -> None:
    peer = server(answers={"CAPA": capabilities, TOKEN: (said,), "PASS": (said,)})
    try:
        told = repr(logged_in(peer))
    except ProbeError as error:
        told = error.detail
    assert "***" in told
    assert "hunter2" not in told.lower()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"user": "x"}, "user and password belong together"),
        ({"user": "x", "password": PASSWORD, "tls": "none"}, "a password is not sent without TLS"),
        ({"user": "x\r\nDELE 1", "password": PASSWORD}, "must be one line"),
        ({"mailbox": "INBOX"}, "Extra inputs are not permitted"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        pop3.Options.model_validate({"host": "mail.example.org", **options})


@pytest.mark.parametrize(("options", "port"), [({}, 995), ({"tls": "starttls"}, 110), ({"port": 1110}, 1110)])
def test_port_and_encryption_follow_from_each_other(options: dict[str, object], port: int) -> None:
    assert pop3.Options.model_validate({"host": "mail", **options}).dialled_port == port
