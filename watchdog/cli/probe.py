"""`nigehban probe KIND key=value …`: one look at one target, without settings, as the daemon would look."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from alerts.words.escape import visible
from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.invoice import Invoice
from checks.ledger.journal import Journal
from checks.model import CheckId, Finding, Observation
from checks.network.errors import BlindError
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.registry import Registry, load_registry
from checks.spec import CheckSpec
from checks.units import parse_duration
from watchdog.cli.probe_arguments import UsageError, read_kind, read_options
from watchdog.cli.probe_output import EXIT_UNKNOWN, as_json_object, exit_code, line, worst_first
from watchdog.clock import Clock, system_clock
from watchdog.engine.runner import NetworkSession, Run, Surroundings, run_check

_ID = CheckId("probe")


class _NoSettings(Journal):
    """The bills of settings that nobody read: unknown, not none."""

    def bills(self) -> Sequence[Invoice]:
        raise BlindError("probe reads no settings and so knows no bills; name a list with csv=FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    run: Run
    transcript: str


def probe(
    kind: str,
    arguments: Sequence[str],
    *,
    as_json: bool = False,
    explain: bool = False,
    timeout: str = "10s",
    registry: Registry | None = None,
    transport: Transport | None = None,
    clock: Clock = system_clock,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Print what `kind` sees and answer the exit code: 0, 1, 2 by the worst finding; 3 unknown or wrongly used.

    `arguments` are "option=value" each. Raises nothing that a user can bring about.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        spec = _spec(kind, arguments, timeout, registry or load_registry())
    except UsageError as error:
        print(f"nigehban probe: {error}", file=err)
        return EXIT_UNKNOWN
    seen = asyncio.run(_look(spec, transport or Transport(Resolver(), clock), clock()))
    observations = worst_first(seen.run.observations)
    _print(observations, spec.kind.name, as_json=as_json, out=out)
    if explain:
        # JSON stays alone on standard output, so that a script can read it.
        print(_explained(observations, seen.transcript), file=err if as_json else out)
    return exit_code(observations)


def _spec(kind_name: str, arguments: Sequence[str], timeout: str, registry: Registry) -> CheckSpec:
    kind = read_kind(kind_name, registry)
    options = read_options(kind, arguments)
    try:
        timeout_s = parse_duration(timeout).total_seconds()
    except ValueError as error:
        raise UsageError(f"--timeout: {error}") from None
    if timeout_s <= 0:
        raise UsageError('--timeout: expected more than none, such as "10s"')
    return CheckSpec(id=_ID, kind=kind, options=options, timeout_s=timeout_s)


async def _look(spec: CheckSpec, transport: Transport, now: datetime) -> Seen:
    session = transport.session()
    kept: Mapping[str, None] = {}
    try:
        run = await run_check(spec, _surroundings(session), now=now, kept=kept, timeout_s=spec.timeout_s)
    finally:
        transport.close()
    return Seen(run=run, transcript=session.transcript())


def _surroundings(session: NetworkSession) -> Surroundings:
    estate = Estate(name="probe", time_zone=ZoneInfo("UTC"))
    return Surroundings(
        estate=estate, calendars=OfficeCalendars(estate), ledger=_NoSettings(), open_network=lambda: session
    )


def _print(observations: Sequence[Observation], kind: str, *, as_json: bool, out: TextIO) -> None:
    if as_json:
        rows = [as_json_object(observation, kind) for observation in observations]
        print(json.dumps(rows, indent=2, ensure_ascii=False), file=out)
        return
    for observation in observations:
        print(line(observation), file=out)


def _explained(observations: Sequence[Observation], transcript: str) -> str:
    facts = [line for seen in observations for line in _facts(seen.finding)]
    dialogue = [f"  {entry}" for entry in transcript.splitlines()]
    return "\n".join([*facts, "dialogue (seconds since the start):", *dialogue])


def _facts(finding: Finding) -> Sequence[str]:
    if not finding.facts:
        return ()
    return (f"{visible(finding.subject)}:", *(f"  {name}: {visible(text)}" for name, text in finding.facts))
