"""The kind `dns` against a real BIND."""

from collections.abc import Iterator, Mapping

import pytest

from checks.model import Cause, Finding, Status
from checks.network.lookup import Patience
from checks.network.values import DnsAnswer, DnsQuestion
from tests.support.bind9 import BROKEN_ZONE, DIGEST, ZONE, BindServer, running_bind
from tests.support.network import dns_server, refused_port, run, session, zone
from tests.support.real_look import Eyes

pytestmark = pytest.mark.peer

EYES = Eyes()


@pytest.fixture(scope="module")
def bind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BindServer]:
    with running_bind(tmp_path_factory.mktemp("bind")) as server:
        yield server


def seen(bind: BindServer, name: str, kind: str = "A", **options: object) -> Finding:
    name = f"{name}.{ZONE}" if name else ZONE
    return EYES.only("dns", name=name, type=kind, server=bind.place, **options)


@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [
        ("mx1", "A", "192.0.2.25"),
        ("mx1", "AAAA", "2001:DB8:0::25"),
        ("", "MX", ["20 mx2.office.example", "10 MX1.Office.Example."]),
        ("", "NS", ["ns1.office.example", "NS2.elsewhere.example"]),
        ("", "TXT", "v=spf1 mx ip4:192.0.2.0/24 -all"),
        ("", "CAA", "0 issue ca.example"),
        ("www", "CNAME", "web.office.example"),
        ("www", "A", ["192.0.2.80", "192.0.2.81"]),
        ("_submission._tcp", "SRV", "0 5 587 mx1.office.example"),
        ("_25._tcp.mx1", "TLSA", f"3 1 1 {DIGEST}"),
        ("odd", "TYPE65280", "\\# 4 0A000001"),
        ("پاکستان", "MX", "5 پاکستان.office.example"),
    ],
)
def test_records_of_any_type_are_what_they_should_be(
    bind: BindServer, name: str, kind: str, records: str | list[str]
) -> None:
    finding = seen(bind, name, kind, equals=records)
    assert (finding.status, finding.cause) == (Status.OK, Cause.NONE)
    assert {one.name for one in finding.measurements} == {"query_s", "ttl_s", "records"}


@pytest.mark.parametrize(
    ("name", "kind", "options", "cause", "words"),
    [
        ("mx1", "A", {"equals": "192.0.2.99"}, Cause.MISMATCH, "is 192.0.2.25, expected 192.0.2.99"),
        ("", "MX", {"contains": "30 mx3.office.example"}, Cause.MISMATCH, "lacks 30 mx3.office.example"),
        ("mx2", "AAAA", {}, Cause.MISMATCH, "exists, but has no AAAA record"),
        ("gone", "A", {}, Cause.NAME_NOT_FOUND, "does not exist"),
        ("x.below", "A", {}, Cause.NAME_FAILED, "does not serve this zone"),
    ],
)
def test_what_is_wrong_with_a_name_has_its_cause_and_its_words(
    bind: BindServer, *, name: str, kind: str, options: Mapping[str, object], cause: Cause, words: str
) -> None:
    finding = seen(bind, name, kind, **options)
    assert (finding.status, finding.cause) == (Status.CRITICAL, cause)
    assert words in finding.summary
    assert bind.place in finding.evidence


@pytest.mark.parametrize(
    ("name", "cause", "words"),
    [(BROKEN_ZONE, Cause.NAME_FAILED, "SERVFAIL"), ("elsewhere.example", Cause.REJECTED, "REFUSED")],
)
def test_a_zone_that_is_broken_and_one_that_is_not_served_are_told_apart(
    bind: BindServer, name: str, cause: Cause, words: str
) -> None:
    finding = EYES.only("dns", name=name, server=bind.place)
    assert (finding.status, finding.cause) == (Status.CRITICAL, cause)
    assert words in finding.summary


def test_a_text_too_long_for_a_datagram_comes_over_tcp_and_whole(bind: BindServer) -> None:
    whole = "".join(f"{'k' * 250}{number:05d}" for number in range(20))
    finding = seen(bind, "long", "TXT", equals=whole)
    assert finding.status is Status.OK
    assert dict(finding.facts)["Name server"] == f"{bind.place}, with authority, over TCP"


def test_a_text_that_rings_bells_is_shown_in_print(bind: BindServer) -> None:
    finding = seen(bind, "bells", "TXT")
    assert finding.summary.endswith('is "\\007ding\\027[2J\\000"')


def test_ipv6_serves_as_well(bind: BindServer) -> None:
    finding = EYES.only("dns", name=f"mx1.{ZONE}", server=f"[::1]:{bind.port}")
    assert finding.summary == f"mx1.{ZONE} A at [::1]:{bind.port} is 192.0.2.25"


def test_an_alias_that_leads_out_of_all_its_zones_is_followed_by_this_machine_s_servers(bind: BindServer) -> None:
    async def look() -> DnsAnswer:
        async with dns_server(zone(("www.elsewhere.example", 60, "A", "192.0.2.90"))) as own:
            net = session(servers=[own.address])
            return await net.query(DnsQuestion(name=f"abroad.{ZONE}", type="A", server=bind.place))

    answer = run(look())
    assert (answer.records, answer.aliases) == (("192.0.2.90",), ("www.elsewhere.example.",))
    assert (answer.is_authoritative, answer.server) == (True, bind.place)


def test_this_machine_s_servers_are_asked_on_past_one_that_is_down(bind: BindServer) -> None:
    async def look() -> DnsAnswer:
        servers = [f"127.0.0.1:{refused_port()}", bind.place]
        net = session(servers=servers, patience=Patience(server_s=0.2, name_s=2))
        return await net.query(DnsQuestion(name=f"mx1.{ZONE}", type="A"))

    answer = run(look())
    assert (answer.server, answer.records) == (bind.place, ("192.0.2.25",))


def test_a_stopped_server_refuses_and_a_started_one_is_well_again(bind: BindServer) -> None:
    bind.stop()
    assert seen(bind, "mx1").cause is Cause.REFUSED
    bind.start()
    assert seen(bind, "mx1").status is Status.OK
