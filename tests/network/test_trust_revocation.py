"""What revocation lists say of a chain; dates of lists are the caller's to judge."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import crypto

from checks.network.trust import Trust
from checks.network.values import Revocation
from tests.support.certificates import Authority, Pair, now, self_signed
from tests.support.network import NOW, Stopwatch
from tests.support.revocation_lists import der, pem, revocation_list, serial_of, stranger_key, written

DAY = timedelta(days=1)
POINT = x509.UniformResourceIdentifier("http://crl.example/part-1.crl")


class Site:
    """mx.example under an issuer under a root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = Authority.root(folder)
        self.issuer = self.root.intermediate()
        self.pair = self.issuer.leaf("mx.example")
        self.trust = Trust(Stopwatch(), lambda: NOW)

    @property
    def serial(self) -> int:
        return serial_of(self.pair)

    def judged(self, crl_file: Path | None, pair: Pair | None = None) -> tuple[Revocation, ...]:
        pems = (pair or self.pair).chain_file.read_bytes()
        chain = [crypto.X509.from_cryptography(one) for one in x509.load_pem_x509_certificates(pems)]
        return self.trust.judge(chain, "mx.example", self.root.ca_file, crl_file).revocations

    def leaf(self, *lists: x509.CertificateRevocationList) -> Revocation:
        return self.judged(written(self.folder, *lists))[0]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_without_a_file_nobody_asks(site: Site) -> None:
    assert site.judged(None) == ()


def test_lists_of_several_issuers_in_one_file_tell_of_the_whole_path(site: Site) -> None:
    of_leaf, of_issuer = site.judged(
        written(site.folder, revocation_list(site.root), revocation_list(site.issuer, [site.serial + 1]))
    )
    assert (of_leaf.subject, of_leaf.unjudged, of_leaf.revoked_at) == ("CN=mx.example", "", None)
    assert (of_issuer.subject, of_issuer.unjudged, of_issuer.revoked_at) == ("CN=Test Issuer", "", None)


def test_a_list_in_der_form_is_read_too(site: Site) -> None:
    path = site.folder / "one.crl"
    path.write_bytes(der(revocation_list(site.issuer, [site.serial])))
    assert site.judged(path)[0].revoked_at is not None


def test_a_revoked_leaf_is_told_with_instant_and_reason(site: Site) -> None:
    life = (now().replace(microsecond=0) - DAY, now() + DAY)
    seen = site.leaf(revocation_list(site.issuer, {site.serial: x509.ReasonFlags.key_compromise}, life=life))
    assert (seen.revoked_at, seen.reason) == (life[0], "key compromise")


def test_a_revoked_issuer_is_told_of_the_issuer(site: Site) -> None:
    lists = (revocation_list(site.issuer), revocation_list(site.root, [site.issuer.certificate.serial_number]))
    of_leaf, of_issuer = site.judged(written(site.folder, *lists))
    assert of_leaf.revoked_at is None
    assert of_issuer.revoked_at is not None


def test_of_two_lists_of_one_issuer_the_newer_counts(site: Site) -> None:
    older = revocation_list(site.issuer, [site.serial], life=(now() - 9 * DAY, now() + DAY))
    assert site.leaf(older, revocation_list(site.issuer)).revoked_at is None


def test_a_list_of_another_issuer_says_nothing(site: Site) -> None:
    seen = site.leaf(revocation_list(site.root, [site.serial]))
    assert seen.revoked_at is None
    assert seen.unjudged == f"{site.folder}/lists.crl holds no list of CN=Test Issuer"


def test_a_list_that_somebody_else_signed_says_nothing(site: Site) -> None:
    seen = site.leaf(revocation_list(site.issuer, [site.serial], key=stranger_key()))
    assert seen.revoked_at is None
    assert "is not signed by them" in seen.unjudged


def test_an_issuer_without_the_right_to_sign_lists_says_nothing(site: Site) -> None:
    site.issuer = authority_without_crl_sign(site.root)
    site.pair = site.issuer.leaf("mx.example")
    assert "is not signed by them" in site.leaf(revocation_list(site.issuer)).unjudged


def authority_without_crl_sign(root: Authority) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Mute Issuer")]))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(99)
        .not_valid_before(now() - DAY)
        .not_valid_after(now() + DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(root.key, hashes.SHA256())
    )
    return Authority(root.folder, certificate, key, (certificate,))


def scope(**said: object) -> x509.IssuingDistributionPoint:
    nothing: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**nothing, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("extension", "is_judged"),
    [
        (scope(only_contains_user_certs=True), True),
        (scope(only_contains_ca_certs=True), False),
        (scope(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})), False),
        (scope(indirect_crl=True), False),
        (scope(full_name=[POINT]), False),
        (x509.DeltaCRLIndicator(1), False),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), False),
    ],
    ids=["of users", "of authorities", "of some reasons", "indirect", "of another part", "a delta", "not understood"],
)
def test_a_list_for_part_of_the_certificates_counts_only_for_those(
    site: Site, extension: x509.ExtensionType, *, is_judged: bool
) -> None:
    seen = site.leaf(revocation_list(site.issuer, extensions=[(extension, True)]))
    assert (seen.unjudged == "") is is_judged
    assert is_judged or "is one for other certificates" in seen.unjudged


def test_the_part_of_a_list_that_the_certificate_points_to_counts(site: Site) -> None:
    leaf = x509.load_pem_x509_certificates(site.pair.chain_file.read_bytes())[0]
    points = x509.CRLDistributionPoints([x509.DistributionPoint([POINT], None, None, None)])
    pointing = (
        x509.CertificateBuilder()
        .subject_name(leaf.subject)
        .issuer_name(leaf.issuer)
        .public_key(leaf.public_key())
        .serial_number(4242)
        .not_valid_before(leaf.not_valid_before_utc)
        .not_valid_after(leaf.not_valid_after_utc)
        .add_extension(points, critical=False)
        .sign(site.issuer.key, hashes.SHA256())
    )
    pems = [one.public_bytes(serialization.Encoding.PEM) for one in (pointing, site.issuer.certificate)]
    chain_file = site.folder / "pointing.pem"
    chain_file.write_bytes(b"".join(pems))
    part = revocation_list(site.issuer, [4242], extensions=[(scope(full_name=[POINT]), True)])
    seen = site.judged(written(site.folder, part), Pair(chain_file, site.pair.key_file))[0]
    assert seen.revoked_at is not None


def test_a_certificate_without_its_issuer_at_hand_cannot_be_judged(site: Site) -> None:
    lone = site.issuer.leaf("mx.example", send_parents=False)
    seen = site.judged(written(site.folder, revocation_list(site.issuer, [serial_of(lone)])), lone)[0]
    assert seen.unjudged == "the certificate of CN=Test Issuer, who signs the list, is not at hand"


def test_an_untrusted_chain_is_judged_by_the_issuer_it_brings(site: Site, tmp_path: Path) -> None:
    stranger = Authority.root(tmp_path, "Stranger").intermediate("Strange Issuer")
    pair = stranger.leaf("mx.example")
    seen = site.judged(written(site.folder, revocation_list(stranger, [serial_of(pair)])), pair)[0]
    assert seen.revoked_at is not None


def test_a_self_signed_certificate_has_no_list(site: Site) -> None:
    pair = self_signed(site.folder, "mx.example")
    assert site.judged(written(site.folder, revocation_list(site.issuer)), pair) == ()


def _missing(path: Path) -> None:
    path.unlink(missing_ok=True)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_missing, "No such file or directory"),
        (lambda path: path.mkdir(), "not a regular file"),
        (_pipe, "not a regular file"),
        (lambda path: path.write_bytes(b""), "no revocation list in PEM or DER form in it"),
        (lambda path: path.write_bytes(b"\x30\x82\xff"), "no revocation list in PEM or DER form in it"),
        (lambda path: path.write_bytes(b"0" * (17 << 20)), "over 16 MiB"),
    ],
    ids=["missing", "a folder", "a pipe", "empty", "garbage", "huge"],
)
def test_a_file_that_cannot_be_read_leaves_the_answer_open(
    site: Site, make: Callable[[Path], object], why: str
) -> None:
    path = site.folder / "odd.crl"
    make(path)
    assert [one.unjudged for one in site.judged(path)] == [f"revocation list {path}: {why}"] * 2


def test_one_broken_list_among_good_ones_costs_only_its_own_answer(site: Site) -> None:
    path = site.folder / "mixed.crl"
    broken = b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
    path.write_bytes(broken + pem(revocation_list(site.issuer)))
    of_leaf, of_issuer = site.judged(path)
    assert of_leaf.unjudged == ""
    assert of_issuer.unjudged == f"revocation list {path}: 1 of the 2 lists in it cannot be read"


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(site: Site) -> None:
    path = written(site.folder, revocation_list(site.issuer))
    first = site.judged(path)
    assert site.judged(path) is first
    path.write_bytes(pem(revocation_list(site.issuer, [site.serial])))
    assert site.judged(path)[0].revoked_at is not None
    path.unlink()
    assert "No such file" in site.judged(path)[0].unjudged


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("lasting"))


@given(changes=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), min_size=1, max_size=4))
def test_no_mutated_list_is_believed(lasting: Site, changes: list[tuple[int, int]]) -> None:
    good = der(revocation_list(lasting.issuer, [lasting.serial]))
    mutated = bytearray(good)
    for place, byte in changes:
        mutated[place % len(mutated)] = byte
    path = lasting.folder / f"{len(list(lasting.folder.iterdir()))}.crl"
    path.write_bytes(bytes(mutated))
    (of_leaf, _) = lasting.judged(path)
    assert bytes(mutated) == good or of_leaf.unjudged
