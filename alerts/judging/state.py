"""Two pure decisions: when a fault is an incident, and which rungs of a deadline are due and untold."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from checks.model import Rung, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How much evidence opens and closes an incident of a fault."""

    failures_to_open: int = 7
    passes_to_close: int = 2
    settle_s: float = 30.0
    """How long an opened incident waits before anybody hears; healed meanwhile, nobody does."""


@dataclass(frozen=True, slots=True)
class Healthy:
    """Nothing wrong was seen last."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Failing, not yet often enough to disturb anybody."""

    since: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Open:
    """An incident stands."""

    since: datetime
    passes: int = 0


State: TypeAlias = Healthy | Suspect | Open


@dataclass(frozen=True, slots=True)
class Opened:
    since: datetime
    """The first failure, not the last re-check."""


@dataclass(frozen=True, slots=True)
class Closed:
    at: datetime


Turn: TypeAlias = Opened | Closed

HEALTHY = Healthy()


def advance(state: State, status: Status, at: datetime, rule: Threshold) -> tuple[State, Turn | None]:
    """The next state of a fault after `status` was seen at `at`.

    Unknown is not evidence and changes nothing. A warning is not an outage: it counts as a pass.
    """
    if status is Status.UNKNOWN:
        return state, None
    failed = status is Status.CRITICAL
    match state:
        case Healthy():
            return _weigh(Suspect(at, 1), rule) if failed else (state, None)
        case Suspect(since, failures):
            return _weigh(Suspect(since, failures + 1), rule) if failed else (HEALTHY, None)
        case Open(since, passes):
            if failed:
                return Open(since), None
            if passes + 1 < rule.passes_to_close:
                return Open(since, passes + 1), None
            return HEALTHY, Closed(at)
        case _:
            assert_never(state)


def _weigh(suspect: Suspect, rule: Threshold) -> tuple[State, Turn | None]:
    if suspect.failures < rule.failures_to_open:
        return suspect, None
    return Open(suspect.since), Opened(suspect.since)


def due_rungs(rungs: Sequence[Rung], told: AbstractSet[str], now: datetime) -> list[Rung]:
    """Rungs whose time has come and that nobody was told of yet, most urgent first."""
    due = [rung for rung in rungs if now >= rung.at and rung.name not in told]
    return sorted(due, key=lambda rung: rung.at, reverse=True)
