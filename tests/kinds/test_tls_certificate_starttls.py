"""A certificate behind a mail protocol's plain greeting."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from checks.certificates import tls_certificate
from checks.model import Cause, Finding, Status
from checks.network.errors import ProbeError
from tests.support.fake_network import FakeNetwork, ScriptedServer, context, look, tls

SMTP = {"EHLO": ("250-mail.example.org", "250 STARTTLS"), "STARTTLS": ("220 go ahead",)}
IMAP = {
    "N1 CAPABILITY": ("* CAPABILITY IMAP4rev1 STARTTLS", "N1 OK done"),
    "N2 STARTTLS": ("N2 OK begin",),
}
POP3 = {"CAPA": ("+OK", "STLS", "."), "STLS": ("+OK begin",)}
GREETINGS = {"smtp": ("220 mail.example.org ESMTP",), "imap": ("* OK ready",), "pop3": ("+OK ready",)}


def server(protocol: str, **answers: Sequence[str]) -> ScriptedServer:
    usual: Mapping[str, Mapping[str, Sequence[str]]] = {"smtp": SMTP, "imap": IMAP, "pop3": POP3}
    given = {key.replace("_", " "): lines for key, lines in answers.items()}
    return ScriptedServer({**usual[protocol], **given}, greeting=GREETINGS[protocol], session=tls())


def findings(protocol: str, peer: ScriptedServer) -> Sequence[Finding]:
    options = {"host": "mail.example.org", "starttls": protocol}
    return asyncio.run(look(tls_certificate.KIND, options, context(FakeNetwork(server=peer))))


@pytest.mark.parametrize(
    ("protocol", "port", "said"),
    [
        ("smtp", 25, ["EHLO", "STARTTLS", "QUIT"]),
        ("imap", 143, ["N1", "N2", "N3"]),
        ("pop3", 110, ["CAPA", "STLS", "QUIT"]),
    ],
)
def test_each_protocol_has_its_port_and_is_left_in_good_order(protocol: str, port: int, said: list[str]) -> None:
    peer = server(protocol)
    fault, expiry = findings(protocol, peer)
    assert (fault.status, expiry.status) == (Status.OK, Status.OK)
    assert (fault.subject, expiry.subject) == (f"mail.example.org:{port}", f"mail.example.org:{port} expiry")
    assert [line.split(" ")[0] for line in peer.sent] == said
    assert peer.closed


def test_a_port_that_is_given_is_kept() -> None:
    options = tls_certificate.Options(host="mail.example.org", starttls="smtp", port=587)
    assert options.dialled_port == 587
    assert tls_certificate.Options(host="mail.example.org").dialled_port == 443


@pytest.mark.parametrize(
    ("protocol", "answers", "detail"),
    [
        ("smtp", {"EHLO": ("250 mail.example.org",)}, "offers no STARTTLS"),
        ("smtp", {"STARTTLS": ("454 4.7.0 TLS not available",)}, "answers STARTTLS with 454 4.7.0 TLS not available"),
        ("imap", {"N1_CAPABILITY": ("* CAPABILITY IMAP4rev1", "N1 OK done")}, "offers no STARTTLS"),
        ("imap", {"N2_STARTTLS": ("N2 NO not today",)}, "answers STARTTLS with NO not today"),
        ("pop3", {"CAPA": ("+OK", "USER", ".")}, "offers no STLS"),
        ("pop3", {"STLS": ("-ERR not today",)}, "answers STLS with -ERR not today"),
    ],
)
def test_a_server_that_does_not_encrypt_is_told_as_such_and_left(
    protocol: str, answers: Mapping[str, Sequence[str]], detail: str
) -> None:
    peer = server(protocol, **answers)
    with pytest.raises(ProbeError) as failed:
        findings(protocol, peer)
    assert (failed.value.cause, failed.value.detail) == (Cause.TLS_MISSING, detail)
    assert peer.sent[-1].endswith(("QUIT", "LOGOUT"))


@pytest.mark.parametrize(
    ("protocol", "greeting", "detail"),
    [
        ("smtp", "554 5.7.1 go away", "answers the greeting with 554 5.7.1 go away"),
        ("imap", "* BYE go away", "answers the greeting with BYE go away"),
        ("pop3", "-ERR go away", "answers the greeting with -ERR go away"),
    ],
)
def test_a_server_that_sends_us_away_rejects(protocol: str, greeting: str, detail: str) -> None:
    peer = ScriptedServer({}, greeting=(greeting,))
    with pytest.raises(ProbeError) as failed:
        findings(protocol, peer)
    assert (failed.value.cause, failed.value.detail) == (Cause.REJECTED, detail)


@pytest.mark.parametrize(
    ("protocol", "greeting", "cause"),
    [
        ("smtp", "421 4.7.0 Too many concurrent SMTP connections", Cause.RATE_LIMITED),
        ("smtp", "451 4.7.1 Greylisting in action, please come back", Cause.RATE_LIMITED),
        ("smtp", "554 this account has been suspended", Cause.SUSPENDED),
        ("imap", "* BYE Too many connections", Cause.RATE_LIMITED),
        ("pop3", "-ERR account has been suspended", Cause.SUSPENDED),
        ("smtp", "554 no SMTP service here", Cause.REJECTED),
    ],
)
def test_why_a_server_sends_us_away_is_understood_as_by_the_mail_kinds(
    protocol: str, greeting: str, cause: Cause
) -> None:
    peer = ScriptedServer({}, greeting=(greeting,), session=tls())
    with pytest.raises(ProbeError) as failed:
        findings(protocol, peer)
    assert failed.value.cause is cause
