"""Servers that fail everybody are one trouble of ours; a name that fails alone stays its owner's."""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from checks.model import Cause
from checks.network.lookup import Patience
from checks.network.name_service import Trouble
from checks.network.network import Transport
from checks.network.resolver import Resolved, Resolver
from tests.support.network import NOW, Answer, DnsServer, Stopwatch, cause_of, dns_server, failing, run, silent, zone

HOSTS = ("mx1.kp.gov.pk", "mx1.example.org", "mx1.example.net", "mx1.bank.com.pk")
HERE = zone(*((host, 300, "A", f"192.0.2.{number}") for number, host in enumerate(HOSTS, 1)))
NXDOMAIN = failing(dns.rcode.NXDOMAIN)
SERVFAIL = failing(dns.rcode.SERVFAIL)
REFUSED = failing(dns.rcode.REFUSED)


def except_for(host: str, bad: Answer) -> Answer:
    """`bad` for one host, and addresses for all the others."""

    def answer(query: dns.message.QueryMessage, way: str) -> bytes | None:
        name = query.question[0].name.to_text(omit_final_dot=True)
        return bad(query, way) if name == host else HERE(query, way)

    return answer


class Scene:
    """A server, a resolver that asks it alone, and a clock that goes when told."""

    def __init__(self, server: DnsServer, folder: Path) -> None:
        self.server = server
        self.clock = Stopwatch()
        self.resolver: Resolver = server.resolver(
            folder, clock=self.clock, patience=Patience(server_s=0.05, name_s=0.2)
        )

    async def look(self, host: str) -> Resolved | Cause:
        found: list[Resolved] = []

        async def one() -> None:
            found.append(await self.resolver.addresses(host, "4"))

        cause = await cause_of(one())
        return found[0] if found else cause

    async def look_at_all(self, hosts: Iterable[str] = HOSTS) -> list[Resolved | Cause]:
        return [await self.look(host) for host in hosts]


def play(folder: Path, scene: Callable[[Scene], Awaitable[None]]) -> None:
    async def live() -> None:
        async with dns_server(HERE) as server:
            at = Scene(server, folder)
            await scene(at)
            at.resolver.close()

    run(live())


def addresses(looks: Iterable[Resolved | Cause]) -> list[tuple[str, ...] | Cause]:
    return [look.addresses if isinstance(look, Resolved) else look for look in looks]


GOOD = [(f"192.0.2.{number}",) for number in range(1, 5)]


@pytest.mark.parametrize(
    "flood", [SERVFAIL, REFUSED, NXDOMAIN, silent], ids=["SERVFAIL", "REFUSED", "NXDOMAIN", "silence"]
)
def test_in_a_flood_every_name_goes_on_by_its_last_address_for_an_hour_and_says_so(
    tmp_path: Path, flood: Answer
) -> None:
    async def scene(at: Scene) -> None:
        await at.look_at_all()
        at.server.answer = flood
        for _ in range(2):
            at.clock.now_s += 1201
            looks = await at.look_at_all()
            assert addresses(looks) == GOOD
            assert all("last good address" in look.stale for look in looks if isinstance(look, Resolved))
        assert at.resolver.health().trouble is not None
        at.clock.now_s += 1201
        assert await at.look_at_all() == [Cause.BLIND] * 4

    play(tmp_path, scene)


def test_a_run_that_goes_on_by_an_old_address_is_marked_so(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        net = Transport(at.resolver, lambda: NOW).session
        fresh, marked = net(), net()
        await fresh.addresses(HOSTS[0], "4")
        await at.look_at_all()
        at.server.answer = SERVFAIL
        at.clock.now_s += 301
        await marked.addresses(HOSTS[0], "4")
        assert fresh.facts == ()
        text = "last good address of mx1.kp.gov.pk, 301 s old, since the resolver fails"
        assert marked.facts == (("Address", text),)

    play(tmp_path, scene)


@pytest.mark.parametrize("flood", [SERVFAIL, NXDOMAIN], ids=["SERVFAIL", "NXDOMAIN"])
def test_a_flood_that_was_there_before_us_is_seen_at_the_third_zone(tmp_path: Path, flood: Answer) -> None:
    async def scene(at: Scene) -> None:
        at.server.answer = flood
        first = await at.look_at_all()
        assert Cause.BLIND not in first[:2]
        assert first[2:] == [Cause.BLIND] * 2
        assert await at.look_at_all() == [Cause.BLIND] * 4

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("bad", "cause"),
    [(SERVFAIL, Cause.NAME_FAILED), (silent, Cause.NAME_FAILED), (NXDOMAIN, Cause.NAME_NOT_FOUND)],
    ids=["SERVFAIL", "silence", "NXDOMAIN"],
)
def test_one_broken_delegation_stays_its_owners_fault_while_others_resolve(
    tmp_path: Path, bad: Answer, cause: Cause
) -> None:
    async def scene(at: Scene) -> None:
        at.server.answer = except_for("mx1.broken.org", bad)
        await at.look_at_all()
        for _ in range(3):
            await at.look("mx1.broken.org")
            await at.resolver.examine()
            assert at.resolver.health().trouble is None
            at.clock.now_s += 31
        assert await at.look("mx1.broken.org") is cause

    play(tmp_path, scene)


def test_a_name_that_vanishes_is_believed_gone_once_a_witness_was_heard(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        await at.look_at_all()
        gone = HOSTS[0]
        at.server.answer = except_for(gone, NXDOMAIN)
        at.clock.now_s += 301
        doubted = await at.look(gone)
        assert isinstance(doubted, Resolved)
        assert "last good address" in doubted.stale
        for _ in range(10):
            await at.resolver.examine()
            at.clock.now_s += 31
            assert await at.look(gone) is Cause.NAME_NOT_FOUND

    play(tmp_path, scene)


def test_a_name_that_vanishes_alone_in_its_estate_is_gone_at_once(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        await at.look(HOSTS[0])
        at.server.answer = NXDOMAIN
        at.clock.now_s += 301
        assert await at.look(HOSTS[0]) is Cause.NAME_NOT_FOUND
        assert at.resolver.health().trouble is None

    play(tmp_path, scene)


def test_a_witness_finds_out_before_other_names_are_asked_again(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        await at.look_at_all(HOSTS[1:])
        at.clock.now_s += 200
        at.server.answer = NXDOMAIN
        assert await at.look("new.example.com") is Cause.NAME_NOT_FOUND
        await at.resolver.examine()
        assert at.resolver.health().trouble is Trouble.MISSING
        assert await at.look("new.example.com") is Cause.BLIND
        assert [look.stale for look in await at.look_at_all(HOSTS[1:]) if isinstance(look, Resolved)] == [""] * 3

    play(tmp_path, scene)


def test_when_servers_are_back_what_they_said_before_is_asked_anew_at_once(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        await at.look_at_all()
        at.server.answer = NXDOMAIN
        at.clock.now_s += 301
        await at.look_at_all()
        at.server.answer = HERE
        await at.resolver.examine()
        assert at.resolver.health().trouble is None
        assert await at.look_at_all() == [Resolved(found) for found in GOOD]

    play(tmp_path, scene)


def test_what_needs_no_server_never_troubles_one(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        at.server.answer = silent
        (tmp_path / "hosts").write_text("10.0.0.1 mx1.kp.gov.pk\n")
        looks = await at.look_at_all(("mx1.kp.gov.pk", "192.0.2.9"))
        assert addresses(looks) == [("10.0.0.1",), ("192.0.2.9",)]
        await at.resolver.examine()
        health = at.resolver.health()
        assert (health.is_idle, health.trouble, at.server.asked) == (True, None, [])

    play(tmp_path, scene)


def test_while_all_is_well_nothing_is_asked_beside_the_checks(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        await at.look_at_all()
        await at.resolver.examine()
        assert len(at.server.asked) == 4

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("flood", "words"),
    [
        (silent, "does not answer"),
        (SERVFAIL, "answers with failures whatever is asked for (4 names)"),
        (NXDOMAIN, "says of whatever is asked for that it does not exist (4 names)"),
    ],
    ids=["silence", "SERVFAIL", "NXDOMAIN"],
)
def test_the_trouble_is_told_in_words(tmp_path: Path, flood: Answer, words: str) -> None:
    async def scene(at: Scene) -> None:
        at.server.answer = flood
        await at.look_at_all()
        assert at.resolver.health().words == f"name server {at.server.address} {words}"

    play(tmp_path, scene)


def test_without_any_server_that_is_said() -> None:
    async def look() -> str:
        resolver = Resolver(servers=())
        await cause_of(resolver.addresses("mx1.example.org", "4"))
        return resolver.health().words

    assert run(look()) == "no name server is configured"
