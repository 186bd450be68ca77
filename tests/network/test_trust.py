import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import crypto

from checks.model import Cause
from checks.network.chain_verdict import JudgedChain
from checks.network.errors import ProbeError
from checks.network.trust import REVERIFY_S, Trust
from tests.support.certificates import Authority, Life, issued
from tests.support.network import NOW, Stopwatch


@dataclass(frozen=True)
class Site:
    ca_file: Path
    ders: list[bytes]
    """The chain of mx.example, leaf first."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = Authority.root(tmp_path_factory.mktemp("trust"))
    pems = root.intermediate().leaf("mx.example").chain_file.read_bytes()
    chain = x509.load_pem_x509_certificates(pems)
    return Site(root.ca_file, [certificate.public_bytes(serialization.Encoding.DER) for certificate in chain])


def presented(ders: list[bytes]) -> list[crypto.X509]:
    return [crypto.load_certificate(crypto.FILETYPE_ASN1, der) for der in ders]


@given(
    which=st.integers(0, 1),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_no_mutated_certificate_escapes_as_anything_but_a_probe_error_nor_is_trusted(
    site: Site, which: int, changes: list[tuple[int, int]]
) -> None:
    mutated = bytearray(site.ders[which])
    for place, byte in changes:
        mutated[place % len(mutated)] = byte
    chain = [*site.ders]
    chain[which] = bytes(mutated)
    with contextlib.suppress(ProbeError, crypto.Error):
        judged = Trust(Stopwatch(), lambda: NOW).judge(presented(chain), "mx.example", site.ca_file)
        assert chain == site.ders or judged.faults


@pytest.mark.parametrize(("older_s", "is_kept"), [(REVERIFY_S - 1, True), (REVERIFY_S, False)])
def test_a_verdict_holds_for_its_period(site: Site, older_s: float, *, is_kept: bool) -> None:
    clock = Stopwatch()
    trust = Trust(clock, lambda: NOW)
    first = trust.judge(presented(site.ders), "mx.example", site.ca_file)
    clock.now_s += older_s
    assert (trust.judge(presented(site.ders), "mx.example", site.ca_file) is first) == is_kept


def test_a_verdict_is_for_one_name_alone(site: Site) -> None:
    trust = Trust(Stopwatch(), lambda: NOW)
    assert trust.judge(presented(site.ders), "mx.example", site.ca_file).faults == ()
    assert [fault.cause for fault in trust.judge(presented(site.ders), "x.example", site.ca_file).faults] == [
        Cause.TLS_NAME_MISMATCH
    ]


def test_no_certificate_at_all_is_a_failed_handshake(site: Site) -> None:
    with pytest.raises(ProbeError, match="presents no certificate"):
        Trust(Stopwatch(), lambda: NOW).judge([], "mx.example", site.ca_file)


DAY = timedelta(days=1)
YEAR = timedelta(days=365)
OLD = (NOW - 5 * YEAR, NOW - DAY)
RENEWED = (NOW - 30 * DAY, NOW + 5 * YEAR)


class Renewal:
    """An authority and its issuer, each with an old and a renewed certificate of one name and key."""

    def __init__(self, folder: Path) -> None:
        root, issuer, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        self.roots = {life: issued("Root", root, "Root", root, life, is_ca=True) for life in (OLD, RENEWED)}
        self.issuers = {life: issued("Issuer", issuer, "Root", root, life, is_ca=True) for life in (OLD, RENEWED)}
        self.leaf = issued("mx.example", leaf, "Issuer", issuer, (NOW - DAY, NOW + YEAR), is_ca=False)
        self._folder = folder

    def judged(self, roots: Sequence[Life], issuers: Sequence[Life], now: Callable[[], datetime]) -> JudgedChain:
        ca_file = self._folder / f"{len(list(self._folder.iterdir()))}.pem"
        pem = serialization.Encoding.PEM
        ca_file.write_bytes(b"".join(self.roots[life].public_bytes(pem) for life in roots))
        chain = [self.leaf, *(self.issuers[life] for life in issuers)]
        return Trust(Stopwatch(), now).judge(
            [crypto.X509.from_cryptography(one) for one in chain], "mx.example", ca_file
        )


@pytest.fixture(scope="module")
def renewal(tmp_path_factory: pytest.TempPathFactory) -> Renewal:
    return Renewal(tmp_path_factory.mktemp("renewal"))


@pytest.mark.parametrize(
    ("roots", "issuers"),
    [
        ([OLD, RENEWED], [RENEWED]),
        ([RENEWED, OLD], [RENEWED]),
        ([RENEWED], [OLD, RENEWED]),
        ([OLD, RENEWED], [OLD, RENEWED]),
    ],
)
def test_while_an_authority_renews_its_lapsed_certificate_beside_the_new_one_does_no_harm(
    renewal: Renewal, roots: list[Life], issuers: list[Life]
) -> None:
    judged = renewal.judged(roots, issuers, lambda: NOW)
    assert judged.faults == ()
    assert [one.not_after for one in judged.path[1:]] == [RENEWED[1], RENEWED[1]]


def test_a_lapsed_issuer_without_a_renewed_one_stands_on_the_path(renewal: Renewal) -> None:
    judged = renewal.judged([RENEWED], [OLD], lambda: NOW)
    assert judged.faults == ()
    assert [one.not_after for one in judged.path[1:]] == [OLD[1], RENEWED[1]]


def test_a_kept_verdict_ends_with_an_issuer_on_its_path(renewal: Renewal, tmp_path: Path) -> None:
    ca_file = tmp_path / "roots.pem"
    ca_file.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in renewal.roots.values()))
    chain = [crypto.X509.from_cryptography(one) for one in (renewal.leaf, *renewal.issuers.values())]
    now = [NOW - 2 * DAY]
    trust = Trust(Stopwatch(), lambda: now[0])
    before = trust.judge(chain, "mx.example", ca_file)
    now[0] = NOW
    after = trust.judge(chain, "mx.example", ca_file)
    assert before.path[1].not_after == OLD[1]
    assert after.path[1].not_after == RENEWED[1]
    assert trust.judge(chain, "mx.example", ca_file) is after


def test_only_a_missing_issuer_is_blamed_on_the_server_s_short_chain(renewal: Renewal, tmp_path: Path) -> None:
    (short,) = renewal.judged([RENEWED], [], lambda: NOW).faults
    assert "the issuer CN=Issuer is missing from what the server sends, and from" in short.text
    ca_file = tmp_path / "root.pem"
    ca_file.write_bytes(renewal.roots[RENEWED].public_bytes(serialization.Encoding.PEM))
    key = ec.generate_private_key(ec.SECP256R1())
    forged = crypto.X509.from_cryptography(issued("mx.example", key, "Root", key, RENEWED, is_ca=False))
    (fault,) = Trust(Stopwatch(), lambda: NOW).judge([forged], "mx.example", ca_file).faults
    assert fault.text == "the signature on the certificate of CN=mx.example is not that of the CN=Root at hand"


def test_what_a_certificate_says_of_itself_cannot_move_a_cursor(renewal: Renewal, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    foul = issued("\x1b[2J\u202egro", key, "\u202eRoot", key, RENEWED, is_ca=True)
    ca_file = tmp_path / "root.pem"
    ca_file.write_bytes(renewal.roots[RENEWED].public_bytes(serialization.Encoding.PEM))
    judged = Trust(Stopwatch(), lambda: NOW).judge([crypto.X509.from_cryptography(foul)], "mx.example", ca_file)
    assert judged.chain[0].subject == r"CN=\x1b[2J\u202egro"
    assert judged.chain[0].issuer == r"CN=\u202eRoot"
