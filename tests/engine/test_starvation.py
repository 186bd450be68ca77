"""That we have run out of descriptors is heard of, even where a kind makes a finding of it."""

import asyncio
import resource

from checks.model import Cause
from checks.network.network import Transport
from checks.network.resolver import Resolver
from tests.support.real_look import spec_of, surroundings
from watchdog.clock import system_clock
from watchdog.engine.runner import Run, run_check


async def looked_without_descriptors(family: str) -> Run:
    transport = Transport(Resolver(servers=()), system_clock)
    spec, around = spec_of("smtp", {"host": "127.0.0.1", "port": 25, "family": family}, 5.0), surroundings(transport)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, hard))
    try:
        return await run_check(spec, around, now=system_clock(), kept={}, timeout_s=5.0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        transport.close()


def test_one_family_that_is_starved_is_unknown_and_the_daemon_hears_why() -> None:
    for family in ("4", "both"):
        run = asyncio.run(looked_without_descriptors(family))
        assert run.observations[0].finding.cause is Cause.BLIND
        assert "file descriptors" in run.starved
