"""A password reaches nobody but a server that proved itself (security lines 25 and 26)."""

import asyncio
import base64
import io
import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.model import Cause, Finding, Status
from checks.secret import Secret
from tests.support.certificates import Authority, Pair, self_signed, weak_key
from tests.support.hostile import HostileHost, SmtpPeer, server_context, tarpit
from tests.support.passwords import PASSWORD
from tests.support.real_look import Eyes
from watchdog.cli.probe import probe


@dataclass(slots=True)
class Parrot:
    """Quotes the login in every form it knows, then hangs, or says what is no reply."""

    last: bytes = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await reader.readline()
        writer.write(b"250-mail.example\r\n250 AUTH PLAIN\r\n")
        token = (await reader.readline()).split()[-1]
        secret = base64.b64decode(token).split(b"\0")[-1]
        for quoted in (token, token.lower(), token[:9], secret, base64.b64encode(secret)):
            writer.write(b"235-you said " + quoted + b"\r\n")
        writer.write(self.last + secret + b"\r\n" if self.last else b"")
        await tarpit(reader, writer)


def log_in(port: int, authority: Authority, password: Secret, **options: object) -> Finding:
    everything: dict[str, object] = {"host": "127.0.0.1", "port": port, "ca_file": authority.ca_file, **options}
    return Eyes(timeout_s=3).only("smtp", user="probe", password=password, **everything)


def auth_lines(peer: SmtpPeer) -> list[str]:
    return [line for line in peer.lines if line.upper().startswith("AUTH")]


@pytest.mark.parametrize("mistake", ["self-signed", "wrong name", "another authority"])
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_that_cannot_prove_itself_gets_no_login(
    host: HostileHost, authority: Authority, password: Secret, tls: str, mistake: str
) -> None:
    context = server_context(mistaken(authority, mistake))
    peer = SmtpPeer(context=context)
    port = host.serve(peer, context if tls == "implicit" else None)
    finding = log_in(port, authority, password, tls=tls)
    assert finding.status is Status.CRITICAL
    assert finding.cause in {Cause.TLS_UNTRUSTED, Cause.TLS_NAME_MISMATCH}
    assert peer.lines, "the server was reached"
    assert auth_lines(peer) == []


@pytest.mark.parametrize("weakness", ["RSA 1024", "TLS 1.1"])
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_session_that_can_be_broken_gets_no_login(
    host: HostileHost, authority: Authority, password: Secret, tls: str, weakness: str
) -> None:
    peer = SmtpPeer(context=weakened(authority, weakness))
    finding = log_in(host.serve(peer, peer.context if tls == "implicit" else None), authority, password, tls=tls)
    assert (finding.status, finding.cause) == (Status.WARNING, Cause.TLS_WEAK)
    assert any("not tried" in text for _, text in finding.facts)
    assert auth_lines(peer) == []


def weakened(authority: Authority, weakness: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    pair = authority.leaf("127.0.0.1", key=weak_key() if weakness == "RSA 1024" else None)
    context.load_cert_chain(pair.chain_file, pair.key_file)
    if weakness == "TLS 1.1":
        with warnings.catch_warnings(action="ignore"):  # the old versions are the point
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def mistaken(authority: Authority, mistake: str) -> Pair:
    match mistake:
        case "self-signed":
            return self_signed(authority.folder, "127.0.0.1")
        case "wrong name":
            return authority.leaf("mail.example")
        case _:
            return Authority.root(authority.folder, "Somebody Else").leaf("127.0.0.1")


def test_a_server_without_starttls_gets_no_login(host: HostileHost, authority: Authority, password: Secret) -> None:
    peer = SmtpPeer(offers=(b"AUTH PLAIN LOGIN",))
    finding = log_in(host.serve(peer), authority, password, tls="starttls", allow_plain_password=True)
    assert finding.cause is Cause.TLS_MISSING
    assert auth_lines(peer) == []


def test_a_server_that_proves_itself_gets_the_login_and_no_text_shows_it(
    host: HostileHost, authority: Authority, password: Secret
) -> None:
    peer = SmtpPeer(context=server_context(authority.leaf("127.0.0.1")))
    finding = log_in(host.serve(peer), authority, password, tls="starttls")
    assert finding.status is Status.OK
    assert len(auth_lines(peer)) == 1
    assert PASSWORD not in repr(finding)
    assert auth_lines(peer)[0].split()[-1] not in repr(finding)


def test_a_password_travels_plain_only_where_that_is_allowed(
    host: HostileHost, authority: Authority, password: Secret
) -> None:
    peer = SmtpPeer(offers=(b"AUTH PLAIN",))
    finding = log_in(host.serve(peer), authority, password, tls="none", allow_plain_password=True)
    assert finding.status is Status.OK
    assert len(auth_lines(peer)) == 1


@pytest.mark.parametrize(("last", "cause"), [(b"", Cause.TIMEOUT), (b"no such word as ", Cause.PROTOCOL)])
def test_a_server_that_quotes_the_password_and_then_fails_does_not_make_it_public(
    host: HostileHost, authority: Authority, password: Secret, last: bytes, cause: Cause
) -> None:
    port = host.serve(Parrot(last))
    finding = log_in(port, authority, password, tls="none", allow_plain_password=True)
    assert (finding.status, finding.cause) == (Status.CRITICAL, cause)
    assert finding.evidence.count("you said ***") == 5, "what was said stands there, the secret does not"
    assert_hides(repr(finding))


def test_nor_does_probe_explain_it(host: HostileHost, tmp_path: Path, password: Secret) -> None:
    del password  # its file is what counts
    port = host.serve(Parrot())
    words = [f"port={port}", "host=127.0.0.1", "user=probe", f"password=@{tmp_path}/password", "tls=none"]
    out = io.StringIO()
    code = probe("smtp", [*words, "allow_plain_password=true"], explain=True, timeout="1s", out=out, err=out)
    assert code == 2
    assert "you said ***" in out.getvalue()
    assert_hides(out.getvalue())


def assert_hides(text: str) -> None:
    token = base64.b64encode(f"\0probe\0{PASSWORD}".encode()).decode()
    for secret in (PASSWORD, token, token[:9], base64.b64encode(PASSWORD.encode()).decode()):
        assert secret.lower() not in text.lower()
