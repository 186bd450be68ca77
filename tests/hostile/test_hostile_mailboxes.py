"""IMAP and POP3 against servers that mean no good: the right cause, in time, in little memory, no password."""

import asyncio
import base64
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checks.model import Cause, Finding, Status
from checks.secret import Secret, secret_from_file
from tests.hostile.test_hostile_peers import PLAIN, TIMEOUT_S, bounded
from tests.support.certificates import Authority, Pair, self_signed
from tests.support.hostile import (
    GARBAGE,
    HALF_HANDSHAKE,
    Handler,
    HostileHost,
    answers,
    drip,
    endless,
    server_context,
    tarpit,
)
from tests.support.hostile_mailbox import ImapPeer, MailboxPeer, Pop3Peer
from tests.support.look_child import Looker
from tests.support.real_look import Eyes

PASSWORD = "correct horse"
KINDS: Mapping[str, Callable[..., MailboxPeer]] = {"imap": ImapPeer, "pop3": Pop3Peer}
BOTH = pytest.mark.parametrize("kind", KINDS)


def told(looker: Looker, kind: str, port: int, **options: object) -> tuple[str, str]:
    cost = looker.look(kind, {"host": "127.0.0.1", "port": port, "tls": "none", **options}, TIMEOUT_S)
    bounded(cost)
    return cost.status, cost.cause


@BOTH
@pytest.mark.parametrize(
    ("peer", "cause"),
    [
        ("tarpit", "timeout"),
        ("drip", "timeout"),
        ("endless banner", "too_large"),
        ("endless reply", "protocol"),
        ("garbage", "timeout"),
        ("half handshake", "timeout"),
        ("big body", "protocol"),
    ],
)
def test_what_is_no_mailbox_server_at_all(
    host: HostileHost, looker: Looker, *, kind: str, peer: str, cause: str
) -> None:
    assert told(looker, kind, host.serve(PLAIN[peer])) == ("critical", cause)


_LITERAL = b"* LIST () {%s}\r\n"
_FOUL: Mapping[str, tuple[str, Handler, str]] = {
    "greetings without end": ("imap", endless(b"* OK ready\r\n" * 1000), "too_large"),
    "a dripping greeting": ("imap", drip(b"* OK re"), "timeout"),
    "a line without end": ("imap", endless(b"a" * 65_536, b"* OK "), "too_large"),
    "a number without end": ("imap", endless(b"9" * 65_536, b"* "), "too_large"),
    "greetings without end in POP3": ("pop3", endless(b"+OK ready\r\n" * 1000), "protocol"),
    "a dripping greeting in POP3": ("pop3", drip(b"+OK re"), "timeout"),
    "a refusal without end in POP3": ("pop3", endless(b"a" * 65_536, b"-ERR "), "too_large"),
}


@pytest.mark.parametrize("peer", _FOUL)
def test_a_foul_greeting(host: HostileHost, looker: Looker, peer: str) -> None:
    kind, handler, cause = _FOUL[peer]
    assert told(looker, kind, host.serve(handler)) == ("critical", cause)


_ANSWERS: Mapping[str, tuple[str, Handler, str]] = {
    "untagged lines without end": ("imap", endless(b"* 1 EXISTS\r\n" * 1000), "too_large"),
    "alerts without end": ("imap", endless(b"* OK [ALERT] hear me\r\n" * 1000), "too_large"),
    "a literal of 4 GiB": ("imap", endless(b"a" * 65_536, _LITERAL % b"4294967295"), "too_large"),
    "a literal that waits for nobody": ("imap", endless(b"a" * 65_536, _LITERAL % b"999999999+"), "too_large"),
    "a literal of absurd size": ("imap", endless(b"a" * 65_536, _LITERAL % (b"9" * 1500)), "too_large"),
    "a literal that only just fits": ("imap", endless(b"a" * 65_536, _LITERAL % b"262144"), "too_large"),
    "a literal that never comes": ("imap", answers(_LITERAL % b"200000", stays=True), "timeout"),
    "literals without end": ("imap", endless(b"* LIST {3}\r\nabc\r\n" * 1000), "too_large"),
    "a literal in a literal's place": ("imap", endless(b" {1}\r\na" * 1000, b"* LIST {1}\r\na"), "too_large"),
    "a literal in a code": ("imap", endless(b"a" * 65_536, b"* OK [X {4294967295}\r\n"), "too_large"),
    "requests for more without end": ("imap", endless(b"+ go on\r\n" * 1000), "protocol"),
    "a foreign tag": ("imap", answers(b"A1 OK done\r\n", stays=True), "protocol"),
    "capabilities without end": ("imap", endless(b" X" * 30_000, b"* CAPABILITY"), "too_large"),
    "silence": ("imap", tarpit, "timeout"),
    "good-bye": ("imap", answers(b"* BYE and off\r\n"), "rejected"),
    "a list without end in POP3": ("pop3", endless(b"X-MORE\r\n" * 1000, b"+OK\r\n"), "too_large"),
    "a list that drips in POP3": ("pop3", drip(b"+OK\r\nTOP\r\n"), "timeout"),
    "silence in POP3": ("pop3", tarpit, "timeout"),
    "a list cut off in POP3": ("pop3", answers(b"+OK\r\nTOP\r\n"), "protocol"),
}


def at_once(handler: Handler) -> Handler:
    """`handler` instead of the answer to a command that was read already."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken = asyncio.StreamReader()
        spoken.feed_data(b"command")
        await handler(spoken, writer)
        writer.close()

    return serve


@pytest.mark.parametrize("peer", _ANSWERS)
def test_a_foul_answer_to_the_first_command(host: HostileHost, looker: Looker, peer: str) -> None:
    kind, handler, cause = _ANSWERS[peer]
    assert told(looker, kind, host.serve(KINDS[kind](foul=at_once(handler)))) == ("critical", cause)


@BOTH
@pytest.mark.parametrize("peer", ["tarpit", "endless reply", "garbage", "half handshake"])
def test_a_handshake_with_a_hostile_server(host: HostileHost, looker: Looker, kind: str, peer: str) -> None:
    cause = "timeout" if peer in {"tarpit", "half handshake"} else "tls_handshake"
    assert told(looker, kind, host.serve(PLAIN[peer]), tls="implicit") == ("critical", cause)


STARTTLS: Mapping[str, tuple[Callable[[Callable[..., MailboxPeer]], MailboxPeer], str]] = {
    "stripped": (lambda peer: peer(offers=("UIDPLUS", "TOP")), "tls_missing"),
    "garbage": (lambda peer: peer(after_go_ahead=GARBAGE), "tls_handshake"),
    "half": (lambda peer: peer(after_go_ahead=HALF_HANDSHAKE), "timeout"),
    "silence": (lambda peer: peer(after_go_ahead=tarpit), "timeout"),
    "injected": (lambda peer: peer(after_go_ahead=tarpit, injected=b"* OK plain\r\n+OK plain\r\n"), "protocol"),
}


@BOTH
@pytest.mark.parametrize("peer", STARTTLS)
def test_encrypting_with_a_hostile_server(host: HostileHost, looker: Looker, kind: str, peer: str) -> None:
    build, cause = STARTTLS[peer]
    assert told(looker, kind, host.serve(build(KINDS[kind])), tls="starttls") == ("critical", cause)


@BOTH
@pytest.mark.parametrize(("peer", "cause"), [("tarpit", "timeout"), ("endless reply", "protocol")])
def test_foul_things_inside_of_tls(
    host: HostileHost, looker: Looker, authority: Authority, *, kind: str, peer: str, cause: str
) -> None:
    port = host.serve(PLAIN[peer], server_context(authority.leaf("127.0.0.1")))
    assert told(looker, kind, port, tls="implicit", ca_file=str(authority.ca_file)) == ("critical", cause)


@pytest.fixture
def password(tmp_path: Path) -> Secret:
    path = tmp_path / "password"
    path.touch(0o600)
    path.write_text(PASSWORD)
    return secret_from_file(path)


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
