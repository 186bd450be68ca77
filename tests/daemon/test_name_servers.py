"""Name servers that fail are one incident for all checks; those go on by the last address for an hour (FAULTS 14)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from alerts.incident import EventKind, Nature
from alerts.judging.fault import Threshold
from checks.model import Cause, CheckId, Finding, Status
from checks.network.lookup import Failed, Found, Missing, Outcome, Patience
from checks.network.name_servers import NameServers
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.plugin import CheckContext, CheckKind
from checks.spec import CheckSpec
from tests.support.scripted import Options
from tests.support.virtual_estate import Month, lay, settings_of
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.daemon import Daemon
from watchdog.own_checks import RESOLVER_CHECK, resolver_check
from watchdog.settings.values import ConfiguredCheck, Settings

MINUTE = 60.0
BEGIN, END = 30 * MINUTE, 150 * MINUTE
ZONES = ("kp.gov.pk", "example.org", "example.net", "bank.com.pk", "portal.pk")
HOSTS = tuple(f"host{number}.{ZONES[number % len(ZONES)]}" for number in range(50))

Answer = Callable[[str, Patience], Awaitable[Outcome]]


def seconds() -> float:
    return asyncio.get_running_loop().time()


async def well(_name: str, _patience: Patience) -> Outcome:
    await asyncio.sleep(0.01)
    return Found(("192.0.2.1",), ttl_s=300)


async def silent(_name: str, patience: Patience) -> Outcome:
    await asyncio.sleep(patience.name_s)
    return Failed(f"no name server answered within {patience.name_s:g} s", silent=True)


async def failing(name: str, _patience: Patience) -> Outcome:
    return Failed(f"name server 10.0.0.2 answers SERVFAIL for {name}", silent=False)


async def denying(name: str, _patience: Patience) -> Outcome:
    return Missing(f"{name} does not exist", is_gone=True)


@dataclass(slots=True)
class Servers:
    """Name servers that answer as `bad` says from BEGIN to END, about the names that it is about."""

    bad: Answer
    about: Sequence[str] = HOSTS
    asked: list[str] = field(default_factory=list)

    async def look_up(
        self, _servers: NameServers, name: str, _kind: object, patience: Patience, _standing: object, *, heard: object
    ) -> Outcome:
        del heard
        self.asked.append(name)
        is_bad = BEGIN <= seconds() < END and name in self.about
        return await (self.bad if is_bad else well)(name, patience)


async def look(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    await ctx.net.addresses(options.host, "4")
    return (Finding(subject=options.host, status=Status.OK, summary=f"{options.host} answers"),)


KIND = CheckKind(name="look", options=Options, run=look, subject=lambda options: options.host)


def watching(hosts: Sequence[str]) -> Settings:
    def check(host: str) -> ConfiguredCheck:
        spec = CheckSpec(id=CheckId(f"at-{host}"), kind=KIND, options=Options(host=host), service="mail")
        return ConfiguredCheck(spec=spec, threshold=Threshold())

    whole = settings_of((), (), interval_s=60, lapses=EPOCH + timedelta(days=300))
    return replace(whole, checks=tuple(map(check, hosts)), invoices=())


@dataclass(slots=True)
class Lived:
    """What a run left, and how the checks stood on its way: minute to statuses, the daemon's own check aside."""

    month: Month
    stood: dict[float, Counter[Status]]

    @property
    def told(self) -> list[tuple[EventKind, str]]:
        return [(one.notification.message.event, one.notification.message.check) for one in self.month.sent]


def live(servers: Servers, hosts: Sequence[str] = HOSTS, *, minutes: float = 240, at: Sequence[float] = ()) -> Lived:
    stood: dict[float, Counter[Status]] = {}

    def sample(minute: float, daemon: Daemon) -> None:
        stood[minute] = Counter(one.status for one in daemon.subjects if one.record.check_id != RESOLVER_CHECK)

    async def scene() -> Lived:
        clock, loop, stop = virtual_clock(), asyncio.get_running_loop(), asyncio.Event()
        resolver = Resolver(servers=("10.0.0.2", "10.0.0.3"), clock=seconds, look_up=servers.look_up)
        transport = Transport(resolver, clock, stopwatch=seconds)
        own = (resolver_check(resolver, clock()),)
        daemon, month = lay(watching(hosts), seed=1, open_network=transport.session, own_checks=own)
        for minute in at:
            loop.call_later(minute * MINUTE, sample, minute, daemon)
        loop.call_later(minutes * MINUTE, stop.set)
        await daemon.run(stop)
        transport.close()
        return Lived(month, stood)

    return run_virtual(scene())


@pytest.mark.parametrize("bad", [silent, failing, denying], ids=["silent or 5 s late", "SERVFAIL", "NXDOMAIN"])
def test_fifty_checks_without_name_servers_are_one_incident_told_once_and_ended_once(bad: Answer) -> None:
    lived = live(Servers(bad), at=(25, 60, 80, 110, 145, 155))
    (incident,) = lived.month.store.listings.recent_incidents(100)
    assert (incident.check_id, incident.nature, incident.kind) == (RESOLVER_CHECK, Nature.FAULT, "resolver")
    assert incident.summary.startswith("name servers 10.0.0.2, 10.0.0.3 ")
    assert incident.since < EPOCH + timedelta(minutes=36)
    assert incident.closed_at is not None
    assert EPOCH + timedelta(minutes=150) < incident.closed_at < EPOCH + timedelta(minutes=151)
    assert Counter(lived.told) == {(EventKind.OPENED, RESOLVER_CHECK): 1, (EventKind.RESOLVED, RESOLVER_CHECK): 1}
    well, blind = Counter({Status.OK: 50}), Counter({Status.UNKNOWN: 50})
    # Last addresses were learnt within the six minutes before, and serve for an hour.
    assert lived.stood == {25: well, 60: well, 80: well, 110: blind, 145: blind, 155: well}


def test_one_zone_without_a_delegation_is_that_checks_own_fault() -> None:
    broken = HOSTS[0]
    lived = live(Servers(failing, about=(broken,)), minutes=140)
    (incident,) = lived.month.store.listings.recent_incidents(100)
    assert (incident.subject, incident.cause) == (broken, Cause.NAME_FAILED)


def test_a_name_that_is_taken_out_is_that_checks_own_fault() -> None:
    gone = HOSTS[0]
    lived = live(Servers(denying, about=(gone,)), minutes=50)
    (incident,) = lived.month.store.listings.recent_incidents(100)
    assert (incident.subject, incident.cause) == (gone, Cause.NAME_NOT_FOUND)


def test_an_estate_of_one_check_hears_of_silent_name_servers_too() -> None:
    lived = live(Servers(silent), hosts=HOSTS[:1])
    (incident,) = lived.month.store.listings.recent_incidents(100)
    assert (incident.check_id, incident.cause) == (RESOLVER_CHECK, Cause.TIMEOUT)


def test_an_estate_of_addresses_asks_nobody_and_its_name_servers_are_no_trouble() -> None:
    servers = Servers(silent)
    lived = live(servers, hosts=("192.0.2.7", "192.0.2.8"), minutes=120)
    assert (servers.asked, lived.told, lived.month.store.listings.recent_incidents(9)) == ([], [], [])
    own = next(one for one in lived.month.store.listings.subjects() if one.check_id == RESOLVER_CHECK)
    assert (own.status, own.summary) == (Status.OK, "no name needs looking up")


def test_all_well_is_no_trouble_from_the_first_minute_on() -> None:
    lived = live(Servers(well), minutes=30)
    assert lived.month.store.listings.recent_incidents(9) == []
    own = next(one for one in lived.month.store.listings.subjects() if one.check_id == RESOLVER_CHECK)
    assert (own.status, own.summary) == (Status.OK, "name servers (10.0.0.2, 10.0.0.3) answer")
