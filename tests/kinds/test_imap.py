import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest
from pydantic import ValidationError

from checks.mail import imap
from checks.model import Cause, Finding, Status
from checks.network.errors import ProbeError
from checks.network.values import TlsFault, TlsSession
from checks.secret import Secret
from tests.support.fake_network import FakeNetwork, ScriptedServer, context, look, tls

UNTRUSTED = tls(faults=[TlsFault(cause=Cause.TLS_UNTRUSTED, text="self-signed")])
MISMATCHED = tls(faults=[TlsFault(cause=Cause.TLS_NAME_MISMATCH, text="is for another name")])

Answers: TypeAlias = Mapping[str, Sequence[str]]
USUAL: Answers = {
    "CAPABILITY": ("* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN", "{tag} OK done"),
    "STARTTLS": ("{tag} OK begin TLS now",),
    "AUTHENTICATE": ("+ ",),
    "AHByb2JlAGh1bnRlcjI=": ("{tag} OK welcome",),
    "LOGIN": ("{tag} OK welcome",),
    "EXAMINE": ("* FLAGS (\\Seen)", "* 23 EXISTS", "{tag} OK [READ-ONLY] opened"),
    "LOGOUT": ("* BYE bye", "{tag} OK done"),
}
ONLY_LOGIN = ("* CAPABILITY IMAP4rev1 STARTTLS", "{tag} OK done")


def secret(text: str = "hunter2") -> Secret:
    return Secret("mail", lambda: text)


@dataclass(slots=True)
class ImapServer(ScriptedServer):
    """Answers by the verb behind the tag, or by the whole of a line that continues a command; `tag` is put in."""

    verbs: list[str] = field(default_factory=list)
    tag: str = "*"

    def _answer(self, line: str) -> Sequence[str]:
        verb = line
        if line.startswith("N") and " " in line:
            self.tag, verb, *_ = line.split(" ")
        self.verbs.append(verb)
        return [said.replace("{tag}", self.tag) for said in self.answers[verb]]


def server(
    session: TlsSession | None = None, greeting: Sequence[str] = ("* OK ready",), answers: Answers | None = None
) -> ImapServer:
    return ImapServer({**USUAL, **(answers or {})}, greeting=greeting, session=session or tls())


def seen(peer: ImapServer, **options: object) -> Finding:
    (finding,) = asyncio.run(
        look(imap.KIND, {"host": "mail.example.org", **options}, context(FakeNetwork(server=peer)))
    )
    return finding


def logged_in(peer: ImapServer, known: str = "hunter2", **options: object) -> Finding:
    return seen(peer, user="probe", password=secret(known), **options)


def test_a_server_that_greets_over_tls_is_ok() -> None:
    peer = server()
    finding = seen(peer)
    assert (finding.status, finding.subject) == (Status.OK, "mail.example.org:993")
    assert finding.summary == "mail.example.org:993 encrypts and greets"
    assert peer.verbs == ["CAPABILITY", "LOGOUT"]
    assert [one.name for one in finding.measurements] == ["connect_s", "tls_s", "greeting_s", "total_s"]


def test_starttls_is_followed_by_a_second_question_for_capabilities() -> None:
    peer = server()
    assert seen(peer, port=143).status is Status.OK
    assert peer.verbs == ["CAPABILITY", "STARTTLS", "CAPABILITY", "LOGOUT"]


def test_a_user_logs_in_and_a_mailbox_is_opened_for_reading_only() -> None:
    peer = server()
    finding = logged_in(peer, mailbox="INBOX")
    assert finding.status is Status.OK
    assert finding.summary.endswith("encrypts, greets, lets the user in and opens INBOX")
    assert peer.verbs[-2:] == ["EXAMINE", "LOGOUT"]
    assert {one.name: one.value for one in finding.measurements}["messages"] == 23
    assert "login_s" in {one.name for one in finding.measurements}


def test_the_password_is_shown_nowhere() -> None:
    for capability in (USUAL["CAPABILITY"], ONLY_LOGIN):
        peer = server(answers={"CAPABILITY": capability, "LOGIN": ("{tag} NO you said hunter2, aHVudGVyMg==",)})
        assert "hunter2" not in repr(logged_in(peer)) + repr(peer.shown)


def test_login_takes_the_place_of_plain_where_only_that_is_offered() -> None:
    peer = server(answers={"CAPABILITY": ONLY_LOGIN})
    assert logged_in(peer).status is Status.OK
    assert peer.sent[1] == 'N2 LOGIN "probe" "hunter2"'
    assert peer.shown[1] == 'N2 LOGIN "probe" "***"'


@pytest.mark.parametrize("password", ['say "hi"', "back\\slash", "پاس ورڈ"])
def test_an_odd_password_travels_as_a_literal_that_the_server_asks_for(password: str) -> None:
    size = len(password.encode())
    asks = {"LOGIN": ("+ go on",), f"probe {{{size}}}": ("+ ",), password: ("{tag} OK welcome",)}
    peer = server(answers={"CAPABILITY": ONLY_LOGIN, **asks})
    assert logged_in(peer, password).status is Status.OK
    assert peer.sent[1:4] == ["N2 LOGIN {5}", f"probe {{{size}}}", password]
    assert peer.shown[3] == "***"


def test_a_server_that_refuses_a_literal_never_hears_the_password() -> None:
    peer = server(answers={"CAPABILITY": ONLY_LOGIN, "LOGIN": ("{tag} NO [AUTHENTICATIONFAILED] no",)})
    assert logged_in(peer, 'a"b').cause is Cause.AUTH_FAILED
    assert 'a"b' not in peer.sent


def test_a_mailbox_of_another_script_is_asked_for_in_modified_utf_7() -> None:
    peer = server()
    assert logged_in(peer, mailbox="وارد").status is Status.OK
    assert [line.split(" ", 1)[1] for line in peer.sent if "EXAMINE" in line] == ['EXAMINE "&BkgGJwYxBi8-"']


def test_a_mailbox_with_a_quotation_mark_travels_as_a_literal() -> None:
    opened = {"EXAMINE": ("+ ",), 'a"b': ("* 0 EXISTS", "{tag} OK opened")}
    peer = server(answers=opened)
    finding = logged_in(peer, mailbox='a"b')
    assert (finding.status, 'a"b' in peer.sent) == (Status.OK, True)


LOGIN_ANSWERS = [
    ("NO [AUTHENTICATIONFAILED] Authentication failed.", Status.CRITICAL, Cause.AUTH_FAILED),
    ("NO [AUTHORIZATIONFAILED] not as her", Status.CRITICAL, Cause.AUTH_FAILED),
    ("NO LOGIN failed.", Status.CRITICAL, Cause.AUTH_FAILED),
    ("NO [EXPIRED] Password has expired", Status.CRITICAL, Cause.EXPIRED),
    ("NO [EXPIRED] This account has expired", Status.CRITICAL, Cause.SUSPENDED),
    ("NO [CONTACTADMIN] Login disabled for this user", Status.CRITICAL, Cause.SUSPENDED),
    ("NO [ALERT] Your account has been suspended", Status.CRITICAL, Cause.SUSPENDED),
    ("NO [AUTHENTICATIONFAILED] account suspended", Status.CRITICAL, Cause.SUSPENDED),
    ("NO [UNAVAILABLE] Temporary authentication failure.", Status.CRITICAL, Cause.REJECTED),
    ("NO Temporary authentication failure", Status.CRITICAL, Cause.REJECTED),
    ("NO Server Unavailable. 15", Status.CRITICAL, Cause.REJECTED),
    ("NO [NOPERM] not by IMAP", Status.CRITICAL, Cause.REJECTED),
    ("NO [INUSE] locked", Status.WARNING, Cause.REJECTED),
    ("NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded", Status.UNKNOWN, Cause.RATE_LIMITED),
    ("NO [ALERT] Too many simultaneous connections. (Failure)", Status.UNKNOWN, Cause.RATE_LIMITED),
    ("NO [PRIVACYREQUIRED] encrypt first", Status.CRITICAL, Cause.TLS_MISSING),
    ("NO [AUTHENTICATIONFAILED] Account is locked", Status.CRITICAL, Cause.AUTH_FAILED),
    ("NO [CONTACTADMIN] Too many failed logins; account locked for 10 minutes", Status.CRITICAL, Cause.AUTH_FAILED),
    ("NO Account is locked", Status.CRITICAL, Cause.SUSPENDED),
    ("NO Mailbox is locked by POP server", Status.WARNING, Cause.REJECTED),
    ("NO [OVERQUOTA] Account exceeded command or bandwidth limits", Status.CRITICAL, Cause.REJECTED),
    ("NO [LIMIT] no more of that", Status.CRITICAL, Cause.REJECTED),
    ("NO User is authenticated but not connected.", Status.CRITICAL, Cause.REJECTED),
    ("NO [ALERT] Please log in via your web browser", Status.CRITICAL, Cause.REJECTED),
    ("BAD Command received in Invalid state.", Status.CRITICAL, Cause.PROTOCOL),
]


@pytest.mark.parametrize(("said", "status", "cause"), LOGIN_ANSWERS)
def test_a_refused_login_has_its_cause(said: str, status: Status, cause: Cause) -> None:
    finding = logged_in(server(answers={"AHByb2JlAGh1bnRlcjI=": ("{tag} " + said,)}))
    assert (finding.status, finding.cause) == (status, cause)
    assert finding.summary == f"mail.example.org:993 answers the login with {said}"


def test_a_missing_mailbox_is_a_rejection() -> None:
    peer = server(answers={"EXAMINE": ("{tag} NO [NONEXISTENT] Mailbox doesn't exist: Archive",)})
    finding = logged_in(peer, mailbox="Archive")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.REJECTED)
    assert "answers EXAMINE with NO [NONEXISTENT]" in finding.summary


def test_a_word_to_the_administrator_about_a_mailbox_is_no_suspension() -> None:
    peer = server(answers={"EXAMINE": ("{tag} NO [CONTACTADMIN] index is broken",)})
    assert logged_in(peer, mailbox="INBOX").cause is Cause.REJECTED


@pytest.mark.parametrize(
    ("greeting", "status", "cause"),
    [
        ("* BYE shutting down", Status.CRITICAL, Cause.REJECTED),
        ("* BYE [UNAVAILABLE] Temporary system problem", Status.CRITICAL, Cause.REJECTED),
        ("* BYE Too many connections from your address", Status.UNKNOWN, Cause.RATE_LIMITED),
        ("* BYE your account has been suspended", Status.CRITICAL, Cause.SUSPENDED),
        ("* BYE [CONTACTADMIN] closed to the public", Status.CRITICAL, Cause.REJECTED),
    ],
)
def test_a_server_that_says_good_bye_at_once_has_its_reasons(greeting: str, status: Status, cause: Cause) -> None:
    finding = seen(server(greeting=(greeting,)))
    assert (finding.status, finding.cause) == (status, cause)


def test_a_server_that_says_good_bye_within_the_login_is_quoted() -> None:
    peer = server(answers={"AHByb2JlAGh1bnRlcjI=": ("* BYE [UNAVAILABLE] restarting",)})
    finding = logged_in(peer)
    assert (finding.cause, finding.summary.endswith("BYE [UNAVAILABLE] restarting")) == (Cause.REJECTED, True)


def test_an_alert_is_shown() -> None:
    finding = seen(server(greeting=("* OK [ALERT] Maintenance on Sunday",)))
    assert finding.status is Status.OK
    assert ("Alert", "Maintenance on Sunday") in finding.facts


def test_an_alert_that_speaks_of_a_suspension_warns_while_the_login_works() -> None:
    said = ("* OK [ALERT] Sending has been suspended: unpaid invoice INV-7", "{tag} OK welcome")
    finding = logged_in(server(answers={"AHByb2JlAGh1bnRlcjI=": said}))
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.SUSPENDED)
    assert ("Likely reason", "an unpaid bill") in finding.facts


def test_alerts_without_end_do_not_fill_the_message() -> None:
    peer = server(answers={"CAPABILITY": (*["* OK [ALERT] x"] * 90, *USUAL["CAPABILITY"])})
    assert [name for name, _ in seen(peer).facts].count("Alert") == 5


def test_a_stripped_starttls_is_found_and_gets_no_password() -> None:
    peer = server(answers={"CAPABILITY": ("* CAPABILITY IMAP4rev1 AUTH=PLAIN", "{tag} OK done")})
    finding = logged_in(peer, tls="starttls", allow_plain_password=True)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_MISSING)
    assert peer.verbs == ["CAPABILITY", "LOGOUT"]


def test_a_refused_starttls_is_found() -> None:
    finding = seen(server(answers={"STARTTLS": ("{tag} NO not today",)}), tls="starttls")
    assert finding.cause is Cause.TLS_MISSING


def test_a_server_that_lets_everybody_in_before_it_encrypts_gets_no_password() -> None:
    peer = server(greeting=("* PREAUTH welcome back",))
    finding = logged_in(peer, tls="starttls")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_MISSING)
    assert peer.verbs == ["CAPABILITY", "LOGOUT"]


def test_a_server_that_lets_everybody_in_cannot_prove_a_login() -> None:
    assert seen(server(greeting=("* PREAUTH welcome back",))).status is Status.OK
    finding = logged_in(server(greeting=("* PREAUTH welcome back",)))
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.MISMATCH)


@pytest.mark.parametrize("session", [UNTRUSTED, MISMATCHED])
@pytest.mark.parametrize("encryption", ["starttls", "implicit"])
def test_a_password_never_travels_over_a_session_that_cannot_be_trusted(session: TlsSession, encryption: str) -> None:
    peer = server(session, answers={"CAPABILITY": ONLY_LOGIN})
    finding = logged_in(peer, tls=encryption, allow_plain_password=True)
    assert (finding.status, finding.cause) == (Status.CRITICAL, session.faults[0].cause)
    assert not {"LOGIN", "AUTHENTICATE"} & set(peer.verbs)


def test_a_plain_password_is_sent_only_where_that_is_allowed_and_taken() -> None:
    peer = server()
    assert logged_in(peer, tls="none", allow_plain_password=True).status is Status.OK
    assert "AUTHENTICATE" in peer.verbs
    strict = server(answers={"CAPABILITY": ("* CAPABILITY IMAP4rev1 LOGINDISABLED", "{tag} OK done")})
    finding = logged_in(strict, tls="none", allow_plain_password=True)
    assert (finding.cause, strict.verbs) == (Cause.TLS_MISSING, ["CAPABILITY", "LOGOUT"])
    assert finding.summary.endswith("takes no password without TLS; set tls to starttls or implicit")


@pytest.mark.parametrize(
    ("greeting", "answers", "complaint"),
    [
        (("220 mx.example.org ESMTP",), {}, "the greeting is no IMAP response: '220 mx.example.org ESMTP'"),
        (("+OK POP3 ready",), {}, "the greeting is none of IMAP"),
        (("N1 OK ready",), {}, "the greeting is none of IMAP"),
        (("* OK",), {"CAPABILITY": ("X9 OK done",)}, "is tagged 'X9', not 'N1'"),
        (("* OK",), {"CAPABILITY": ("{tag} OK done",)}, "names none"),
        (("* OK",), {"CAPABILITY": ("+ go on",)}, "asks for more, and there is none"),
        (("* OK",), {"CAPABILITY": ("(",)}, "the answer to CAPABILITY is no IMAP response"),
        (("* OK",), {"AHByb2JlAGh1bnRlcjI=": ("+ more",)}, "the answer to the login asks for more"),
    ],
)
def test_what_is_no_imap_is_told_with_the_words_that_came(
    greeting: Sequence[str], answers: Answers, complaint: str
) -> None:
    with pytest.raises(ProbeError, match=complaint) as failed:
        logged_in(server(greeting=greeting, answers=answers))
    assert failed.value.cause is Cause.PROTOCOL


def test_a_secret_in_a_broken_answer_is_not_quoted() -> None:
    for broken in ("unknown: hunter2 (", "hunter2 OK fine", "{tag} NO [HUNTER2] x"):
        peer = server(answers={"AHByb2JlAGh1bnRlcjI=": (broken,)})
        try:
            told = repr(logged_in(peer))
        except ProbeError as error:
            told = error.detail
        assert "***" in told
        assert "hunter2" not in told.lower()


def test_literals_in_an_answer_are_passed_over() -> None:
    listed = ('* LIST () "/" {11}', "x1 OK done", " and so on")
    peer = server(answers={"EXAMINE": (*listed, "* 4 EXISTS", "{tag} OK opened")})
    assert logged_in(peer, mailbox="INBOX").status is Status.OK


def test_a_literal_of_a_size_without_end_is_too_large() -> None:
    peer = server(answers={"CAPABILITY": ("* LIST {" + "9" * 30 + "}",)})
    with pytest.raises(ProbeError, match="30 digits") as failed:
        seen(peer)
    assert failed.value.cause is Cause.TOO_LARGE


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"user": "x"}, "user and password belong together"),
        ({"user": "x", "password": secret(), "tls": "none"}, "a password is not sent without TLS"),
        ({"user": "x\r\nN2 DELETE INBOX", "password": secret()}, "must be one line"),
        ({"mailbox": "INBOX"}, "give user and password too"),
        ({"mailbox": "a\nb", "user": "x", "password": secret()}, "must be one line"),
        ({"rcpt": "a@example.org"}, "Extra inputs are not permitted"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        imap.Options.model_validate({"host": "mail.example.org", **options})


@pytest.mark.parametrize(
    ("options", "port", "encryption"),
    [
        ({}, 993, "implicit"),
        ({"port": 143}, 143, "starttls"),
        ({"port": 1143}, 1143, "starttls"),
        ({"tls": "starttls"}, 143, "starttls"),
        ({"tls": "none"}, 143, "none"),
        ({"tls": "implicit", "port": 143}, 143, "implicit"),
    ],
)
def test_port_and_encryption_follow_from_each_other(options: dict[str, object], port: int, encryption: str) -> None:
    read = imap.Options.model_validate({"host": "mail", **options})
    assert (read.dialled_port, read.encryption) == (port, encryption)
