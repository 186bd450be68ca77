import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from checks.model import Cause, Status
from checks.network.errors import BlindError
from checks.network.lookup import Found, Outcome, Patience, Standing, look_up
from checks.network.name_servers import NameServer, NameServers, parse_resolv_conf, parse_servers
from checks.network.resolver import Resolved, Resolver
from checks.network.values import Family
from checks.verdict import verdict
from tests.support.network import (
    HASTY,
    Answer,
    cause_of,
    dns_server,
    failing,
    records,
    run,
    run_on_asyncio,
    silent,
    zone,
)

MX = ("mx.example", 300, "A", "192.0.2.1")
MX6 = ("mx.example", 300, "AAAA", "2001:db8::1")


def test_both_families_are_found_ipv6_first(tmp_path: Path) -> None:
    async def look() -> tuple[str, ...]:
        async with dns_server(zone(MX, MX6)) as server:
            return (await server.resolver(tmp_path).addresses("MX.Example.", "any")).addresses

    assert run(look()) == ("2001:db8::1", "192.0.2.1")
    assert run_on_asyncio(look()) == ("2001:db8::1", "192.0.2.1")


@pytest.mark.parametrize(("family", "kind"), [("4", "A"), ("6", "AAAA")])
def test_one_family_asks_one_question(tmp_path: Path, family: Family, kind: str) -> None:
    async def look() -> list[str]:
        async with dns_server(zone(MX, MX6)) as server:
            await server.resolver(tmp_path).addresses("mx.example", family)
            return server.asked

    assert run(look()) == [f"udp mx.example {kind}"]


def test_a_literal_address_asks_nobody(tmp_path: Path) -> None:
    async def look() -> tuple[list[str], Resolved, Cause]:
        async with dns_server(silent) as server:
            resolver = server.resolver(tmp_path)
            found = await resolver.addresses("[2001:DB8:0::1]", "any")
            return server.asked, found, await cause_of(resolver.addresses("192.0.2.1", "6"))

    assert run(look()) == ([], Resolved(("2001:db8::1",)), Cause.NAME_NOT_FOUND)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "a b", "", "a..b", "x" * 64, "-a"])
def test_a_disguised_address_or_a_name_nobody_can_have_is_not_asked_for(tmp_path: Path, host: str) -> None:
    async def look() -> tuple[Cause, list[str]]:
        async with dns_server(zone(MX)) as server:
            return await cause_of(server.resolver(tmp_path).addresses(host, "any")), server.asked

    assert run(look()) == (Cause.NAME_NOT_FOUND, [])


def test_an_international_name_is_asked_for_in_its_ascii_form(tmp_path: Path) -> None:
    async def look() -> list[str]:
        async with dns_server(zone(("xn--mgbai9azgqp6j.example", 60, "A", "192.0.2.9"))) as server:
            await server.resolver(tmp_path).addresses("پاکستان.example", "4")
            return server.asked

    assert run(look()) == ["udp xn--mgbai9azgqp6j.example A"]


def test_the_hosts_file_comes_first_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    async def look() -> list[tuple[str, ...]]:
        async with dns_server(zone(MX)) as server:
            resolver = server.resolver(tmp_path)
            hosts = tmp_path / "hosts"
            hosts.write_text("# ours\n10.0.0.1 mx.example mx # first\nnonsense mx.example\n::1\tMX.example\n")
            before = await resolver.addresses("mx.example", "any")
            hosts.write_text("10.0.0.22 mx.example\n")
            after = await resolver.addresses("mx.example", "any")
            hosts.unlink()
            return [before.addresses, after.addresses, (await resolver.addresses("mx.example", "4")).addresses]

    assert run(look()) == [("10.0.0.1", "::1"), ("10.0.0.22",), ("192.0.2.1",)]


def test_a_cut_answer_is_asked_for_again_over_tcp(tmp_path: Path) -> None:
    def cut_over_udp(query: dns.message.QueryMessage, way: str) -> bytes | None:
        if way == "tcp":
            return zone(MX)(query, way)
        reply = records(query)
        reply.flags |= dns.flags.TC
        return reply.to_wire()

    async def look() -> tuple[tuple[str, ...], list[str]]:
        async with dns_server(cut_over_udp) as server:
            return (await server.resolver(tmp_path).addresses("mx.example", "4")).addresses, server.asked

    assert run(look()) == (("192.0.2.1",), ["udp mx.example A", "tcp mx.example A"])


def test_an_answer_cut_in_the_middle_of_a_record_is_asked_for_again_over_tcp(tmp_path: Path) -> None:
    def cut(query: dns.message.QueryMessage, way: str) -> bytes | None:
        whole = zone(MX)(query, way)
        if way == "tcp" or whole is None:
            return whole
        flags = int.from_bytes(whole[2:4], "big") | dns.flags.TC
        return whole[:2] + flags.to_bytes(2, "big") + whole[4:-3]

    async def look() -> tuple[str, ...]:
        async with dns_server(cut) as server:
            return (await server.resolver(tmp_path).addresses("mx.example", "4")).addresses

    assert run(look()) == ("192.0.2.1",)


def test_aliases_are_followed_within_an_answer_and_from_answer_to_answer(tmp_path: Path) -> None:
    rows = (("www.example", 60, "CNAME", "cdn.example."), ("cdn.example", 30, "CNAME", "mx.example."), MX)

    async def look() -> tuple[str, ...]:
        async with dns_server(zone(*rows)) as server:
            return (await server.resolver(tmp_path).addresses("www.example", "4")).addresses

    assert run(look()) == ("192.0.2.1",)


def loop_in_one_answer(query: dns.message.QueryMessage, _way: str) -> bytes:
    return records(query, ("a.example", 60, "CNAME", "b.example."), ("b.example", 60, "CNAME", "a.example.")).to_wire()


def endless_chain(query: dns.message.QueryMessage, _way: str) -> bytes:
    name = query.question[0].name.to_text(omit_final_dot=True)
    return records(query, (name, 60, "CNAME", f"x{name}.")).to_wire()


def compression_loop(query: dns.message.QueryMessage, _way: str) -> bytes:
    wire = bytearray(records(query).to_wire())
    wire[6:8] = b"\x00\x01"
    # A record whose name points at itself.
    return bytes(wire) + (0xC000 | len(wire)).to_bytes(2, "big") + b"\x00\x01\x00\x01" + bytes(6)


def broken(query: dns.message.QueryMessage, _way: str) -> bytes:
    return records(query, ("a.example", 60, "A", "192.0.2.1")).to_wire()[:-2]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (zone(("a.example", 60, "CNAME", "b.example."), ("b.example", 60, "CNAME", "a.example.")), Cause.NAME_FAILED),
        (loop_in_one_answer, Cause.NAME_FAILED),
        (endless_chain, Cause.NAME_FAILED),
        (zone(MX), Cause.NAME_NOT_FOUND),
        (zone(("a.example", 60, "TXT", "text")), Cause.NAME_NOT_FOUND),
        (zone(("a.example", 60, "CNAME", "gone.example.")), Cause.NAME_NOT_FOUND),
        (failing(dns.rcode.SERVFAIL), Cause.NAME_FAILED),
        (failing(dns.rcode.REFUSED), Cause.NAME_FAILED),
        (failing(dns.rcode.FORMERR), Cause.NAME_FAILED),
        (silent, Cause.BLIND),
        (compression_loop, Cause.NAME_FAILED),
        (broken, Cause.NAME_FAILED),
        (lambda _query, _way: b"junk", Cause.BLIND),
    ],
    ids=[
        "a loop over two answers",
        "a loop in one answer",
        "an endless chain",
        "no such name",
        "no address",
        "an alias to nothing",
        "SERVFAIL",
        "REFUSED",
        "FORMERR",
        "silence",
        "a compression loop",
        "a broken record",
        "junk",
    ],
)
def test_each_failure_has_its_cause_and_an_end(tmp_path: Path, answer: Answer, cause: Cause) -> None:
    async def look() -> Cause:
        async with dns_server(answer) as server:
            return await cause_of(server.resolver(tmp_path, patience=HASTY).addresses("a.example", "any"))

    assert run(look()) is cause


def forged(change: Callable[[dns.message.QueryMessage], None]) -> Answer:
    def answer(query: dns.message.QueryMessage, _way: str) -> bytes:
        reply = records(query, ("a.example", 60, "A", "192.0.2.66"))
        change(reply)
        return reply.to_wire()

    return answer


def other_id(reply: dns.message.QueryMessage) -> None:
    reply.id ^= 1


def other_question(reply: dns.message.QueryMessage) -> None:
    reply.question = dns.message.make_query("b.example.", "A").question


def a_question(reply: dns.message.QueryMessage) -> None:
    reply.flags &= ~dns.flags.QR


@pytest.mark.parametrize("change", [other_id, other_question, a_question])
def test_an_answer_to_something_else_is_never_believed(
    tmp_path: Path, change: Callable[[dns.message.QueryMessage], None]
) -> None:
    async def look() -> Cause:
        async with dns_server(forged(change)) as server:
            return await cause_of(server.resolver(tmp_path, patience=HASTY).addresses("a.example", "4"))

    assert run(look()) is Cause.BLIND


def test_the_next_server_answers_for_a_dead_one(tmp_path: Path) -> None:
    async def look() -> tuple[str, ...]:
        async with dns_server(silent) as dead, dns_server(zone(MX)) as live:
            resolver = Resolver(servers=(dead.address, live.address), hosts_file=tmp_path / "none")
            return (await resolver.addresses("mx.example", "4")).addresses

    assert run(look()) == ("192.0.2.1",)


def test_a_server_that_kept_us_waiting_is_asked_last(tmp_path: Path) -> None:
    rows = [(f"host-{number}.example", 300, "A", "192.0.2.1") for number in range(10)]

    async def look() -> tuple[float, int]:
        async with dns_server(silent) as dead, dns_server(zone(*rows)) as live:
            resolver = Resolver(servers=(dead.address, live.address), hosts_file=tmp_path / "none")
            await resolver.addresses("host-0.example", "4")
            began = asyncio.get_running_loop().time()
            for number in range(1, 10):
                await resolver.addresses(f"host-{number}.example", "4")
            return asyncio.get_running_loop().time() - began, len(dead.asked)

    took_s, asked_in_vain = run(look())
    assert took_s < 1
    assert asked_in_vain == 1


def test_a_server_that_is_not_there_makes_us_blind(tmp_path: Path) -> None:
    async def look() -> None:
        async with dns_server(silent) as server:
            gone = server.resolver(tmp_path)
        await gone.addresses("mx.example", "4")

    with pytest.raises(
        BlindError, match=r"cannot resolve mx\.example: name server 127\.0\.0\.1:\d+: Connection refused"
    ):
        run(look())


def test_no_server_at_all_makes_us_blind(tmp_path: Path) -> None:
    resolver = Resolver(hosts_file=tmp_path / "none", resolv_conf=tmp_path / "none")
    with pytest.raises(BlindError, match="no name server is configured"):
        run(resolver.addresses("mx.example", "any"))


def test_a_name_without_a_dot_is_searched_for_in_the_search_domains() -> None:
    async def look() -> tuple[Outcome, list[str]]:
        async with dns_server(zone(MX)) as server:
            servers = replace(parse_servers((server.address,)), search=("one.example", "example"))
            return await look_up(servers, "mx", dns.rdatatype.A, Patience(), Standing(), heard=[]), server.asked

    assert run(look()) == (Found(("192.0.2.1",), 300), ["udp mx.one.example A", "udp mx.example A"])


def test_resolv_conf_names_servers_and_search_domains() -> None:
    lines = ["# ours", "nameserver 192.0.2.53", "nameserver fe80::1%eth0", "search a.example"]
    more = ["search B.example. c.example", "nameserver ::1", "options timeout:1"]
    assert parse_resolv_conf("\n".join(lines + more)) == NameServers(
        servers=(NameServer("192.0.2.53"), NameServer("::1")), search=("b.example", "c.example")
    )


def test_a_server_silent_about_ipv6_does_not_hide_ipv4(tmp_path: Path) -> None:
    def only_ipv4(query: dns.message.QueryMessage, way: str) -> bytes | None:
        is_ipv4 = query.question[0].rdtype == dns.rdatatype.A
        return zone(MX)(query, way) if is_ipv4 else None

    async def look() -> tuple[str, ...]:
        async with dns_server(only_ipv4) as server:
            return (await server.resolver(tmp_path).addresses("mx.example", "any")).addresses

    assert run(look()) == ("192.0.2.1",)


@pytest.mark.parametrize("text", ["ns.example", "127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:65536", "", "::1:53:"])
def test_what_is_no_server_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a name server"):
        Resolver(servers=(text,))


@pytest.mark.parametrize(
    ("answers", "verdicts"),
    [
        ([silent], (Status.UNKNOWN, Cause.BLIND, "cannot resolve mx.example: no name server has answered yet")),
        ([failing(dns.rcode.SERVFAIL), silent], (Status.CRITICAL, Cause.NAME_FAILED, "SERVFAIL")),
    ],
    ids=["all are dead", "one has spoken"],
)
def test_a_run_whose_time_ends_while_it_resolves_has_learnt_what_the_servers_said_and_not_more(
    tmp_path: Path, answers: list[Answer], verdicts: tuple[Status, Cause, str]
) -> None:
    async def look() -> tuple[Status, Cause, str]:
        async with AsyncExitStack() as stack:
            servers = [(await stack.enter_async_context(dns_server(answer))).address for answer in answers]
            resolver = Resolver(servers=servers, hosts_file=tmp_path / "none")
            try:
                async with asyncio.timeout(0.3):
                    await resolver.addresses("mx.example", "any")
            except TimeoutError as error:
                return verdict(error, 0.3)
            finally:
                resolver.close()
        raise AssertionError("it was not cut")

    status, cause, text = run(look())
    assert (status, cause) == verdicts[:2]
    assert verdicts[2] in text


def test_who_is_told_to_stop_while_resolving_stops(tmp_path: Path) -> None:
    async def look() -> bool:
        async with dns_server(silent) as server:
            resolver = server.resolver(tmp_path)
            asking = asyncio.create_task(resolver.addresses("mx.example", "any"))
            await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait([asking])
            resolver.close()
            return asking.cancelled()

    assert run(look())
