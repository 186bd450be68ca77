import asyncio
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from checks.model import Cause
from checks.network.lookup import Failed, Found, Missing, Outcome, Patience
from checks.network.resolver import Resolved, Resolver
from tests.support.network import (
    HASTY,
    Stopwatch,
    cause_of,
    dns_server,
    failing,
    open_files,
    run,
    silent,
    zone,
)
from tests.support.virtual_loop import run_virtual

MX = ("mx.example", 300, "A", "192.0.2.1")


def test_many_who_ask_at_once_cost_one_question(tmp_path: Path) -> None:
    async def look() -> tuple[int, list[str]]:
        async with dns_server(zone(MX)) as server:
            resolver = server.resolver(tmp_path)
            found = await asyncio.gather(*[resolver.addresses("mx.example", "4") for _ in range(50)])
            return len(set(found)), server.asked

    assert run(look()) == (1, ["udp mx.example A"])


def test_who_gives_up_waiting_does_not_take_the_others_answer_away(tmp_path: Path) -> None:
    async def look() -> tuple[str, ...]:
        async with dns_server(zone(MX)) as server:
            resolver = server.resolver(tmp_path)
            hasty = asyncio.create_task(resolver.addresses("mx.example", "4"))
            patient = asyncio.create_task(resolver.addresses("mx.example", "4"))
            await asyncio.sleep(0)
            hasty.cancel()
            return (await patient).addresses

    assert run(look()) == ("192.0.2.1",)


def test_closing_ends_look_ups_under_way_and_leaves_nothing_open(tmp_path: Path) -> None:
    async def look() -> tuple[int, int]:
        async with dns_server(silent) as server:
            before = open_files()
            resolver = server.resolver(tmp_path)
            waiting = asyncio.create_task(resolver.addresses("mx.example", "any"))
            await asyncio.sleep(0.15)
            waiting.cancel()
            resolver.close()
            await asyncio.sleep(0.05)
            return before, open_files()

    before, after = run(look())
    assert after == before


@pytest.mark.parametrize(("ttl_s", "kept_s"), [(300, 300), (0, 1), (86_400, 3600)])
def test_an_answer_is_kept_for_its_time_to_live_within_bounds(tmp_path: Path, ttl_s: int, kept_s: float) -> None:
    clock = Stopwatch()

    async def look() -> list[int]:
        async with dns_server(zone(("mx.example", ttl_s, "A", "192.0.2.1"))) as server:
            resolver = server.resolver(tmp_path, clock=clock)
            counts = []
            for later_s in (0.0, kept_s - 0.1, 0.2):
                clock.now_s += later_s
                await resolver.addresses("mx.example", "4")
                counts.append(len(server.asked))
            return counts

    assert run(look()) == [1, 1, 2]


def test_a_name_that_does_not_exist_is_asked_for_again_after_half_a_minute(tmp_path: Path) -> None:
    clock = Stopwatch()

    async def look() -> list[int]:
        async with dns_server(zone()) as server:
            resolver = server.resolver(tmp_path, clock=clock)
            counts = []
            for later_s in (0.0, 29.9, 0.2):
                clock.now_s += later_s
                await cause_of(resolver.addresses("mx.example", "4"))
                counts.append(len(server.asked))
            return counts

    assert run(look()) == [1, 1, 2]


def test_while_the_resolver_fails_the_last_good_address_serves_for_an_hour_and_says_so(tmp_path: Path) -> None:
    clock = Stopwatch()

    async def look() -> tuple[Resolved, Resolved, Resolved, Cause]:
        async with dns_server(zone(MX)) as server:
            resolver = server.resolver(tmp_path, clock=clock)
            fresh = await resolver.addresses("mx.example", "4")
            server.answer = failing(dns.rcode.SERVFAIL)
            clock.now_s += 301
            stale = await resolver.addresses("mx.example", "4")
            clock.now_s += 3200
            older = await resolver.addresses("mx.example", "4")
            clock.now_s += 200
            return fresh, stale, older, await cause_of(resolver.addresses("mx.example", "4"))

    fresh, stale, older, cause = run(look())
    assert fresh == Resolved(("192.0.2.1",))
    assert stale.addresses == older.addresses == ("192.0.2.1",)
    assert "last good address of mx.example, 301 s old" in stale.stale
    assert "3501 s old" in older.stale
    assert cause is Cause.NAME_FAILED


def test_a_slow_resolver_delays_a_known_name_only_a_little_and_heals(tmp_path: Path) -> None:
    clock = Stopwatch()

    async def look() -> tuple[Resolved, Resolved]:
        async with dns_server(zone(MX)) as server:
            resolver = server.resolver(tmp_path, clock=clock, patience=HASTY)
            await resolver.addresses("mx.example", "4")
            server.answer = silent
            clock.now_s += 301
            stale = await resolver.addresses("mx.example", "4")
            server.answer = zone(("mx.example", 300, "A", "192.0.2.2"))
            clock.now_s += 31
            return stale, await resolver.addresses("mx.example", "4")

    stale, healed = run(look())
    assert (stale.addresses, healed) == (("192.0.2.1",), Resolved(("192.0.2.2",)))
    assert stale.stale


def test_the_resolver_tells_of_its_own_trouble_and_of_its_end(tmp_path: Path) -> None:
    async def look() -> list[bool]:
        told = []
        async with dns_server(zone(MX)) as server:
            resolver = server.resolver(tmp_path, patience=HASTY)
            for number, answer in enumerate((zone(MX), silent, failing(dns.rcode.SERVFAIL), silent, zone(MX))):
                server.answer = answer
                await cause_of(resolver.addresses(f"host-{number}.example", "4"))
                told.append(bool(resolver.health().words))
        return told

    assert run(look()) == [False, True, False, True, False]


async def firewalled(
    _servers: object, name: str, kind: dns.rdatatype.RdataType, patience: Patience, *_: object, **__: object
) -> Outcome:
    """What a firewall that drops AAAA questions leaves of look-ups."""
    if kind == dns.rdatatype.A:
        return Missing("no such name", is_gone=True) if name.startswith("gone.") else Found(("192.0.2.1",), 300)
    await asyncio.sleep(patience.name_s)
    return Failed("silent", silent=True)


def test_a_family_that_stays_silent_costs_only_the_first_look(tmp_path: Path) -> None:
    (tmp_path / "hosts").touch()

    async def look() -> tuple[list[float], str]:
        loop, took_s = asyncio.get_running_loop(), []
        resolver = Resolver(servers=("192.0.2.53",), hosts_file=tmp_path / "hosts", clock=loop.time, look_up=firewalled)
        for later_s in (0.0, 1.0, 31.0, 31.0):
            await asyncio.sleep(later_s)
            began = loop.time()
            assert (await resolver.addresses("mx.example", "any")).addresses == ("192.0.2.1",)
            took_s.append(round(loop.time() - began, 6))
            await asyncio.sleep(5)  # until the look-up of the silent family has ended
        return took_s, resolver.health().words

    took_s, trouble = run_virtual(look())
    assert took_s == [0.3, 0.0, 0.0, 0.0], "the time that the other family is given is given it once"
    assert not trouble, "the server speaks to us"


def test_a_name_that_one_question_shows_not_to_exist_is_not_waited_for_nor_blamed_on_the_server(tmp_path: Path) -> None:
    (tmp_path / "hosts").touch()

    async def look() -> tuple[Cause, float, str]:
        loop = asyncio.get_running_loop()
        resolver = Resolver(servers=("192.0.2.53",), hosts_file=tmp_path / "hosts", clock=loop.time, look_up=firewalled)
        cause = await cause_of(resolver.addresses("gone.example", "any"))
        took_s = loop.time()
        resolver.close()
        return cause, took_s, resolver.health().words

    cause, took_s, trouble = run_virtual(look())
    assert (cause, trouble) == (Cause.NAME_NOT_FOUND, "")
    assert took_s < Patience().name_s
