"""One run of one check: its deadline, its duration, and every way it can fail turned into a finding."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from checks.estate import Estate
from checks.model import Cause, Finding, Observation, Status
from checks.network.errors import ProbeError
from checks.plugin import Calendars, CheckContext, Json, Ledger, Network
from checks.secret import SecretUnavailableError
from checks.spec import CheckSpec

#: Causes that say something about us rather than about the target: no evidence either way.
OURS: frozenset[Cause] = frozenset({Cause.BLIND, Cause.BUG, Cause.STALE, Cause.RATE_LIMITED, Cause.UNPARSABLE})


class NetworkSession(Network, Protocol):
    """A network for one run: closes whatever the run left open."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every run is handed besides its own options: built once per settings."""

    estate: Estate
    calendars: Calendars
    ledger: Ledger
    open_network: Callable[[], NetworkSession]


@dataclass(slots=True)
class RunMemory:
    """A check's memory during one run: reads what is kept, and collects what is to be kept."""

    kept: Mapping[str, Json]
    writes: dict[str, Json] = field(default_factory=dict)

    def get(self, key: str) -> Json:
        return self.writes[key] if key in self.writes else self.kept.get(key)

    def set(self, key: str, value: Json) -> None:
        if self.get(key) != value:
            self.writes[key] = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run saw. `memory` holds only what changed, and only when the kind ended by itself."""

    observations: tuple[Observation, ...]
    memory: Mapping[str, Json]


async def run_check(
    spec: CheckSpec, around: Surroundings, *, now: datetime, kept: Mapping[str, Json], timeout_s: float
) -> Run:
    """Run `spec` once. Never raises but CancelledError; takes at most `timeout_s` of the loop's time."""
    loop = asyncio.get_running_loop()
    network = around.open_network()
    memory = RunMemory(kept)
    started = loop.time()
    try:
        async with asyncio.timeout(timeout_s):
            findings = await spec.kind.run(
                spec.options, _context(spec, around, network, memory, now, timeout_s=timeout_s)
            )
        findings = _checked(spec, findings)
    except Exception as error:  # noqa: BLE001  # the one border where a kind's failures become findings
        findings, memory = (_failed(spec, error, network, timeout_s),), RunMemory({})
    finally:
        network.close()
    duration_s = loop.time() - started
    return Run(
        observations=tuple(
            Observation(check_id=spec.id, finding=finding, observed_at=now, duration_s=duration_s)
            for finding in findings
        ),
        memory=memory.writes,
    )


def _context(
    spec: CheckSpec, around: Surroundings, network: Network, memory: RunMemory, now: datetime, *, timeout_s: float
) -> CheckContext:
    return CheckContext(
        now=now,
        estate=around.estate,
        service=None if spec.service is None else around.estate.services.get(spec.service),
        net=network,
        calendars=around.calendars,
        ledger=around.ledger,
        memory=memory,
        timeout_s=timeout_s,
    )


def _checked(spec: CheckSpec, findings: Sequence[Finding]) -> Sequence[Finding]:
    """Two findings about one subject would overwrite each other: that is a bug of the kind, and is said."""
    if len(findings) > 1 and len({finding.subject for finding in findings}) < len(findings):
        raise ValueError(f"kind {spec.kind.name} gave two findings about one subject")
    if not findings:
        raise ValueError(f"kind {spec.kind.name} gave no finding")
    return findings


def _failed(spec: CheckSpec, error: Exception, network: Network, timeout_s: float) -> Finding:
    subject = spec.kind.subject(spec.options)
    status, cause, summary = _verdict(error, timeout_s)
    return Finding(
        subject=subject,
        status=status,
        cause=cause,
        summary=summary if summary.startswith(subject) else f"{subject}: {summary}",
        evidence=network.transcript(),
    )


def _verdict(error: Exception, timeout_s: float) -> tuple[Status, Cause, str]:
    match error:
        case ProbeError(cause=cause, detail=detail):
            return Status.UNKNOWN if cause in OURS else Status.CRITICAL, cause, detail
        case TimeoutError():
            return Status.CRITICAL, Cause.TIMEOUT, f"no complete answer within {timeout_s:g} s"
        case SecretUnavailableError():
            return Status.UNKNOWN, Cause.BLIND, str(error)
        case _:
            # Only the type: a plugin's message may carry what it was sent.
            return Status.UNKNOWN, Cause.BUG, f"the check itself failed ({type(error).__name__})"
