"""Whom a question goes to, how often, and what it means when nobody answers."""

import asyncio
import resource
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest

from checks.model import Cause, Status
from checks.network.dns_exchange import exchange
from checks.network.errors import BlindError, ProbeError, StarvedError
from checks.network.lookup import Patience
from checks.network.name_servers import NameServer
from checks.network.values import DnsAnswer, DnsQuestion
from checks.verdict import verdict
from tests.support.network import (
    Answer,
    DnsServer,
    dns_server,
    failing,
    records,
    refused_port,
    run,
    run_on_asyncio,
    session,
    silent,
    zone,
)

MX = ("mx.example", 300, "A", "192.0.2.1")
QUICK = Patience(server_s=0.1, name_s=0.5)


def at(server: str | None, name: str = "mx.example", kind: str = "A") -> DnsQuestion:
    return DnsQuestion(name=name, type=kind, server=server)


async def asked_of(*answers: Answer, name: str = "mx.example") -> tuple[DnsAnswer, Sequence[DnsServer]]:
    """What this machine's servers say, and the servers."""
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(dns_server(answer)) for answer in answers]
        net = session(servers=[server.address for server in servers], patience=QUICK)
        return await net.query(at(None, name)), servers


async def given(answer: Answer, name: str = "mx.example", kind: str = "A") -> DnsAnswer:
    """What a server says that is named in the question."""
    async with dns_server(answer) as server:
        return await session(servers=()).query(at(server.address, name, kind))


def failure_of(question: DnsQuestion, timeout_s: float = 0.3, **resolving: Any) -> tuple[Status, Cause, str]:  # noqa: ANN401  # the resolver's own keywords
    """How a run ends that asks `question` and has `timeout_s`."""

    async def look() -> tuple[Status, Cause, str]:
        net = session(**{"servers": (), "patience": QUICK, **resolving})
        try:
            async with asyncio.timeout(timeout_s):
                await net.query(question)
        except (ProbeError, TimeoutError) as error:
            return verdict(error, timeout_s)
        return Status.OK, Cause.NONE, ""

    return run(look())


def losing(count: int, answer: Answer) -> Answer:
    """`answer`, once `count` queries were lost."""
    left = [count]

    def reply(query: dns.message.QueryMessage, way: str) -> bytes | None:
        left[0] -= 1
        return None if left[0] >= 0 else answer(query, way)

    return reply


def test_a_lost_packet_is_sent_again() -> None:
    answer = run(given(losing(1, zone(MX))))
    assert answer.records == ("192.0.2.1",)
    assert 0.9 < answer.took_s < 2


def test_each_time_it_is_sent_again_may_take_another_form() -> None:
    async def look() -> tuple[tuple[bytes, bool], list[bytes]]:
        heard: list[bytes] = []

        class Deaf(asyncio.DatagramProtocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                self.transport: Any = transport

            def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
                heard.append(data)
                if data == b"plain":
                    self.transport.sendto(b"well", addr)

        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Deaf, local_addr=("127.0.0.1", 0))
        server = NameServer(*transport.get_extra_info("sockname"))
        told = await exchange(server, (b"edns", b"edns", b"plain"), bytes, (0.01, 0.01, 0.01))
        transport.close()
        return told, heard

    assert run(look()) == ((b"well", False), [b"edns", b"edns", b"plain"])
    assert run_on_asyncio(look())[0] == (b"well", False)


def test_a_cut_answer_is_asked_for_over_tcp_and_says_so() -> None:
    def cut_over_udp(query: dns.message.QueryMessage, way: str) -> bytes | None:
        if way == "tcp":
            return zone(MX)(query, way)
        reply = records(query)
        reply.flags |= dns.flags.TC
        return reply.to_wire()

    assert run(given(cut_over_udp)).over_tcp
    assert not run(given(zone(MX))).over_tcp


@pytest.mark.parametrize("code", ["SERVFAIL", "REFUSED", "NXDOMAIN", "NOTAUTH"])
def test_a_server_that_was_given_is_taken_at_its_word(code: str) -> None:
    answer = run(given(failing(dns.rcode.from_text(code))))
    assert (answer.code, answer.records, answer.ttl_s) == (code, (), None)


def test_a_chain_that_is_left_open_is_asked_on() -> None:
    rows = [
        ("a.example", 60, "CNAME", "b.example."),
        ("b.example", 60, "CNAME", "c.example."),
        ("c.example", 60, "A", "192.0.2.3"),
    ]
    answer = run(given(zone(*rows), "a.example"))
    assert (answer.aliases, answer.records) == (("b.example.", "c.example."), ("192.0.2.3",))


def test_a_chain_that_ends_nowhere_is_told_with_its_aliases() -> None:
    answer = run(given(zone(("a.example", 60, "CNAME", "gone.example.")), "a.example"))
    assert (answer.code, answer.aliases) == ("NXDOMAIN", ("gone.example.",))


def with_authority(answer: Answer) -> Answer:
    """`answer` for the alias, as its own zone's server gives it, and a refusal for all else."""

    def reply(query: dns.message.QueryMessage, way: str) -> bytes | None:
        wire = answer(query, way)
        told = dns.message.from_wire(wire or b"")
        if told.rcode() == dns.rcode.NXDOMAIN:
            return failing(dns.rcode.REFUSED)(query, way)
        told.flags |= dns.flags.AA
        return told.to_wire()

    return reply


def abroad(own: Answer | None, *, has_authority: bool = True) -> tuple[DnsAnswer | Cause, list[str]]:
    """What comes of an alias that its server does not serve to the end, and what our own servers were asked."""
    alias = with_authority(zone(("a.example", 60, "CNAME", "cdn.example.")))

    async def look() -> tuple[DnsAnswer | Cause, list[str]]:
        async with dns_server(alias if has_authority else _without(alias)) as given, dns_server(own or silent) as ours:
            net = session(servers=[ours.address] if own else (), patience=QUICK)
            try:
                return await net.query(at(given.address, "a.example")), ours.asked
            except ProbeError as error:
                return error.cause, ours.asked

    return run(look())


def _without(answer: Answer) -> Answer:
    def reply(query: dns.message.QueryMessage, way: str) -> bytes | None:
        told = dns.message.from_wire(answer(query, way) or b"")
        told.flags &= ~dns.flags.AA
        return told.to_wire()

    return reply


def test_where_an_alias_leaves_what_its_server_serves_our_own_servers_say_the_rest() -> None:
    answer, asked = abroad(zone(("cdn.example", 30, "A", "192.0.2.9")))
    assert isinstance(answer, DnsAnswer)
    assert (answer.code, answer.records, answer.aliases) == ("NOERROR", ("192.0.2.9",), ("cdn.example.",))
    assert (answer.is_authoritative, bool(answer.beyond)) == (True, True)
    assert asked == ["udp cdn.example A"]


def test_an_alias_that_leads_nowhere_abroad_does_not_exist_there() -> None:
    answer, _ = abroad(zone())
    assert isinstance(answer, DnsAnswer)
    assert (answer.code, answer.aliases) == ("NXDOMAIN", ("cdn.example.",))


def test_what_lies_abroad_is_not_known_where_our_own_servers_are_none() -> None:
    assert abroad(None) == (Cause.BLIND, [])


def test_a_server_without_authority_over_the_alias_is_taken_at_its_word() -> None:
    answer, asked = abroad(zone(("cdn.example", 30, "A", "192.0.2.9")), has_authority=False)
    assert isinstance(answer, DnsAnswer)
    assert (answer.code, asked) == ("REFUSED", [])


def test_a_chain_in_a_circle_is_against_the_protocol() -> None:
    rows = [("a.example", 60, "CNAME", "b.example."), ("b.example", 60, "CNAME", "a.example.")]
    with pytest.raises(ProbeError, match=r"^name server 127.0.0.1:\d+: its chain of aliases \(CNAME\) loops") as caught:
        run(given(zone(*rows), "a.example"))
    assert caught.value.cause is Cause.PROTOCOL


def test_a_silent_server_that_was_given_is_a_timeout_that_names_it() -> None:
    async def place() -> tuple[Status, Cause, str]:
        async with dns_server(silent) as server:
            try:
                async with asyncio.timeout(0.2):
                    await session(servers=()).query(at(server.address))
            except TimeoutError as error:
                return verdict(error, 0.2)
        raise AssertionError

    status, cause, text = run(place())
    assert (status, cause) == (Status.CRITICAL, Cause.TIMEOUT)
    assert text.startswith("name server 127.0.0.1:")
    assert text.endswith(": silent, asked once")


def test_a_port_where_nobody_serves_names_is_refused() -> None:
    place = f"127.0.0.1:{refused_port()}"
    assert failure_of(at(place)) == (Status.CRITICAL, Cause.REFUSED, f"name server {place}: connection refused")


def test_having_no_descriptors_left_is_told_of_us_and_not_of_the_name() -> None:
    async def look() -> ProbeError:
        async with dns_server(zone(MX)) as server:
            net = session(servers=())
            await net.query(at(server.address))
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (1, hard))
            try:
                with pytest.raises(StarvedError) as caught:
                    await net.query(at(server.address))
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            return caught.value

    assert "no file descriptors left" in run(look()).detail


def test_a_server_whose_own_name_is_unknown_is_told_apart_from_the_name_asked_for() -> None:
    async def look() -> tuple[Status, Cause, str]:
        async with dns_server(zone(MX)) as server:
            net = session(servers=[server.address], patience=QUICK)
            with pytest.raises(ProbeError) as caught:
                await net.query(at("ns1.example"))
            return verdict(caught.value, 1)

    assert run(look()) == (
        Status.CRITICAL,
        Cause.NAME_NOT_FOUND,
        "the name server cannot be found by its own name: ns1.example does not exist",
    )


def test_a_server_by_name_is_asked_at_the_address_that_answers(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("::1 ns1.example\n127.0.0.1 ns1.example\n")

    async def look() -> list[str]:
        async with dns_server(zone(MX)) as server:
            net = session(servers=(), hosts_file=hosts, patience=QUICK)
            return [(await net.query(at(f"ns1.example:{server.port}"))).server for _ in range(2)]

    first, second = run(look())
    assert first == second
    assert first.startswith("127.0.0.1:")


def test_the_first_of_this_machine_s_servers_that_knows_is_enough() -> None:
    answer, (first, second) = run(asked_of(zone(MX), zone(MX)))
    assert answer.server == first.address
    assert second.asked == []


@pytest.mark.parametrize("worse", [silent, failing(dns.rcode.SERVFAIL), failing(dns.rcode.REFUSED)])
def test_the_next_server_is_asked_when_one_does_not_know(worse: Answer) -> None:
    answer, (_, second) = run(asked_of(worse, zone(MX)))
    assert (answer.records, answer.server) == (("192.0.2.1",), second.address)


def test_the_word_of_one_server_that_fails_counts_when_others_are_silent() -> None:
    answer, (_, second) = run(asked_of(silent, failing(dns.rcode.SERVFAIL)))
    assert (answer.code, answer.server) == ("SERVFAIL", second.address)


def test_a_silent_server_is_asked_last_from_then_on() -> None:
    async def look() -> Sequence[DnsServer]:
        async with dns_server(silent) as dead, dns_server(zone(MX)) as well:
            net = session(servers=[dead.address, well.address], patience=Patience(server_s=0.8, name_s=45))
            for _ in range(3):
                await net.query(at(None))
                await asyncio.sleep(0)  # the look at the silent one ends in the next turn of the loop
            return dead, well

    dead, well = run(look())
    assert (len(dead.asked), len(well.asked)) == (1, 3)


def test_all_of_this_machine_s_servers_silent_is_blindness() -> None:
    async def look() -> str:
        async with dns_server(silent) as one, dns_server(silent) as other:
            with pytest.raises(BlindError) as caught:
                await session(servers=[one.address, other.address], patience=QUICK).query(at(None))
            return caught.value.detail

    assert run(look()).startswith("none of our name servers answers")


@pytest.mark.parametrize("count", [1, 2])
def test_servers_of_this_machine_that_are_down_are_blindness(count: int) -> None:
    places = [f"127.0.0.1:{refused_port()}" for _ in range(count)]
    status, cause, text = failure_of(at(None), servers=places)
    assert (status, cause) == (Status.UNKNOWN, Cause.BLIND)
    assert places[-1] in text or places[0] in text


def test_a_run_cut_while_this_machine_s_server_is_silent_is_blindness() -> None:
    async def look() -> tuple[Status, Cause, str]:
        async with dns_server(silent) as server:
            net = session(servers=[server.address], patience=QUICK)
            try:
                async with asyncio.timeout(0.1):
                    await net.query(at(None))
            except TimeoutError as error:
                return verdict(error, 0.1)
        raise AssertionError

    assert run(look())[:2] == (Status.UNKNOWN, Cause.BLIND)


def test_no_server_at_all_is_blindness_with_what_to_mend() -> None:
    assert failure_of(at(None)) == (Status.UNKNOWN, Cause.BLIND, "no name server is configured on this machine")


def test_the_dialogue_tells_what_was_asked_and_answered() -> None:
    async def look() -> str:
        async with dns_server(zone(MX)) as server:
            net = session(servers=())
            await net.query(at(server.address))
            return net.transcript().replace(server.address, "SERVER")

    first, second = run(look()).splitlines()
    assert first.endswith("asks name server SERVER for mx.example A")
    assert "SERVER answers NOERROR in " in second
    assert second.endswith(" ms | 192.0.2.1")


def test_a_server_by_name_that_is_silent_everywhere_is_named_with_all_its_addresses(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 ns1.example\n127.0.0.2 ns1.example\n")

    async def look() -> tuple[Status, Cause, str]:
        async with dns_server(silent) as server:
            net = session(servers=(), hosts_file=hosts, patience=Patience(server_s=5))
            try:
                async with asyncio.timeout(0.2):
                    await net.query(at(f"ns1.example:{server.port}"))
            except TimeoutError as error:
                return verdict(error, 0.2)
        raise AssertionError

    status, cause, text = run(look())
    assert (status, cause) == (Status.CRITICAL, Cause.TIMEOUT)
    assert text.count("127.0.0.") == 2
