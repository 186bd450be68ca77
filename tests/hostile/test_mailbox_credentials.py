"""A password of a mailbox reaches nobody but a server that proved itself (security lines 25 and 26)."""

import base64
import ssl
from collections.abc import Callable, Mapping

import pytest

from checks.model import Cause, Finding, Status
from checks.secret import Secret
from tests.support.certificates import Authority, Pair, self_signed
from tests.support.hostile import (
    HostileHost,
    server_context,
)
from tests.support.hostile_mailbox import ImapPeer, MailboxPeer, Pop3Peer
from tests.support.passwords import PASSWORD
from tests.support.real_look import Eyes

KINDS: Mapping[str, Callable[..., MailboxPeer]] = {"imap": ImapPeer, "pop3": Pop3Peer}
BOTH = pytest.mark.parametrize("kind", KINDS)


def log_in(kind: str, port: int, authority: Authority, password: Secret, **options: object) -> Finding:
    everything: dict[str, object] = {"host": "127.0.0.1", "port": port, "ca_file": authority.ca_file, **options}
    return Eyes(timeout_s=3).only(kind, user="probe", password=password, **everything)


def assert_no_login(peer: MailboxPeer) -> None:
    assert set(peer.verbs) <= {"CAPABILITY", "CAPA", "STARTTLS", "STLS", "LOGOUT", "QUIT"}


@BOTH
@pytest.mark.parametrize("mistake", ["self-signed", "wrong name", "another authority"])
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("offers", [("STARTTLS", "STLS", "USER"), ("STARTTLS", "STLS", "AUTH=PLAIN", "SASL PLAIN")])
def test_a_server_that_cannot_prove_itself_gets_no_login(  # one row per way to hear a password
    host: HostileHost,
    authority: Authority,
    password: Secret,
    *,
    kind: str,
    tls: str,
    mistake: str,
    offers: tuple[str, ...],
) -> None:
    context = mistaken(authority, mistake)
    peer = KINDS[kind](context=context, offers=offers)
    port = host.serve(peer, context if tls == "implicit" else None)
    finding = log_in(kind, port, authority, password, tls=tls, allow_plain_password=True)
    assert finding.status is Status.CRITICAL
    assert finding.cause in {Cause.TLS_UNTRUSTED, Cause.TLS_NAME_MISMATCH}
    assert peer.lines, "the server was reached"
    assert_no_login(peer)


def mistaken(authority: Authority, mistake: str) -> ssl.SSLContext:
    pairs: Mapping[str, Callable[[], Pair]] = {
        "self-signed": lambda: self_signed(authority.folder, "127.0.0.1"),
        "wrong name": lambda: authority.leaf("mail.example"),
        "another authority": lambda: Authority.root(authority.folder, "Somebody Else").leaf("127.0.0.1"),
    }
    return server_context(pairs[mistake]())


@BOTH
def test_a_server_that_strips_encryption_gets_no_login(
    host: HostileHost, authority: Authority, password: Secret, kind: str
) -> None:
    peer = KINDS[kind](offers=("USER", "SASL PLAIN", "AUTH=PLAIN"))
    finding = log_in(kind, host.serve(peer), authority, password, tls="starttls", allow_plain_password=True)
    assert finding.cause is Cause.TLS_MISSING
    assert_no_login(peer)


def test_a_server_that_claims_to_know_us_before_it_encrypts_gets_no_login(
    host: HostileHost, authority: Authority, password: Secret
) -> None:
    peer = ImapPeer(greeting=b"* PREAUTH welcome back\r\n", offers=("IMAP4rev1", "AUTH=PLAIN"))
    finding = log_in("imap", host.serve(peer), authority, password, tls="starttls", allow_plain_password=True)
    assert finding.cause is Cause.TLS_MISSING
    assert_no_login(peer)


@BOTH
@pytest.mark.parametrize("offers", [("STARTTLS", "STLS", "USER"), ("STARTTLS", "STLS", "AUTH=PLAIN", "SASL PLAIN")])
def test_a_server_that_proves_itself_hears_the_password_and_its_echo_is_shown_nowhere(
    host: HostileHost, authority: Authority, password: Secret, kind: str, offers: tuple[str, ...]
) -> None:
    peer = KINDS[kind](context=server_context(authority.leaf("127.0.0.1")), offers=offers)
    finding = log_in(kind, host.serve(peer), authority, password, tls="starttls")
    token = base64.b64encode(f"\0probe\0{PASSWORD}".encode()).decode()
    assert [line for line in peer.lines if PASSWORD in line or token in line]
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.AUTH_FAILED)
    assert "***" in finding.summary
    for secret in (PASSWORD, token, token[:9], base64.b64encode(PASSWORD.encode()).decode()):
        assert secret.lower() not in repr(finding).lower()
