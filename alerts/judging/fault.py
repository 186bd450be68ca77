"""The state machine of a fault: from looks to the turns that make, change and end an incident. Pure.

Healthy -> Suspect -> Settling -> Open -> Held -> Healthy; see docs/alerting.md for the picture.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from alerts.judging.loss import NO_LOSSES, Losses
from checks.model import Status

#: An end is told after this share of the flap hold: five minutes of the default half hour. A relapse within it makes
#: no message at all, which is what keeps a target that comes and goes every few minutes at two messages.
RECOVERY_SHARE = 6

#: Looks are started on a grid, and judged by it: one that comes a moment early counts as in time.
SLACK = timedelta(seconds=1)

#: No flap hold is longer.
LONGEST_HOLD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How much evidence opens and closes an incident of a fault. Zeros make every turn immediate."""

    failures_to_open: int = 7
    """Looks in a row: critical ones for a critical incident, any that are not ok for a warning."""
    passes_to_close: int = 2
    settle_s: float = 30.0
    """How long a critical fault goes on failing after that before it is an incident; healed meanwhile, it is none."""
    flap_hold_s: float = 0.0
    """How long an unstable target must be well before it is believed; 0: an end is believed at once."""
    losses_to_warn: int = 0
    """Falls that each healed unconfirmed, within `losses_within_s`, after which it is degraded; 0: never."""
    losses_within_s: float = 3600.0

    @property
    def settle(self) -> timedelta:
        return timedelta(seconds=self.settle_s)

    @property
    def flap_hold(self) -> timedelta:
        return timedelta(seconds=self.flap_hold_s)

    @property
    def losses_within(self) -> timedelta:
        return timedelta(seconds=self.losses_within_s)

    @property
    def calm_after_losses(self) -> timedelta:
        """How long no look of what was degraded may fail before it is well."""
        return self.losses_within / 2

    def calm(self, *, is_unstable: bool) -> timedelta:
        """How long it must have been well, without a look that failed, before its end is told."""
        return self.flap_hold if is_unstable else self.flap_hold / RECOVERY_SHARE


@dataclass(frozen=True, slots=True)
class Healthy:
    """Nothing wrong was seen last."""

    shaky_until: datetime | None = None
    """A fault that opens before this instant is unstable from its beginning: it was down a short while ago."""
    losses: Losses = NO_LOSSES
    """Told of, an incident stands though the last look passed."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Failing, not yet often enough to disturb anybody."""

    since: datetime
    failures: int
    """Looks in a row that were not ok."""
    criticals: int = 0
    """The last of them that were critical, in a row."""
    shaky_until: datetime | None = None
    losses: Losses = NO_LOSSES


@dataclass(frozen=True, slots=True)
class Settling:
    """Confirmed and critical; told if it goes on failing until the settle wait is over."""

    since: datetime
    confirmed_at: datetime
    passes: int = 0
    shaky_until: datetime | None = None
    losses: Losses = NO_LOSSES


@dataclass(frozen=True, slots=True)
class Open:
    """An incident stands."""

    since: datetime
    severity: Status = Status.CRITICAL
    passes: int = 0
    """Looks in a row that were ok."""
    others: int = 0
    """Looks in a row that were neither ok nor of this severity."""
    is_unstable: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """It looks well again; its end is not told before it has stayed so."""

    since: datetime
    well_since: datetime
    severity: Status = Status.CRITICAL
    failures: int = 0
    criticals: int = 0
    is_unstable: bool = False


Fault: TypeAlias = Healthy | Suspect | Settling | Open | Held


@dataclass(frozen=True, slots=True)
class Opened:
    since: datetime
    """The first failure, not the last re-check."""
    severity: Status


@dataclass(frozen=True, slots=True)
class Worn:
    """It fails again and again, and is well in between."""

    falls: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """Better or worse within the same incident."""

    severity: Status


@dataclass(frozen=True, slots=True)
class Recovered:
    """Well for now. On record only: it may relapse."""


@dataclass(frozen=True, slots=True)
class Relapsed:
    """Down again before its end was told: the incident goes on, and is unstable. On record only."""

    severity: Status


@dataclass(frozen=True, slots=True)
class Closed:
    well_since: datetime
    """When it became well, which may be long before its end is told."""


Turn: TypeAlias = Opened | Worn | Changed | Recovered | Relapsed | Closed

HEALTHY = Healthy()


def advance(state: Fault, status: Status, at: datetime, rule: Threshold) -> tuple[Fault, Turn | None]:
    """The next state after `status` was seen at `at`. Unknown is not evidence and changes nothing."""
    if status is Status.UNKNOWN:
        return state, None
    match state:
        case Healthy():
            return _well(state, at, rule) if status is Status.OK else _falls(state, status, at, rule)
        case Suspect():
            return _suspected(state, status, at, rule)
        case Settling():
            return _settled(state, status, at, rule)
        case Open():
            return _stands(state, status, at, rule)
        case Held():
            return _held(state, status, at, rule)
        case _:
            assert_never(state)


def is_worn(fault: Fault) -> bool:
    """Whether it is degraded by falls alone: it fails now and then, and is confirmed to be down at no time."""
    return isinstance(fault, Healthy | Suspect | Settling) and fault.losses.told


def is_urgent(state: Fault) -> bool:
    """Whether the next look should come soon: a critical fault is on its way to people, or on its way back.

    Warnings are never looked into in haste: they are for office hours.
    """
    match state:
        case Suspect(criticals=criticals) | Held(criticals=criticals):
            return criticals > 0
        case Settling():
            return True
        case Open(severity=severity, others=others):
            return severity is Status.WARNING and others > 0
        case Healthy():
            return False
        case _:
            assert_never(state)


def _well(state: Healthy, at: datetime, rule: Threshold) -> tuple[Fault, Turn | None]:
    """The same, until what was degraded has been well for long enough."""
    losses = state.losses
    if not losses.told or not losses.is_calm(at, rule.calm_after_losses - SLACK):
        return state, None
    return Healthy(state.shaky_until), Closed(losses.last or at)


def _falls(state: Healthy, status: Status, at: datetime, rule: Threshold) -> tuple[Fault, Turn | None]:
    """A look failed right after one that passed."""
    losses = state.losses
    if rule.losses_to_warn and status is Status.CRITICAL:
        losses = losses.fallen(at, rule.losses_to_warn, rule.losses_within)
    is_news = bool(rule.losses_to_warn) and not losses.told and len(losses.falls) >= rule.losses_to_warn
    fault, turn = _suspected(Suspect(at, 0, 0, state.shaky_until, losses), status, at, rule)
    if turn is not None or not is_news or not isinstance(fault, Suspect):
        return fault, turn
    return replace(fault, losses=replace(losses, told=True)), Worn(losses.falls)


def _suspected(state: Suspect, status: Status, at: datetime, rule: Threshold) -> tuple[Fault, Turn | None]:
    if status is Status.OK:
        return Healthy(state.shaky_until, state.losses), None
    criticals = state.criticals + 1 if status is Status.CRITICAL else 0
    state = replace(state, failures=state.failures + 1, criticals=criticals)
    if criticals >= rule.failures_to_open:
        settling = Settling(state.since, at, 0, state.shaky_until, state.losses)
        return (settling, None) if rule.settle_s else _opened(settling, at)
    if status is Status.WARNING and state.failures >= rule.failures_to_open:
        is_unstable = state.losses.told or _is_shaky(state.shaky_until, at)
        opened = Open(state.since, Status.WARNING, is_unstable=is_unstable)
        return opened, Opened(state.since, Status.WARNING)
    return state, None


def _settled(state: Settling, status: Status, at: datetime, rule: Threshold) -> tuple[Fault, Turn | None]:
    if status is not Status.CRITICAL:
        if state.passes + 1 < rule.passes_to_close:
            return replace(state, passes=state.passes + 1), None
        if status is Status.OK:
            return Healthy(state.shaky_until, state.losses), None
        # No worse than that.
        return Suspect(state.since, rule.failures_to_open - 1, 0, state.shaky_until, state.losses), None
    state = replace(state, passes=0)
    return _opened(state, at) if at >= state.confirmed_at + rule.settle - SLACK else (state, None)


def _opened(state: Settling, at: datetime) -> tuple[Fault, Turn]:
    is_unstable = state.losses.told or _is_shaky(state.shaky_until, at)
    opened = Open(state.since, Status.CRITICAL, is_unstable=is_unstable)
    return opened, Opened(state.since, Status.CRITICAL)


def _is_shaky(until: datetime | None, at: datetime) -> bool:
    return until is not None and at < until


def _stands(state: Open, status: Status, at: datetime, rule: Threshold) -> tuple[Fault, Turn | None]:
    if status is Status.OK:
        passes = state.passes + 1
        if passes < rule.passes_to_close:
            return replace(state, passes=passes, others=0), None
        if not rule.flap_hold_s:
            return HEALTHY, Closed(at)
        return Held(state.since, at, state.severity, is_unstable=state.is_unstable), Recovered()
    if status is state.severity:
        return replace(state, passes=0, others=0), None
    others = state.others + 1
    needed = rule.failures_to_open if status is Status.CRITICAL else rule.passes_to_close
    if others < needed:
        return replace(state, passes=0, others=others), None
    return replace(state, severity=status, passes=0, others=0), Changed(status)


def _held(state: Held, status: Status, at: datetime, rule: Threshold) -> tuple[Fault, Turn | None]:
    if status is Status.OK:
        if state.failures:  # it was not well all that time
            return replace(state, well_since=at, failures=0, criticals=0), None
        if at < state.well_since + rule.calm(is_unstable=state.is_unstable) - SLACK:
            return state, None
        return Healthy(state.well_since + rule.flap_hold), Closed(state.well_since)
    criticals = state.criticals + 1 if status is Status.CRITICAL else 0
    failures = state.failures + 1
    if max(criticals, failures if status is Status.WARNING else 0) < rule.failures_to_open:
        return replace(state, failures=failures, criticals=criticals), None
    return Open(state.since, status, is_unstable=True), Relapsed(status)
