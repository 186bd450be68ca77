"""Chains and names without measure: read under caps, cause named (FAULTS row 23)."""

import pytest

from tests.support.certificates import Authority, self_signed
from tests.support.hostile import HostileHost, server_context, tarpit
from tests.support.look_child import Cost, Looker

TIMEOUT_S = 2.0


def looked_at(looker: Looker, port: int, authority: Authority) -> Cost:
    options = {"host": "127.0.0.1", "port": port, "ca_file": str(authority.ca_file)}
    cost = looker.look("tls_certificate", options, TIMEOUT_S)
    assert cost.duration_s <= TIMEOUT_S + 0.5
    assert cost.growth_mib < 20
    assert cost.healthy_all_ok
    assert cost.healthy_worst_s < 0.5
    return cost


@pytest.mark.parametrize(("length", "causes"), [(50, {"too_large"}), (1000, {"too_large", "tls_handshake"})])
def test_a_chain_without_measure(
    host: HostileHost, looker: Looker, authority: Authority, length: int, causes: set[str]
) -> None:
    junk = [authority.intermediate(f"Junk {number % 50}").certificate for number in range(50)] * (length // 50)
    port = host.serve(tarpit, server_context(authority.leaf("127.0.0.1", extra=junk)))
    cost = looked_at(looker, port, authority)
    assert cost.status == "critical"
    assert cost.cause in causes


def test_a_certificate_of_a_hundred_thousand_names(host: HostileHost, looker: Looker, authority: Authority) -> None:
    names = [f"host-{number}.example.org" for number in range(100_000)]
    port = host.serve(tarpit, server_context(authority.leaf("127.0.0.1", *names)))
    cost = looked_at(looker, port, authority)
    assert cost.status == "critical"
    assert cost.cause in {"too_large", "tls_handshake"}


def test_a_certificate_of_as_many_names_as_openssl_takes(
    host: HostileHost, looker: Looker, authority: Authority
) -> None:
    names = [f"host-{number}.example.org" for number in range(3_500)]
    port = host.serve(tarpit, server_context(authority.leaf("127.0.0.1", *names)))
    assert looked_at(looker, port, authority).status == "ok"


def test_a_self_signed_chain_of_copies_of_itself(host: HostileHost, looker: Looker, authority: Authority) -> None:
    pair = self_signed(authority.folder, "127.0.0.1")
    pair.chain_file.write_bytes(pair.chain_file.read_bytes() * 10)
    cost = looked_at(looker, host.serve(tarpit, server_context(pair)), authority)
    assert (cost.status, cost.cause) == ("critical", "tls_untrusted")
