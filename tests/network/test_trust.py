import contextlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import crypto

from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.trust import REVERIFY_S, Trust
from tests.support.certificates import Authority
from tests.support.network import Stopwatch


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
        judged = Trust(Stopwatch()).judge(presented(chain), "mx.example", site.ca_file)
        assert chain == site.ders or judged.faults


@pytest.mark.parametrize(("older_s", "is_kept"), [(REVERIFY_S - 1, True), (REVERIFY_S, False)])
def test_a_verdict_holds_for_its_period(site: Site, older_s: float, *, is_kept: bool) -> None:
    clock = Stopwatch()
    trust = Trust(clock)
    first = trust.judge(presented(site.ders), "mx.example", site.ca_file)
    clock.now_s += older_s
    assert (trust.judge(presented(site.ders), "mx.example", site.ca_file) is first) == is_kept


def test_a_verdict_is_for_one_name_alone(site: Site) -> None:
    trust = Trust(Stopwatch())
    assert trust.judge(presented(site.ders), "mx.example", site.ca_file).faults == ()
    assert [fault.cause for fault in trust.judge(presented(site.ders), "x.example", site.ca_file).faults] == [
        Cause.TLS_NAME_MISMATCH
    ]


def test_no_certificate_at_all_is_a_failed_handshake(site: Site) -> None:
    with pytest.raises(ProbeError, match="presents no certificate"):
        Trust(Stopwatch()).judge([], "mx.example", site.ca_file)
