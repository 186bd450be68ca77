"""Odd certificates and handshakes without end, beyond those of tests.support.matrix (FAULTS row 23)."""

import ssl
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.certificates import Authority, self_signed
from tests.support.hostile import (
    HostileHost,
    SmtpPeer,
    server_context,
    tarpit,
)
from tests.support.look_child import Cost, Looker
from tests.support.odd_certificates import Odd
from tests.support.revocation_lists import pem, revocation_list
from tests.support.tls_peers import old_context, renegotiating

TIMEOUT_S = 30.0


def looked_at(looker: Looker, port: int, authority: Authority, timeout_s: float = TIMEOUT_S, **more: object) -> Cost:
    options = {"host": "127.0.0.1", "port": port, "ca_file": str(authority.ca_file), **more}
    cost = looker.look("tls_certificate", options, timeout_s)
    assert cost.excess == ""
    return cost


def test_a_chain_of_a_thousand(host: HostileHost, looker: Looker, authority: Authority) -> None:
    junk = [authority.intermediate(f"Junk {number}").certificate for number in range(50)] * 20
    port = host.serve(tarpit, server_context(authority.leaf("127.0.0.1", extra=junk)))
    cost = looked_at(looker, port, authority)
    assert cost.status == "critical"
    assert cost.cause in {"too_large", "tls_handshake"}


def test_a_self_signed_chain_of_copies_of_itself(host: HostileHost, looker: Looker, authority: Authority) -> None:
    pair = self_signed(authority.folder, "127.0.0.1")
    pair.chain_file.write_bytes(pair.chain_file.read_bytes() * 10)
    cost = looked_at(looker, host.serve(tarpit, server_context(pair)), authority)
    assert (cost.status, cost.cause) == ("critical", "tls_untrusted")


#: Behind what is good or bad about them all the same is a date, so none may end the look.
ODD: Mapping[str, tuple[Odd, tuple[str, str], tuple[str, str]]] = {
    "year 9999": (Odd(not_after="99991231235959Z"), ("ok", "none"), ("ok", "none")),
    "year 1": (
        Odd(not_before="00010101000000Z", not_after="00010102000000Z"),
        ("ok", "none"),
        ("critical", "expired"),
    ),
    "backwards": (
        Odd(not_before="20980101000000Z", not_after="20100101000000Z"),
        ("ok", "none"),
        ("critical", "expired"),
    ),
    "a negative serial": (Odd(serial=-5), ("ok", "none"), ("ok", "none")),
    "a name that moves cursors": (Odd(common_name="\x1b[2J\r\n\0\u202e\u2066x"), ("ok", "none"), ("ok", "none")),
    "a name of 64 KiB": (Odd(common_name="x" * 65_536), ("ok", "none"), ("ok", "none")),
    "malformed names": (
        Odd(alternative_names=b"\x30\x03\x82\x01\xff"),
        ("critical", "tls_untrusted"),
        ("ok", "none"),
    ),
}


@pytest.mark.parametrize("which", ODD)
def test_an_odd_certificate_is_judged_and_its_date_told(
    host: HostileHost, looker: Looker, authority: Authority, which: str
) -> None:
    odd, fault, expiry = ODD[which]
    cost = looked_at(looker, host.serve(tarpit, server_context(odd.pair(authority))), authority)
    assert (cost.status, cost.cause) == fault
    assert cost.others[0] == expiry


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_a_server_that_speaks_nothing_newer_than_tls_1_1_is_shaken_hands_with_and_called_weak(
    host: HostileHost, looker: Looker, authority: Authority, version: ssl.TLSVersion
) -> None:
    pair = authority.leaf("127.0.0.1", key=rsa.generate_private_key(65537, 2048))
    cost = looked_at(looker, host.serve(tarpit, old_context(pair, version)), authority)
    assert (cost.status, cost.cause) == ("warning", "tls_weak")
    assert cost.others == (("ok", "none"),), "its date is told"


def test_a_certificate_of_no_year_at_all_is_no_certificate(
    host: HostileHost, looker: Looker, authority: Authority
) -> None:
    pair = Odd(not_after="00000101000000Z").pair(authority)
    cost = looked_at(looker, host.serve(tarpit, server_context(pair)), authority)
    assert (cost.status, cost.cause) == ("critical", "tls_handshake")


def test_a_server_that_wants_to_shake_hands_for_ever(host: HostileHost, looker: Looker, authority: Authority) -> None:
    port = host.serve(renegotiating(authority.leaf("127.0.0.1")))
    assert looked_at(looker, port, authority).status == "ok"
    options = {"url": f"https://127.0.0.1:{port}/", "ca_file": str(authority.ca_file)}
    page = looker.look("http", options, 1.0)
    assert (page.status, page.excess) == ("critical", "")


def test_a_server_that_falls_silent_behind_the_handshake_has_shown_its_certificate(
    host: HostileHost, looker: Looker, authority: Authority
) -> None:
    peer = SmtpPeer(context=server_context(authority.leaf("127.0.0.1")), after_handshake=tarpit)
    cost = looked_at(looker, host.serve(peer), authority, starttls="smtp")
    assert cost.status == "ok"
    assert cost.duration_s < TIMEOUT_S / 2


def test_a_list_of_twenty_thousand_revoked_certificates_is_read(
    host: HostileHost, looker: Looker, authority: Authority
) -> None:
    crl_file = authority.folder / "long.crl"
    crl_file.write_bytes(pem(revocation_list(authority, range(1, 20_001))))
    port = host.serve(tarpit, server_context(authority.leaf("127.0.0.1")))
    cost = looked_at(looker, port, authority, crl_file=str(crl_file))
    assert cost.others[1] == ("ok", "none")
