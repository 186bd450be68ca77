"""A kind run as the daemon runs it: through the runner, over the real transport."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checks.calendars import OfficeCalendars
from checks.ledger.journal import Journal
from checks.model import CheckId, Finding
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.registry import load_registry
from checks.spec import CheckSpec
from tests.support.fake_network import ESTATE
from watchdog.clock import system_clock
from watchdog.engine.runner import Run, Surroundings, run_check


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """Looks at targets; names come from `hosts_file` alone."""

    hosts_file: Path = Path("/etc/hosts")
    timeout_s: float = 5.0
    now: datetime | None = None

    def look(self, kind: str, **options: object) -> Sequence[Finding]:
        return [seen.finding for seen in asyncio.run(self.run(kind, **options)).observations]

    def only(self, kind: str, **options: object) -> Finding:
        (finding,) = self.look(kind, **options)
        return finding

    async def run(self, kind: str, **options: object) -> Run:
        transport = Transport(Resolver(servers=(), hosts_file=self.hosts_file), system_clock)
        try:
            return await run_check(
                spec_of(kind, options, self.timeout_s),
                surroundings(transport),
                now=self.now or system_clock(),
                kept={},
                timeout_s=self.timeout_s,
            )
        finally:
            transport.close()


def spec_of(kind_name: str, options: Mapping[str, object], timeout_s: float, check_id: str = "look") -> CheckSpec:
    kind = load_registry(()).kinds[kind_name]
    return CheckSpec(id=CheckId(check_id), kind=kind, options=kind.options.model_validate(options), timeout_s=timeout_s)


def surroundings(transport: Transport) -> Surroundings:
    return Surroundings(
        estate=ESTATE, calendars=OfficeCalendars(ESTATE), ledger=Journal(), open_network=transport.session
    )
