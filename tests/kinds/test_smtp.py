import asyncio
from collections.abc import Mapping, Sequence

import pytest
from pydantic import ValidationError

from checks.mail import smtp
from checks.model import Cause, Finding, Status
from checks.network.errors import ProbeError
from checks.network.values import TlsFault, TlsSession
from checks.secret import Secret
from tests.support.fake_network import FakeNetwork, ScriptedServer, context, look, tls

PASSWORD = Secret("mail", lambda: "hunter2")
UNTRUSTED = tls(faults=[TlsFault(cause=Cause.TLS_UNTRUSTED, text="self-signed")])
MISMATCHED = tls(faults=[TlsFault(cause=Cause.TLS_NAME_MISMATCH, text="is for another name")])
WEAK = tls(faults=[TlsFault(cause=Cause.TLS_WEAK, text="RSA 1024")])
EHLO = ("250-mail.example.org", "250-STARTTLS", "250 AUTH PLAIN LOGIN")


def server(session: TlsSession | None = None, **answers: Sequence[str]) -> ScriptedServer:
    usual: Mapping[str, Sequence[str]] = {
        "EHLO": EHLO,
        "STARTTLS": ("220 go ahead",),
        "AUTH PLAIN": ("235 2.7.0 welcome",),
        "MAIL": ("250 2.1.0 Ok",),
        "RCPT": ("250 2.1.5 Ok",),
        "QUIT": ("221 bye",),
    }
    return ScriptedServer(
        {**usual, **{key.replace("_", " "): text for key, text in answers.items()}}, session=session or tls()
    )


def seen(peer: ScriptedServer, **options: object) -> Finding:
    (finding,) = asyncio.run(
        look(smtp.KIND, {"host": "mail.example.org", **options}, context(FakeNetwork(server=peer)))
    )
    return finding


def verbs(peer: ScriptedServer) -> list[str]:
    return [line.split(" ")[0].split(":")[0] for line in peer.sent]


def test_a_server_that_greets_is_ok() -> None:
    peer = server()
    finding = seen(peer)
    assert (finding.status, finding.subject) == (Status.OK, "mail.example.org:25")
    assert verbs(peer) == ["EHLO", "QUIT"]
    assert {one.name for one in finding.measurements} == {"connect_s", "greeting_s", "total_s"}
    assert all(one.unit == "s" for one in finding.measurements)


def test_starttls_is_followed_by_a_second_ehlo() -> None:
    peer = server()
    assert seen(peer, tls="starttls").status is Status.OK
    assert verbs(peer) == ["EHLO", "STARTTLS", "EHLO", "QUIT"]


def test_a_stripped_starttls_is_found() -> None:
    finding = seen(server(EHLO=("250 mail.example.org",)), tls="starttls")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_MISSING)


def test_a_recipient_is_asked_for_and_no_message_sent() -> None:
    peer = server()
    finding = seen(peer, rcpt="postmaster@example.org")
    assert finding.status is Status.OK
    assert peer.sent[1:] == ["MAIL FROM:<>", "RCPT TO:<postmaster@example.org>", "QUIT"]


def test_a_suspended_recipient_is_critical_with_the_dialogue_as_evidence() -> None:
    finding = seen(server(RCPT=("550 5.2.1 suspended",)), rcpt="minister@example.org")
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.SUSPENDED)
    assert "RCPT TO:<minister@example.org>" in finding.evidence
    assert "550 5.2.1 suspended" in finding.summary


def test_greylisting_is_no_outage() -> None:
    finding = seen(server(RCPT=("450 4.7.1 Greylisted",)), rcpt="x@example.org")
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.GREYLISTED)


def test_a_user_logs_in_over_tls_and_the_password_is_shown_nowhere() -> None:
    peer = server()
    finding = seen(peer, user="probe", password=PASSWORD, port=587)
    assert finding.status is Status.OK
    assert "AUTH PLAIN AHByb2JlAGh1bnRlcjI=" in peer.sent
    assert "AUTH PLAIN ***" in peer.shown
    assert "AHByb2JlAGh1bnRlcjI=" not in repr(finding)


def test_login_takes_the_place_of_plain_where_only_that_is_offered() -> None:
    peer = server(EHLO=("250-x", "250-STARTTLS", "250 AUTH LOGIN"))
    peer.answers = {**peer.answers, "AUTH LOGIN": ("334 VXNlcm5hbWU6",), "cHJvYmU=": ("334 UGFzc3dvcmQ6",)}
    peer.answers = {**peer.answers, "aHVudGVyMg==": ("235 welcome",)}
    assert seen(peer, user="probe", password=PASSWORD).status is Status.OK
    assert peer.shown[3:6] == ["AUTH LOGIN", "***", "***"]


def test_a_wrong_password_is_said_so() -> None:
    finding = seen(server(AUTH_PLAIN=("535 5.7.8 no",)), user="probe", password=PASSWORD)
    assert finding.cause is Cause.AUTH_FAILED


def test_a_server_that_echoes_the_password_does_not_get_it_into_the_finding() -> None:
    peer = server(AUTH_PLAIN=("535 5.7.8 bad: AHByb2JlAGh1bnRlcjI= hunter2 aHVudGVyMg==",))
    finding = seen(peer, user="probe", password=PASSWORD)
    assert finding.cause is Cause.AUTH_FAILED
    assert not any(secret in repr(finding) for secret in ("hunter2", "aHVudGVyMg", "AHByb2JlAGh1bnRlcjI"))


def test_a_server_that_answers_the_login_with_an_echo_instead_of_a_reply_is_quoted_without_it() -> None:
    with pytest.raises(ProbeError) as failed:
        seen(server(AUTH_PLAIN=("unknown: auth plain AHByb2JlAGh1bnRlcjI=",)), user="probe", password=PASSWORD)
    assert failed.value.detail == "the answer to the login is no SMTP reply: 'unknown: auth plain ***'"


def test_an_old_server_is_greeted_by_helo() -> None:
    peer = server(EHLO=("502 5.5.1 command not implemented",), HELO=("250 mail.example.org",))
    finding = seen(peer, rcpt="postmaster@example.org")
    assert (finding.status, verbs(peer)) == (Status.OK, ["EHLO", "HELO", "MAIL", "RCPT", "QUIT"])
    assert finding.summary == ("mail.example.org:25 greets by HELO alone and takes mail for postmaster@example.org")
    assert "502 5.5.1 command not implemented" in dict(finding.facts)["EHLO"]


def test_a_server_that_knows_only_helo_offers_no_encryption_and_gets_no_password() -> None:
    def old() -> ScriptedServer:
        return server(EHLO=("500 what?",), HELO=("250 mail.example.org",))

    peer = old()
    assert seen(old(), tls="starttls").cause is Cause.TLS_MISSING
    login = seen(peer, user="probe", password=PASSWORD, tls="none", allow_plain_password=True)
    assert "AUTH" not in verbs(peer)
    assert (login.status, login.cause) == (Status.CRITICAL, Cause.REJECTED)


@pytest.mark.parametrize(
    ("ehlo", "helo"),
    [
        ("550 5.7.1 go away", "550 5.7.1 go away too"),
        ("550 5.2.1 account suspended", "250 mail.example.org"),
        ("421 4.3.2 closing", "250 mail.example.org"),
    ],
)
def test_what_was_said_to_ehlo_is_told_where_helo_is_no_way_out(ehlo: str, helo: str) -> None:
    finding = seen(server(EHLO=(ehlo,), HELO=(helo,)))
    assert finding.status is Status.CRITICAL
    assert finding.summary == f"mail.example.org:25 answers EHLO with {ehlo}"


@pytest.mark.parametrize("session", [UNTRUSTED, MISMATCHED])
def test_a_password_never_travels_over_a_session_that_cannot_be_trusted(session: TlsSession) -> None:
    peer = server(session)
    finding = seen(peer, user="probe", password=PASSWORD, rcpt="x@example.org")
    assert (finding.status, finding.cause) == (Status.CRITICAL, session.faults[0].cause)
    assert "AUTH" not in verbs(peer)


def test_a_stripped_starttls_gets_no_password_even_where_plain_ones_are_allowed() -> None:
    peer = server(EHLO=("250-mail.example.org", "250 AUTH PLAIN"))
    finding = seen(peer, user="probe", password=PASSWORD, tls="starttls", allow_plain_password=True)
    assert finding.cause is Cause.TLS_MISSING
    assert "AUTH" not in verbs(peer)


def test_a_plain_password_is_sent_only_where_that_is_allowed() -> None:
    peer = server()
    assert seen(peer, user="probe", password=PASSWORD, tls="none", allow_plain_password=True).status is Status.OK
    assert "AUTH" in verbs(peer)


def test_a_weak_session_is_a_warning_and_is_trusted_with_no_password() -> None:
    peer = server(WEAK)
    finding = seen(peer, user="probe", password=PASSWORD)
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.TLS_WEAK)
    assert "AUTH" not in verbs(peer)


def test_a_suspension_is_told_before_an_untrusted_certificate() -> None:
    peer = server(UNTRUSTED, RCPT=("550 5.2.1 disabled",))
    finding = seen(peer, tls="starttls", rcpt="x@example.org")
    assert finding.cause is Cause.SUSPENDED
    assert ("Also", "cannot be trusted: self-signed") in finding.facts


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"user": "x"}, "user and password belong together"),
        ({"user": "x", "password": PASSWORD, "tls": "none"}, "a password is not sent without TLS"),
        ({"rcpt": "a b@example.org"}, "is no plain address"),
        ({"rcpt": "a@example.org>\r\nDATA"}, "is no plain address"),
        ({"host": "mail.example.org:25"}, "is no host name or address"),
        ({"host": "256.1.1.1"}, "ends in a number, yet is no address"),
        ({"host": "mail.0x7f."}, "ends in a number, yet is no address"),
        ({"host": "mail..example.org"}, "is no host name or address"),
        ({"host": "fe80::1%eth0"}, "is no host name or address"),
        ({"starttls": True}, "Extra inputs are not permitted"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        smtp.Options.model_validate({"host": "mail.example.org", **options})


@pytest.mark.parametrize(("port", "wanted"), [(25, "none"), (465, "implicit"), (587, "starttls")])
def test_the_port_says_how_to_encrypt_where_nothing_else_does(port: int, wanted: str) -> None:
    assert smtp.Options.model_validate({"host": "mx", "port": port}).encryption == wanted


@pytest.mark.parametrize(
    ("session", "answers", "verdict"),
    [
        (UNTRUSTED, {"RCPT": ("450 4.2.0 Greylisted, see help",)}, (Status.CRITICAL, Cause.TLS_UNTRUSTED)),
        (UNTRUSTED, {"MAIL": ("421 4.7.0 too many connections",)}, (Status.CRITICAL, Cause.TLS_UNTRUSTED)),
        (WEAK, {"MAIL": ("421 4.7.0 too many connections",)}, (Status.UNKNOWN, Cause.RATE_LIMITED)),
        (WEAK, {"RCPT": ("550 5.1.1 no such user",)}, (Status.CRITICAL, Cause.REJECTED)),
    ],
)
def test_of_several_faults_the_gravest_wins_and_the_others_stand_beside_it(
    session: TlsSession, answers: Mapping[str, Sequence[str]], verdict: tuple[Status, Cause]
) -> None:
    finding = seen(server(session, **answers), tls="starttls", rcpt="a@example.org")
    assert (finding.status, finding.cause) == verdict
    assert "Also" in dict(finding.facts)


def test_what_is_said_before_we_greet_is_refused() -> None:
    peer = server()
    talkative = ScriptedServer(
        peer.answers, greeting=("220 mail.example.org ESMTP", "250-mail.example.org", "250 AUTH")
    )
    with pytest.raises(ProbeError, match="goes on before EHLO") as caught:
        seen(talkative)
    assert caught.value.cause is Cause.PROTOCOL
    assert talkative.sent == []


def test_what_could_move_a_cursor_is_made_visible() -> None:
    finding = seen(server(RCPT=("550 5.1.1 no\x1b[2J \x9b31m user",)), rcpt="a@example.org")
    assert r"no\x1b[2J \x9b31m user" in finding.summary
