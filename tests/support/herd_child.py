"""A process that runs the engine's scheduler over a herd of checks, half of them tarpits, and reports how it went."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from checks.model import Status
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.spec import CheckSpec
from tests.support.own_time import OwnTimeLoop
from tests.support.real_look import spec_of, surroundings
from watchdog.clock import system_clock
from watchdog.engine.runner import run_check
from watchdog.engine.scheduler import Again, Scheduler

CHECKS_PER_SIDE = 500
INTERVAL_S = 5.0
TIMEOUT_S = 2.0
FOR_S = 16.0

_HEALTHY = "ok"

#: A kind and how it is pointed at a host and port.
_Look: TypeAlias = tuple[str, Callable[[str, int], Mapping[str, object]]]

#: In turns, so that tarpits of every kind are looked at side by side. Those of an e-office keep a thread each.
_PITS: Sequence[_Look] = (
    ("http", lambda host, port: {"url": f"http://{host}:{port}/"}),
    ("http", lambda host, port: {"url": f"https://{host}:{port}/"}),
    ("smtp", lambda host, port: {"host": host, "port": port}),
    ("imap", lambda host, port: {"host": host, "port": port}),
    ("pop3", lambda host, port: {"host": host, "port": port, "tls": "implicit"}),
    ("tls_certificate", lambda host, port: {"host": host, "port": port}),
    ("tls_certificate", lambda host, port: {"host": host, "port": port, "starttls": "imap"}),
    ("domain_expiry", lambda host, port: {"domain": "kp.gov.pk", "whois_server": f"{host}:{port}"}),
    ("domain_expiry", lambda host, port: {"domain": "kp.gov.pk", "rdap_url": f"http://{host}:{port}/"}),
    ("eoffice_capacity", lambda host, port: {"url": f"http://{host}:{port}/", "pointer": "/sessions"}),
    ("eoffice_capacity", lambda host, port: {"prometheus": f"https://{host}:{port}/", "query": "sessions"}),
    ("dns", lambda host, port: {"name": "a.example", "server": f"{host}:{port}"}),
)


@dataclass(slots=True)
class Herd:
    """Lateness of runs, from their due time to their start, and how long runs took, in time of our own."""

    healthy_late_s: list[float] = field(default_factory=list)
    tarpit_late_s: list[float] = field(default_factory=list)
    healthy_s: list[float] = field(default_factory=list)
    tarpit_s: list[float] = field(default_factory=list)
    healthy_bad: int = 0
    tarpit_ok: int = 0
    tarpit_kinds: dict[str, int] = field(default_factory=dict)
    """Runs by kind."""

    def ran(self, spec: CheckSpec, late_s: float, took_s: float, *, is_ok: bool) -> None:
        if spec.id.startswith(_HEALTHY):
            self.healthy_late_s.append(late_s)
            self.healthy_s.append(took_s)
            self.healthy_bad += not is_ok
        else:
            self.tarpit_late_s.append(late_s)
            self.tarpit_s.append(took_s)
            self.tarpit_ok += is_ok
            self.tarpit_kinds[spec.kind.name] = self.tarpit_kinds.get(spec.kind.name, 0) + 1


def specs(healthy_port: int, tarpit_port: int) -> Sequence[CheckSpec]:
    """Names of their own, since the scheduler spares each host."""
    herd = []
    for number in range(CHECKS_PER_SIDE):
        kind, options = _PITS[number % len(_PITS)]
        name = f"{_HEALTHY}{number}"
        herd.append(spec_of("http", {"url": f"http://{name}.test:{healthy_port}/"}, TIMEOUT_S, name))
        herd.append(spec_of(kind, options(f"pit{number}.test", tarpit_port), TIMEOUT_S, f"pit{number}"))
    return [replace(spec, interval_s=INTERVAL_S, retry_every_s=INTERVAL_S) for spec in herd]


async def keep(healthy_port: int, tarpit_port: int, hosts_file: Path) -> Herd:
    herd, loop = Herd(), asyncio.get_running_loop()
    around = surroundings(Transport(Resolver(servers=(), hosts_file=hosts_file), system_clock))
    late_s: list[float] = []

    async def run_once(spec: CheckSpec, timeout_s: float) -> Again:
        started_s, own_late_s = loop.time(), late_s.pop()  # told right before the run begins
        run = await run_check(spec, around, now=system_clock(), kept={}, timeout_s=timeout_s)
        is_ok = run.observations[0].finding.status is Status.OK
        herd.ran(spec, own_late_s, loop.time() - started_s, is_ok=is_ok)
        return Again(soon=not is_ok)

    scheduler = Scheduler(run_once, on_late=late_s.append)
    scheduler.configure((one, one.kind.host(one.options)) for one in specs(healthy_port, tarpit_port))
    task = loop.create_task(scheduler.run())
    await asyncio.sleep(FOR_S)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return herd


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=OwnTimeLoop) as runner:
        seen = runner.run(keep(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
    sys.stdout.write(json.dumps(asdict(seen)))
