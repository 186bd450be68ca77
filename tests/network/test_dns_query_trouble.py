"""Servers of ours that fail every question are one trouble of ours, as they are where they fail every look-up."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import dns.rcode
import pytest

from checks.model import Cause
from checks.network.lookup import Patience
from checks.network.name_service import Health, Trouble
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.network.values import DnsQuestion
from checks.verdict import verdict
from tests.support.network import NOW, Answer, DnsServer, cause_of, dns_server, failing, refused_port, run, silent, zone

ZONES = ("kp.gov.pk", "example.org", "example.net", "bank.com.pk")
HERE = zone(*((name, 300, "MX", "10 mx.example.") for name in ZONES))
SERVFAIL, REFUSED = failing(dns.rcode.SERVFAIL), failing(dns.rcode.REFUSED)
NXDOMAIN = failing(dns.rcode.NXDOMAIN)


class Scene:
    """A server, and a daemon's transport that asks it alone."""

    def __init__(self, server: DnsServer, folder: Path) -> None:
        self.server = server
        self.resolver = server.resolver(folder, patience=Patience(server_s=0.05, name_s=0.1))
        self.transport = Transport(self.resolver, lambda: NOW)

    async def ask(self, name: str, kind: str = "MX", timeout_s: float = 0.3) -> Cause | str:
        """The cause with which a run ends, else the code it was answered."""
        codes: list[str] = []

        async def one() -> None:
            async with asyncio.timeout(timeout_s):
                codes.append((await self.transport.session().query(DnsQuestion(name=name, type=kind))).code)

        try:
            cause = await cause_of(one())
        except TimeoutError as error:
            return verdict(error, timeout_s)[1]
        return codes[0] if codes else cause

    async def ask_all(self) -> list[Cause | str]:
        return [await self.ask(name) for name in ZONES]


def play(folder: Path, answer: Answer, scene: Callable[[Scene], Awaitable[None]]) -> None:
    async def live() -> None:
        async with dns_server(answer) as server:
            at = Scene(server, folder)
            await scene(at)
            at.transport.close()

    run(live())


@pytest.mark.parametrize(
    ("flood", "trouble"),
    [
        (SERVFAIL, Trouble.FAILED),
        (REFUSED, Trouble.FAILED),
        (NXDOMAIN, Trouble.MISSING),
        (silent, Trouble.SILENT),
    ],
    ids=["SERVFAIL", "REFUSED", "NXDOMAIN", "silence"],
)
def test_servers_that_fail_every_question_are_a_trouble_of_ours_and_none_of_the_names(
    tmp_path: Path, flood: Answer, trouble: Trouble
) -> None:
    async def scene(at: Scene) -> None:
        assert await at.ask_all() == ["NOERROR"] * 4
        at.server.answer = flood
        await at.ask(ZONES[0])
        await at.resolver.examine()
        assert at.resolver.health().trouble is trouble
        assert await at.ask_all() == [Cause.BLIND] * 4

    play(tmp_path, HERE, scene)


def test_a_witness_that_was_only_ever_asked_for_other_records_tells_when_it_is_over(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        await at.ask_all()
        at.server.answer = SERVFAIL
        await at.ask_all()
        assert at.resolver.health().trouble is Trouble.FAILED
        at.server.answer = HERE
        await asyncio.sleep(0)
        await at.resolver.examine()
        assert at.resolver.health().trouble is None

    play(tmp_path, HERE, scene)


def test_a_flood_that_was_there_before_us_is_seen_at_the_third_zone(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        assert await at.ask_all() == ["SERVFAIL", "SERVFAIL", Cause.BLIND, Cause.BLIND]

    play(tmp_path, SERVFAIL, scene)


def test_names_that_never_had_a_record_stay_their_owners_fault_beside_those_of_their_zones_that_have(
    tmp_path: Path,
) -> None:
    async def scene(at: Scene) -> None:
        await at.ask_all()
        for _ in range(2):
            told = [await at.ask(f"_dmarc.{name}", "TXT") for name in ZONES]
            assert told == ["NXDOMAIN"] * 4
            await at.resolver.examine()
            assert at.resolver.health().trouble is None

    play(tmp_path, HERE, scene)


def test_a_question_that_is_cut_off_early_says_nothing_of_the_servers(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        assert await at.ask(ZONES[0], timeout_s=0.02) is Cause.BLIND
        assert at.resolver.health().failing == ()

    play(tmp_path, silent, scene)


def test_servers_that_answer_questions_are_known_not_to_be_idle(tmp_path: Path) -> None:
    async def scene(at: Scene) -> None:
        await at.ask_all()
        assert not at.resolver.health().is_idle

    play(tmp_path, HERE, scene)


@pytest.mark.parametrize("is_look_up", [True, False])
def test_a_machine_that_refuses_the_connection_is_told_apart_from_one_that_is_silent(*, is_look_up: bool) -> None:
    place = f"127.0.0.1:{refused_port()}"

    async def scene() -> Health:
        resolver = Resolver(servers=(place,), patience=Patience(server_s=0.05, name_s=0.1))
        net = Transport(resolver, lambda: NOW).session()
        question = DnsQuestion(name="mx.example", type="MX")
        await cause_of(net.addresses("mx.example", "4") if is_look_up else net.query(question))
        return resolver.health()

    health = run(scene())
    assert (health.trouble, health.is_refused) == (Trouble.SILENT, True)
    words = "refuses the connection: nobody answers questions about names there"
    assert health.words == f"name server {place} {words}"
    assert place in health.heard[0]
