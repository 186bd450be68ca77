"""A process that runs the engine's scheduler over a herd of checks, half of them tarpits, and reports how it went."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import uvloop

from checks.model import Status
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.spec import CheckSpec
from tests.support.real_look import spec_of, surroundings
from watchdog.clock import system_clock
from watchdog.engine.runner import run_check
from watchdog.engine.scheduler import Again, Scheduler

CHECKS_PER_SIDE = 500
INTERVAL_S = 5.0
TIMEOUT_S = 2.0
FOR_S = 16.0


@dataclass(slots=True)
class Herd:
    lateness_s: list[float] = field(default_factory=list)
    healthy_s: list[float] = field(default_factory=list)
    """How long each look at a healthy server took."""
    healthy_bad: int = 0
    tarpit_s: list[float] = field(default_factory=list)
    tarpit_ok: int = 0


def specs(healthy_port: int, tarpit_port: int) -> list[CheckSpec]:
    """Names of their own, since the scheduler spares each host."""
    return [
        CheckSpec(
            id=spec.id,
            kind=spec.kind,
            options=spec.options,
            interval_s=INTERVAL_S,
            retry_every_s=INTERVAL_S,
            timeout_s=TIMEOUT_S,
        )
        for number in range(CHECKS_PER_SIDE)
        for spec in (
            spec_of("http", {"url": f"http://ok{number}.test:{healthy_port}/"}, TIMEOUT_S, f"ok{number}"),
            spec_of("smtp", {"host": f"pit{number}.test", "port": tarpit_port}, TIMEOUT_S, f"pit{number}"),
        )
    ]


async def keep(healthy_port: int, tarpit_port: int, hosts_file: Path) -> Herd:
    herd, loop = Herd(), asyncio.get_running_loop()
    around = surroundings(Transport(Resolver(servers=(), hosts_file=hosts_file), system_clock))

    async def run_once(spec: CheckSpec, timeout_s: float) -> Again:
        started_s = loop.time()
        run = await run_check(spec, around, now=system_clock(), kept={}, timeout_s=timeout_s)
        took_s, is_ok = loop.time() - started_s, run.observations[0].finding.status is Status.OK
        if spec.kind.name == "http":
            herd.healthy_s.append(took_s)
            herd.healthy_bad += not is_ok
        else:
            herd.tarpit_s.append(took_s)
            herd.tarpit_ok += is_ok
        return Again(soon=not is_ok)

    scheduler = Scheduler(run_once, on_late=herd.lateness_s.append)
    scheduler.configure((one, one.kind.host(one.options)) for one in specs(healthy_port, tarpit_port))
    task = loop.create_task(scheduler.run())
    await asyncio.sleep(FOR_S)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return herd


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seen = runner.run(keep(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
    sys.stdout.write(json.dumps(asdict(seen)))
