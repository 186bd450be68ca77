"""What is wrong with a chain, in words that say what to mend; and what is weak about it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from OpenSSL import crypto

from checks.model import Cause
from checks.network.chain_verdict import JudgedChain
from checks.network.trust import Trust
from tests.support.certificates import Authority, Pair, issued, now, self_signed, weak_key
from tests.support.network import NOW, Stopwatch
from tests.support.odd_certificates import Odd

DAY = timedelta(days=1)
_END = b"-----END CERTIFICATE-----"


@pytest.fixture
def root(tmp_path: Path) -> Authority:
    return Authority.root(tmp_path)


def judged(chain: Sequence[crypto.X509], ca_file: Path | None, name: str = "mx.example") -> JudgedChain:
    return Trust(Stopwatch(), lambda: NOW).judge(chain, name, ca_file)


def of(pair: Pair) -> Sequence[crypto.X509]:
    pems = pair.chain_file.read_bytes().split(_END)[:-1]
    return [crypto.load_certificate(crypto.FILETYPE_PEM, pem + _END) for pem in pems]


def distrust(chain: Sequence[crypto.X509], ca_file: Path | None) -> str:
    (fault,) = judged(chain, ca_file).faults
    assert fault.cause is Cause.TLS_UNTRUSTED
    return fault.text


def test_a_missing_intermediate_is_named(root: Authority) -> None:
    assert distrust(of(root.intermediate().leaf("mx.example", send_parents=False)), root.ca_file) == (
        "the chain is incomplete: the issuer CN=Test Issuer is missing from what the server sends, and from "
        f"{root.ca_file}"
    )


def test_a_missing_second_intermediate_is_named(root: Authority) -> None:
    lower = root.intermediate().intermediate("Lower Issuer")
    leaf = lower.leaf("mx.example", send_parents=False, extra=(lower.certificate,))
    assert distrust(of(leaf), root.ca_file) == (
        "the chain is incomplete: the issuer CN=Test Issuer is missing from what the server sends, and from "
        f"{root.ca_file}"
    )


def test_an_unknown_root_is_named(root: Authority, tmp_path: Path) -> None:
    stranger = Authority.root(tmp_path, "Stranger")
    chain = of(stranger.intermediate().leaf("mx.example", extra=(stranger.certificate,)))
    assert distrust(chain, root.ca_file) == (
        f"the chain ends at CN=Stranger, an unknown root: it is not in {root.ca_file}"
    )
    assert distrust(chain, None).endswith("it is not in the roots of this machine")


def test_a_self_signed_certificate_is_called_so(root: Authority, tmp_path: Path) -> None:
    chain = of(self_signed(tmp_path, "mx.example"))
    assert distrust(chain, root.ca_file) == f"the certificate is self-signed, and not in {root.ca_file}"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("a.example",), "but for a.example"),
        (("a.example", "b.example", "c.example", "d.example"), "but for a.example, b.example, c.example and 1 more"),
    ],
)
def test_a_certificate_for_others_says_for_whom(root: Authority, names: tuple[str, ...], told: str) -> None:
    (fault,) = judged(of(root.leaf(*names)), root.ca_file).faults
    assert (fault.cause, fault.text) == (
        Cause.TLS_NAME_MISMATCH,
        f"the certificate is not for mx.example, {told}",
    )


def test_a_certificate_for_nobody_says_so(root: Authority) -> None:
    (fault,) = judged(of(Odd(alternative_names=b"\x30\x00").pair(root)), root.ca_file).faults
    assert fault.text == "the certificate is not for mx.example, it names no host at all"


def test_an_issuer_that_is_no_authority_is_named(root: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    life = (now() - DAY, now() + DAY)
    impostor = issued("Impostor", key, "Test Root", root.key, life, is_ca=False)
    leaf = issued("mx.example", key, "Impostor", key, life, is_ca=False)
    chain = [crypto.X509.from_cryptography(one) for one in (leaf, impostor)]
    assert distrust(chain, root.ca_file) == "CN=Impostor has signed a certificate and is no authority"


def test_a_forged_signature_is_told(root: Authority, tmp_path: Path) -> None:
    namesake = Authority.root(tmp_path, "Test Root")
    assert distrust(of(namesake.leaf("mx.example")), root.ca_file) == (
        "the signature on the certificate of CN=mx.example is not that of the CN=Test Root at hand"
    )


def test_whatever_else_openssl_says_stands_with_the_certificate_it_means(root: Authority) -> None:
    narrow = root.intermediate("Narrow")  # may sign leaves only
    lower = narrow.intermediate("Lower")
    told = distrust(of(lower.leaf("mx.example")), root.ca_file)
    assert "path length constraint exceeded" in told
    assert "CN=" in told


def test_a_signature_over_sha1_is_weak(root: Authority) -> None:
    (fault,) = judged(of(Odd(is_over_sha1=True).pair(root)), root.ca_file, "127.0.0.1").faults
    assert fault.cause is Cause.TLS_WEAK
    assert fault.text == "the certificate of CN=odd.example is signed with SHA1, which can be forged"


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (weak_key, "the key of CN=mx.example is too short (RSA 1024)"),
        (lambda: ec.generate_private_key(ec.SECP224R1()), "the key of CN=mx.example is too short (EC secp224r1)"),
        (lambda: rsa.generate_private_key(65537, 2048), ""),
        (lambda: ec.generate_private_key(ec.SECP256R1()), ""),
    ],
    ids=["RSA 1024", "EC 224", "RSA 2048", "EC 256"],
)
def test_keys_are_weak_below_today_s_sizes(
    root: Authority, make: Callable[[], rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey], text: str
) -> None:
    faults = judged(of(root.leaf("mx.example", key=make())), root.ca_file).faults
    assert [(fault.cause, fault.text) for fault in faults] == ([(Cause.TLS_WEAK, text)] if text else [])


def test_what_nobody_needs_may_be_weak(root: Authority, tmp_path: Path) -> None:
    pems = Authority.root(tmp_path, "Stranger").leaf("x.example", key=weak_key()).chain_file.read_bytes()
    weak = x509.load_pem_x509_certificate(pems)
    assert judged(of(root.leaf("mx.example", extra=(weak,))), root.ca_file).faults == ()


@pytest.mark.parametrize(
    ("odd", "causes"),
    [
        (Odd(), []),
        (Odd(serial=-5), []),
        (Odd(serial=0), []),
        (Odd(not_after="99991231235959Z"), []),
        (Odd(not_before="00010101000000Z", not_after="00010201000000Z"), []),
        (Odd(not_before="20300101000000Z", not_after="20200101000000Z"), []),
        (Odd(common_name="x" * 65_536), []),
        (Odd(alternative_names=b"\x30\x03\x82\x01\xff"), [Cause.TLS_UNTRUSTED]),
    ],
    ids=[
        "plain",
        "negative serial",
        "serial 0",
        "year 9999",
        "year 1",
        "backwards",
        "64 KiB of name",
        "malformed names",
    ],
)
def test_odd_certificates_are_read_and_their_dates_told(root: Authority, odd: Odd, causes: list[Cause]) -> None:
    seen = judged(of(odd.pair(root)), root.ca_file, "127.0.0.1")
    assert [fault.cause for fault in seen.faults] == causes
    assert f"{seen.chain[0].not_after:%Y%m%d%H%M%SZ}".zfill(15) == odd.not_after
    assert len(seen.chain[0].subject) < 600


def test_a_malformed_certificate_is_called_so_and_not_one_for_another_name(root: Authority) -> None:
    (fault,) = judged(of(Odd(alternative_names=b"\x30\x03\x82\x01\xff").pair(root)), root.ca_file).faults
    assert fault.text.startswith("the certificate of CN=odd.example is malformed: ")
