"""Who is told next while nobody answers: steps with waits, then repeats. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.incident import Chase, Incident
from checks.model import Status

_GRAVITY: Final = {Status.OK: 0, Status.UNKNOWN: 1, Status.WARNING: 2, Status.CRITICAL: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Whom to tell when nobody has acknowledged for so long."""

    after: timedelta
    """Since people were told first; longer than that of the step before."""
    to: tuple[str, ...]
    """Receiver ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Steps, one after the other; then everybody again and again. Without steps: whoever the routes name."""

    id: str
    steps: tuple[Step, ...] = ()
    repeat_every: timedelta | None = None
    repeats: int | None = None
    """None repeats until somebody acknowledges or it is well."""

    def names(self, number: int) -> tuple[str, ...]:
        """Receiver ids of step `number`, from 1; of a repeat, everybody the steps name."""
        if number <= len(self.steps):
            return self.steps[number - 1].to
        return tuple(dict.fromkeys(receiver for step in self.steps for receiver in step.to))


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is to be told now. `number` counts from 1, repeats after the steps."""

    number: int
    is_repeat: bool


def begun(escalation: Escalation, *, told_at: datetime, severity: Status) -> Chase:
    """The waiting for an answer to what people hear at `told_at`, which may lie ahead."""
    return Chase(escalation=escalation.id, since=told_at, waits_from=told_at, severity=severity)


def due_at(chase: Chase, escalation: Escalation) -> datetime | None:
    """When the next step is told if nobody answers until then; None while it is held, and after the last one."""
    if chase.is_held:
        return None
    steps, last = escalation.steps, chase.step
    if last < len(steps):
        before = steps[last - 1].after if last else timedelta()
        return chase.waits_from + steps[last].after - before
    is_over = escalation.repeats is not None and last - len(steps) >= escalation.repeats
    return None if escalation.repeat_every is None or is_over else chase.waits_from + escalation.repeat_every


def due(chase: Chase, escalation: Escalation, now: datetime) -> Due | None:
    """The step to tell at `now`. Of several that were missed only the next: the others keep their waits behind it."""
    at = due_at(chase, escalation)
    if at is None or now < at:
        return None
    return Due(chase.step + 1, is_repeat=chase.step >= len(escalation.steps))


def told(chase: Chase, number: int, now: datetime) -> Chase:
    """After step `number` was told."""
    return replace(chase, step=number, waits_from=now)


def held(chase: Chase) -> Chase:
    """Somebody answered, or said that nothing is to be told for now."""
    return chase if chase.is_held and chase.paused_at is None else replace(chase, is_held=True, paused_at=None)


def why_held(incident: Incident) -> str:
    """What keeps the next step of a chase back that is held, behind "as"."""
    if incident.acknowledged is not None:
        return "somebody is at it"
    if incident.root is not None:
        return "it is part of another incident"
    if incident.recovered_at is not None:
        return "it is well for now"
    comes_and_goes = incident.is_unstable and incident.severity is Status.WARNING
    return "it comes and goes, or must not be said now" if comes_and_goes else "it must not be said now"


def paused(chase: Chase, now: datetime) -> Chase:
    """It is well for now, or we cannot see, or another incident explains it: nobody answered for that."""
    return chase if chase.is_held else replace(chase, is_held=True, paused_at=now)


def resumed(chase: Chase, told_at: datetime) -> Chase:
    """The answer has ended and it is still bad, which people hear at `told_at`.

    Steps that were told stay told; the wait for the next one begins anew.
    """
    return replace(chase, is_held=False, paused_at=None, since=told_at, waits_from=told_at)


def gone_on(chase: Chase, now: datetime) -> Chase:
    """After a pause: what was waited before it counts, the pause itself does not."""
    if chase.paused_at is None:
        return chase
    lost = max(now - max(chase.paused_at, chase.waits_from), timedelta())
    return replace(chase, is_held=False, paused_at=None, waits_from=chase.waits_from + lost)


def not_ahead(chase: Chase, now: datetime, latest: datetime) -> Chase:
    """A clock that was ahead wrote what lies behind `latest`, when people hear of what happens at `now`."""
    since, waits_from = min(chase.since, latest), min(chase.waits_from, latest)
    paused_at = None if chase.paused_at is None else min(chase.paused_at, now)
    return replace(chase, since=since, waits_from=waits_from, paused_at=paused_at)


def risen(chase: Chase, severity: Status, told_at: datetime) -> Chase:
    """After a change of severity: what has become worse is news to everybody, so the steps begin again."""
    if _GRAVITY[severity] <= _GRAVITY[chase.severity]:
        return replace(chase, severity=severity)
    return replace(chase, severity=severity, since=told_at, waits_from=told_at, step=0)
