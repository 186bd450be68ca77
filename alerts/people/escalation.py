"""Who is told next while nobody answers: steps with waits, then repeats. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A step that is told next. `number` counts from 1, repeats after the steps."""

    number: int
    is_repeat: bool
    at: datetime
    to: tuple[str, ...]
    """Receiver ids; of a repeat, of all steps."""


def begun(escalation: Escalation, *, told_at: datetime, severity: Status) -> Chase:
    """The waiting for an answer to what people hear at `told_at`, which may lie ahead."""
    return Chase(escalation=escalation.id, since=told_at, waits_from=told_at, severity=severity, told=())


def names_told(chase: Chase, escalation: Escalation) -> tuple[tuple[str, ...], ...]:
    """Receiver ids of each step that was told, whatever the settings name by now."""
    if chase.told is not None:
        return chase.told
    return tuple(step.to for step in escalation.steps[: chase.step])


def ahead(chase: Chase, escalation: Escalation) -> Mapping[int, tuple[str, ...]]:
    """Numbers of the steps that are still to be told, in their order, and to whom.

    A step that was told is known by whom it names, since settings move it. One whose wait is over before that of the
    step told last came with new settings: it is owed to those who have not heard.
    """
    told = names_told(chase, escalation)
    waited, left = _waited(chase, escalation), [frozenset(names) for names in told]
    known = frozenset(chain.from_iterable(told))
    found: dict[int, tuple[str, ...]] = {}
    for number, step in enumerate(escalation.steps, start=1):
        if frozenset(step.to) in left:
            left.remove(frozenset(step.to))
        elif step.after > waited:
            found[number] = step.to
        elif owed := tuple(one for one in step.to if one not in known):
            found[number] = owed
    return found


def _waited(chase: Chase, escalation: Escalation) -> timedelta:
    if chase.told is not None:
        return chase.waited
    told = escalation.steps[: chase.step]
    return told[-1].after if told else timedelta()


def coming(chase: Chase, escalation: Escalation) -> Due | None:
    """What is told next if nobody answers until then; None while it is held, and after the last one."""
    if chase.is_held:
        return None
    for number, to in ahead(chase, escalation).items():
        wait = escalation.steps[number - 1].after - _waited(chase, escalation)
        at = chase.waits_from + max(wait, timedelta())
        return Due(number=number, is_repeat=False, at=at, to=to)
    repeats = chase.step - len(names_told(chase, escalation))
    if escalation.repeat_every is None or (escalation.repeats is not None and repeats >= escalation.repeats):
        return None
    number = len(escalation.steps) + repeats + 1
    at = chase.waits_from + escalation.repeat_every
    return Due(number=number, is_repeat=True, at=at, to=escalation.names(number))


def due_at(chase: Chase, escalation: Escalation) -> datetime | None:
    """When the next step is told if nobody answers until then; None while it is held, and after the last one."""
    step = coming(chase, escalation)
    return None if step is None else step.at


def due(chase: Chase, escalation: Escalation, now: datetime) -> Due | None:
    """The step to tell at `now`. Of several that were missed only the next: the others keep their waits behind it."""
    step = coming(chase, escalation)
    return None if step is None or now < step.at else step


def told(chase: Chase, escalation: Escalation, number: int, now: datetime) -> Chase:
    """After step `number` was told, and those ahead of it passed over.

    One that new settings put before what was told takes nothing from the wait for the next.
    """
    before, waited = names_told(chase, escalation), _waited(chase, escalation)
    if number > len(escalation.steps):
        waited += escalation.repeat_every or timedelta()
        return replace(chase, step=chase.step + 1, told=before, waited=waited, waits_from=now)
    new = tuple(escalation.steps[one - 1].to for one in ahead(chase, escalation) if one <= number)
    after = replace(chase, step=chase.step + len(new), told=(*before, *new))
    wait = escalation.steps[number - 1].after
    return replace(after, waited=wait, waits_from=now) if wait > waited else replace(after, waited=waited)


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
    return replace(chase, severity=severity, since=told_at, waits_from=told_at, step=0, told=(), waited=timedelta())
