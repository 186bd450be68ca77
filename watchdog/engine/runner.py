"""One run of one check: its deadline, its duration, and every way it can fail turned into a finding."""

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, Protocol

from checks.estate import Estate
from checks.ledger.taxpayers import NoLists
from checks.model import Cause, Change, Finding, Observation, Status
from checks.network.errors import StarvedError
from checks.plugin import Calendars, CheckContext, Json, Ledger, Network, Taxpayers
from checks.spec import CheckSpec
from checks.verdict import verdict
from watchdog.engine.breath import Breath
from watchdog.engine.time_limit import TimeLimit


class NetworkSession(Network, Protocol):
    """A network for one run: closes whatever the run left open."""

    @property
    def starved(self) -> str:
        """What we ran out of during the run, "" for nothing; told even where the kind made a finding of it."""
        ...

    @property
    def facts(self) -> Sequence[tuple[str, str]]:
        """What every finding of the run is to carry, whatever the kind made of it: that an address is old, say."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every run is handed besides its own options: built once per settings."""

    estate: Estate
    calendars: Calendars
    ledger: Ledger
    open_network: Callable[[], NetworkSession]
    taxpayers: Taxpayers = field(default_factory=NoLists)


@dataclass(slots=True)
class RunMemory:
    """A check's memory during one run: reads what is kept, and collects what is to be kept."""

    kept: Mapping[str, Json]
    writes: dict[str, Json] = field(default_factory=dict)
    notes: dict[str, Json] = field(default_factory=dict)
    """What of it stays though the run fails."""

    def get(self, key: str) -> Json:
        return self.writes[key] if key in self.writes else self.kept.get(key)

    def set(self, key: str, value: Json) -> None:
        """Raises TypeError or ValueError for what JSON cannot hold: it would spoil the whole transaction."""
        if self.get(key) != value:
            json.dumps(value, allow_nan=False)
            self.writes[key] = value

    def note(self, key: str, value: Json) -> None:
        self.set(key, value)
        self.notes[key] = value


class Run(NamedTuple):
    """What one run saw. `memory` holds only what changed; of a kind that did not end by itself only what it noted."""

    observations: tuple[Observation, ...]
    memory: Mapping[str, Json]
    failed: bool = False
    """True when the kind did not end by itself: the one finding is about its primary subject, made by the runner."""

    starved: str = ""
    """What we have run out of, whether or not the run ended by itself."""

    @property
    def names_all(self) -> bool:
        """Whether a subject that is not named here is gone: the kind ended, and saw all there is to see."""
        return not self.failed and all(sees(observation.finding) for observation in self.observations)


def sees(finding: Finding) -> bool:
    """Whether it says how its subject stands."""
    return finding.deadline is not None or finding.status in {Status.OK, Status.WARNING}


async def run_check(
    spec: CheckSpec, around: Surroundings, *, now: datetime, kept: Mapping[str, Json], timeout_s: float
) -> Run:
    """Run `spec` once. Never raises but CancelledError; takes at most `timeout_s` of the loop's time."""
    loop = asyncio.get_running_loop()
    network = around.open_network()
    memory = RunMemory(kept)
    started = loop.time()
    findings: Sequence[Finding] = ()
    failure: BaseException | None = None
    try:
        with TimeLimit(loop, timeout_s):
            context = _context(spec, around, network, memory, now, timeout_s=timeout_s)
            findings = await spec.kind.run(spec.options, context)
        findings = await _checked(spec, findings)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        failure = error  # a cancellation the kind made itself and let out
    except Exception as error:  # noqa: BLE001  # the one border where a kind's failures become findings
        failure = error
    finally:
        network.close()
    if failure is not None:
        findings, memory = (_failed(spec, failure, network, timeout_s),), RunMemory({}, memory.notes)
    if network.facts:
        findings = [replace(finding, facts=(*finding.facts, *network.facts)) for finding in findings]
    duration_s = loop.time() - started
    return Run(
        observations=tuple(
            Observation(check_id=spec.id, finding=finding, observed_at=now, duration_s=duration_s)
            for finding in findings
        ),
        memory=memory.writes,
        failed=failure is not None,
        starved=failure.detail if isinstance(failure, StarvedError) else network.starved,
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
        taxpayers=around.taxpayers,
    )


async def _checked(spec: CheckSpec, findings: Sequence[Finding]) -> Sequence[Finding]:
    """`findings` as the rest of the daemon may rely on them. Raises TypeError or ValueError: a bug of the kind."""
    name = spec.kind.name
    if not findings:
        raise ValueError(f"kind {name} gave no finding")
    breath = Breath() if len(findings) > 1 else None
    for finding in findings:
        if not isinstance(finding, Finding):
            raise TypeError(f"kind {name} gave {type(finding).__name__} for a finding")
        if not _is_text(finding.subject, finding.summary, *itertools.chain.from_iterable(finding.facts)):
            raise TypeError(f"kind {name} gave something else for a text")
        if finding.changes and not all(map(_is_change, finding.changes)):
            raise TypeError(f"kind {name} gave something else for a change")
        if breath is not None and breath.is_due:
            await breath.take()
    if len(findings) > 1 and len({finding.subject for finding in findings}) < len(findings):
        # They would overwrite each other.
        raise ValueError(f"kind {name} gave two findings about one subject")
    return findings


def _is_change(one: object) -> bool:
    return isinstance(one, Change) and _is_text(one.what, one.summary, *itertools.chain.from_iterable(one.facts))


def _is_text(*texts: object) -> bool:
    """Plugins need not be type-checked: what the type checker takes for granted is looked at once more."""
    return not [text for text in texts if not isinstance(text, str)]


def _failed(spec: CheckSpec, error: BaseException, network: Network, timeout_s: float) -> Finding:
    subject = spec.kind.subject(spec.options)
    status, cause, summary = verdict(error, timeout_s)
    if spec.kind.is_local and cause is Cause.TIMEOUT:
        status = Status.UNKNOWN  # it asks nobody but ourselves: that we are slow says nothing of bills
    return Finding(
        subject=subject,
        status=status,
        cause=cause,
        summary=summary if summary.startswith(subject) else f"{subject}: {summary}",
        evidence=network.transcript(),
    )
