import asyncio
import ssl
import warnings
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from checks.model import Cause
from checks.network.errors import BlindError
from checks.network.values import Connection, TlsSession, TlsTerms
from checks.trust import session_faults
from tests.support.certificates import Authority, Pair, now, self_signed, weak_key
from tests.support.network import (
    Handler,
    answering,
    cause_of,
    listening,
    open_files,
    run,
    run_on_asyncio,
    saying,
    session,
    tls_context,
)


@pytest.fixture
def root(tmp_path: Path) -> Authority:
    return Authority.root(tmp_path)


async def handshake(context: ssl.SSLContext, name: str, ca_file: Path | None) -> TlsSession:
    async with listening(saying(b""), context) as port, session() as net:
        connection: Connection = await net.connect(
            "127.0.0.1", port, "any", TlsTerms(server_name=name, ca_file=ca_file)
        )
        assert connection.tls is not None
        return connection.tls


def shown(pair: Pair, name: str, ca_file: Path | None) -> TlsSession:
    return run(handshake(tls_context(pair), name, ca_file))


def causes(seen: TlsSession) -> list[Cause]:
    return [fault.cause for fault in seen.faults]


def test_a_good_chain_has_no_fault_and_is_read_whole(root: Authority) -> None:
    pair = root.intermediate().leaf("mx.example", "192.0.2.1")
    for runner in (run, run_on_asyncio):
        seen = runner(handshake(tls_context(pair), "MX.example.", root.ca_file))
        assert seen.faults == ()
        assert [certificate.subject for certificate in seen.chain] == ["CN=mx.example", "CN=Test Issuer"]
        assert seen.leaf.names == ("mx.example", "192.0.2.1")
        assert (seen.leaf.key, seen.leaf.signature) == ("EC secp256r1", "sha256")
        assert seen.version == "TLSv1.3"
        assert len(seen.leaf.fingerprint_sha256) == 64
        assert seen.handshake_s > 0


@pytest.mark.parametrize(
    ("names", "asked", "fits"),
    [
        (("mx.example",), "mx.example", True),
        (("MX.Example",), "mx.example", True),
        (("*.gov.example",), "mx.gov.example", True),
        (("*.gov.example",), "gov.example", False),
        (("*.gov.example",), "a.mx.gov.example", False),
        (("*.example",), "mx.example", False),
        (("m*.gov.example",), "mx.gov.example", False),
        (("other.example",), "mx.example", False),
        (("192.0.2.1",), "192.0.2.1", True),
        (("2001:db8::1",), "[2001:DB8::1]", True),
        (("192.0.2.1",), "192.0.2.2", False),
    ],
)
def test_the_certificate_must_carry_the_name_asked_for(
    root: Authority, names: tuple[str, ...], asked: str, *, fits: bool
) -> None:
    seen = shown(root.leaf(*names), asked, root.ca_file)
    assert causes(seen) == ([] if fits else [Cause.TLS_NAME_MISMATCH])


def test_a_chain_to_an_unknown_root_is_untrusted_yet_seen(root: Authority) -> None:
    seen = shown(root.leaf("mx.example"), "mx.example", None)
    assert causes(seen) == [Cause.TLS_UNTRUSTED]
    assert seen.leaf.subject == "CN=mx.example"


def test_a_missing_intermediate_is_untrusted_and_says_what_is_missing(root: Authority) -> None:
    seen = shown(root.intermediate().leaf("mx.example", send_parents=False), "mx.example", root.ca_file)
    assert causes(seen) == [Cause.TLS_UNTRUSTED]
    assert "the issuer CN=Test Issuer is missing from what the server sends" in seen.faults[0].text


def test_a_self_signed_certificate_is_untrusted_unless_it_is_the_trusted_one(tmp_path: Path) -> None:
    pair = self_signed(tmp_path, "mx.example")
    other = self_signed(tmp_path, "other.example")
    assert causes(shown(pair, "mx.example", other.chain_file)) == [Cause.TLS_UNTRUSTED]
    assert causes(shown(pair, "mx.example", pair.chain_file)) == []


def test_an_intermediate_may_be_trusted_by_itself(root: Authority) -> None:
    issuer = root.intermediate()
    assert causes(shown(issuer.leaf("mx.example", send_parents=False), "mx.example", issuer.ca_file)) == []


@pytest.mark.parametrize("shift", [timedelta(days=-30), timedelta(days=30)])
def test_dates_are_shown_and_not_judged(root: Authority, shift: timedelta) -> None:
    pair = root.leaf("mx.example", not_before=now() + shift, not_after=now() + shift + timedelta(days=1))
    seen = shown(pair, "mx.example", root.ca_file)
    assert seen.faults == ()
    assert abs(seen.leaf.not_after - (now() + shift + timedelta(days=1))) < timedelta(minutes=1)


def test_a_short_key_is_weak(root: Authority) -> None:
    seen = shown(root.leaf("mx.example", key=weak_key()), "mx.example", root.ca_file)
    assert causes(seen) == [Cause.TLS_WEAK]
    assert "RSA 1024" in seen.faults[0].text


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_old_version_is_seen_and_called_weak(root: Authority, version: ssl.TLSVersion) -> None:
    context = tls_context(root.leaf("mx.example"), ciphers="ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    seen = run(handshake(context, "mx.example", root.ca_file))
    assert causes(seen) == [Cause.TLS_WEAK]
    assert "outdated" in seen.faults[0].text


@pytest.mark.parametrize("curve", ["prime256v1", "secp384r1", "secp521r1", "X25519", "X448"])
def test_a_server_of_one_group_is_met_whatever_the_key_share_was(root: Authority, curve: str) -> None:
    context = tls_context(root.leaf("mx.example"))
    context.set_ecdh_curve(curve)
    seen = run(handshake(context, "mx.example", root.ca_file))
    assert seen.version == "TLSv1.3"
    assert seen.faults == ()


def test_the_first_hello_fits_into_one_packet() -> None:
    async def look() -> bytes:
        hello: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def hear(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            hello.set_result(await reader.read(65_536))

        async with listening(hear) as port, session() as net:
            await cause_of(net.connect("127.0.0.1", port, "any", TlsTerms(server_name="mx.example")))
            return await hello

    assert len(run(look())) < 536  # what every path must carry whole (RFC 9293 §3.7.1)


def test_a_client_s_certificate_is_not_a_server_s(root: Authority, tmp_path: Path) -> None:
    pair = client_certificate(root, tmp_path)
    assert causes(shown(pair, "mx.example", root.ca_file)) == [Cause.TLS_UNTRUSTED]


def test_the_path_leaves_out_what_nobody_needs_and_ends_at_the_anchor(root: Authority, tmp_path: Path) -> None:
    stranger = Authority.root(tmp_path, "Gone Root")
    lapsed_cross = (
        x509.CertificateBuilder()
        .subject_name(root.certificate.subject)
        .issuer_name(stranger.certificate.subject)
        .public_key(root.key.public_key())
        .serial_number(9)
        .not_valid_before(now() - timedelta(days=400))
        .not_valid_after(now() - timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(stranger.key, hashes.SHA256())
    )
    pair = root.intermediate().leaf("mx.example", extra=(lapsed_cross,))
    seen = shown(pair, "mx.example", root.ca_file)
    assert seen.faults == ()
    assert [certificate.issuer for certificate in seen.chain] == ["CN=Test Issuer", "CN=Test Root", "CN=Gone Root"]
    assert [certificate.issuer for certificate in seen.path] == ["CN=Test Issuer", "CN=Test Root", "CN=Test Root"]
    assert session_faults(seen, now()) == []


def client_certificate(root: Authority, folder: Path) -> Pair:
    plain = root.leaf("mx.example")
    leaf = x509.load_pem_x509_certificate(plain.chain_file.read_bytes())
    builder = (
        x509.CertificateBuilder()
        .subject_name(leaf.subject)
        .issuer_name(leaf.issuer)
        .public_key(leaf.public_key())
        .serial_number(7)
        .not_valid_before(leaf.not_valid_before_utc)
        .not_valid_after(leaf.not_valid_after_utc)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("mx.example")]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    )
    signed = builder.sign(root.key, hashes.SHA256())
    path = folder / "client.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return Pair(path, plain.key_file)


def many_names(root: Authority, folder: Path, count: int) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    plain = root.leaf("mx.example", key=key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "many")]))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(8)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(f"host-{number}.example") for number in range(count)]),
            critical=False,
        )
    )
    path = folder / "many.pem"
    path.write_bytes(builder.sign(root.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return Pair(path, plain.key_file)


def test_of_thousands_of_names_a_hundred_are_kept_and_all_are_compared(root: Authority, tmp_path: Path) -> None:
    seen = shown(many_names(root, tmp_path, 3000), "host-2999.example", root.ca_file)
    assert seen.faults == ()
    assert len(seen.leaf.names) == 100


def test_a_hundred_thousand_names_are_cut_off_in_the_handshake(root: Authority, tmp_path: Path) -> None:
    pair = many_names(root, tmp_path, 100_000)
    assert run(cause_of(handshake(tls_context(pair), "mx.example", root.ca_file))) is Cause.TOO_LARGE


def test_a_chain_of_many_certificates_is_cut_off(root: Authority) -> None:
    others = [root.intermediate(f"Issuer {number}").certificate for number in range(25)]
    pair = root.leaf("mx.example", extra=others)
    assert run(cause_of(handshake(tls_context(pair), "mx.example", root.ca_file))) is Cause.TOO_LARGE


@pytest.mark.parametrize(
    ("handler", "text"),
    [
        (answering(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "does not speak TLS"),
        (saying(b"220 mx.example ESMTP\r\n"), "does not speak TLS"),
        (answering(b""), "closed by the peer during the TLS handshake"),
        (answering(b"\x15\x03\x03\x00\x02\x02\x28"), "handshake failure"),
    ],
)
def test_a_failed_handshake_says_why(handler: Handler, text: str) -> None:
    async def look() -> tuple[Cause, str]:
        async with listening(handler) as port, session() as net:
            cause = await cause_of(net.connect("127.0.0.1", port, "any", TlsTerms(server_name="mx.example")))
            return cause, net.transcript()

    for runner in (run, run_on_asyncio):
        cause, transcript = runner(look())
        assert cause is Cause.TLS_HANDSHAKE
        assert text in transcript


def test_a_handshake_without_end_is_cut_by_the_caller_and_leaves_nothing_open() -> None:
    async def look() -> tuple[int, int]:
        async with listening(saying(b"\x16\x03\x03\x10\x00\x02")) as port:
            before = open_files()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1), session() as net:
                    await net.connect("127.0.0.1", port, "any", TlsTerms(server_name="mx.example"))
            await asyncio.sleep(0.05)
            return before, open_files()

    before, after = run(look())
    assert after <= before


def test_endless_handshake_records_are_cut_off() -> None:
    async def flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Warnings that no TLS 1.2 client may refuse at once.
        while not writer.is_closing():
            writer.write(b"\x15\x03\x03\x00\x02\x01\x5a" * 5000)
            await writer.drain()

    async def look() -> Cause:
        async with listening(flood) as port, session() as net:
            return await cause_of(net.connect("127.0.0.1", port, "any", TlsTerms(server_name="mx.example")))

    assert run(look()) in {Cause.TLS_HANDSHAKE, Cause.TOO_LARGE}


@pytest.mark.parametrize("text", [None, "", "no certificate"])
def test_a_trust_store_that_cannot_be_read_is_our_fault(root: Authority, tmp_path: Path, text: str | None) -> None:
    ca_file = tmp_path / "odd.pem"
    if text is not None:
        ca_file.write_text(text)
    with pytest.raises(BlindError, match=r"trust store .*odd\.pem"):
        shown(root.leaf("mx.example"), "mx.example", ca_file)


def test_a_changed_trust_store_is_read_again(root: Authority, tmp_path: Path) -> None:
    ca_file = tmp_path / "changing.pem"
    stranger = Authority.root(tmp_path, "Stranger")
    ca_file.write_bytes(stranger.ca_file.read_bytes())
    context = tls_context(root.leaf("mx.example"))

    async def look() -> list[list[Cause]]:
        seen = []
        async with listening(saying(b""), context) as port, session() as net:
            for trusted in (stranger, stranger, root, root):
                ca_file.write_bytes(trusted.ca_file.read_bytes() + b"\n" * (trusted is root))
                terms = TlsTerms(server_name="mx.example", ca_file=ca_file)
                connection = await net.connect("127.0.0.1", port, "any", terms)
                assert connection.tls is not None
                seen.append(causes(connection.tls))
        return seen

    assert run(look()) == [[Cause.TLS_UNTRUSTED], [Cause.TLS_UNTRUSTED], [], []]
