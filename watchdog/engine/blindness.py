"""Whether we can see at all, by how many anchors answer, and what people are told of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import TypeAlias

from checks.model import Cause, Finding, Observation, Status
from watchdog.engine.runner import Run

#: Anchors must answer for so long without a break before we believe that we see again. Each spell of blindness within
#: SPELLS_COUNT_S of the one before doubles it, up to the longest: an uplink that comes and goes is not back.
STEADY_S = 15.0
LONGEST_STEADY_S = 300.0
SPELLS_COUNT_S = 3600.0

#: Nobody hears of a blindness that is shorter.
TELL_AFTER_S = 30.0

#: At most one notice that we are blind, and one message that we see again, in so long a time.
TOLD_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True)
class AnchorView:
    """One anchor at the last look."""

    name: str
    """As the settings name it: "192.0.2.1:443"."""
    ok: bool | None
    """It answered, if only by refusing: somebody is there. None: it could not be asked, for want of descriptors or of
    its address, say, which tells nothing of our uplink.
    """
    words: str
    """What was seen, for people: "answered in 12 ms", "no answer within 3 s"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How we see: for listings, metrics and pages."""

    is_blind: bool = False
    since: datetime | None = None
    """Since when it is so; None before the first look, and without anchors."""
    anchors: tuple[AnchorView, ...] = ()
    needed: int = 0
    """How many of them must answer; 0 without anchors: then there is no gate."""
    told_of: datetime | None = None
    """When the blindness began that people were told of, as long as they were not told of its end."""


def enough_answer(views: Sequence[AnchorView], needed: int) -> bool | None:
    """Whether we see, where `needed` of all anchors must answer; None where too few could be asked to tell.

    Those that could not be asked do not vote: to see, all others are enough; to be blind, too many must be silent
    whatever they would have said.
    """
    answering, silent = (sum(view.ok is ok for view in views) for ok in (True, False))
    if silent > len(views) - needed:
        return False
    return True if answering >= max(1, min(needed, answering + silent)) else None


# The gate: whether looks are judged ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seeing:
    spells: int = 0
    """Spells of blindness that came shortly one after another, the last of which ended at `last_s`."""
    last_s: float = -inf


@dataclass(frozen=True, slots=True)
class Blind:
    since: datetime
    since_s: float
    spells: int
    """With this one."""
    steady_since_s: float | None = None
    """Since when enough anchors answer again."""

    @property
    def steady_s(self) -> float:
        """How long they must."""
        return float(min(STEADY_S * 2.0 ** min(self.spells - 1, 16), LONGEST_STEADY_S))


Eyes: TypeAlias = Seeing | Blind


@dataclass(frozen=True, slots=True)
class Spell:
    """A blindness that is over."""

    since: datetime
    until: datetime
    lasted_s: float


def advance(eyes: Eyes, at: datetime, at_s: float, *, sees: bool | None) -> tuple[Eyes, Spell | None]:
    """After one more look at the anchors; the spell that ended with it, if one did.

    `at_s` is the time of a clock that never jumps. One look that does not see is enough: not to judge loses nothing.
    One that cannot tell ends nothing and begins nothing.
    """
    match eyes:
        case Seeing(spells, last_s):
            if sees is not False:
                return eyes, None
            return Blind(at, at_s, spells + 1 if at_s - last_s < SPELLS_COUNT_S else 1), None
        case Blind():
            if not sees:
                return replace(eyes, steady_since_s=None), None
            steady_since_s = at_s if eyes.steady_since_s is None else eyes.steady_since_s
            if at_s - steady_since_s < eyes.steady_s:
                return replace(eyes, steady_since_s=steady_since_s), None
            return Seeing(eyes.spells, at_s), Spell(eyes.since, at, at_s - eyes.since_s)


def unsteady(eyes: Eyes) -> Eyes:
    """Anchors that were not looked at yet have not answered."""
    return replace(eyes, steady_since_s=None) if isinstance(eyes, Blind) else eyes


# Telling --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Telling:
    """What people know of it."""

    told_s: float = -inf
    """When the last notice began to go out."""
    told_of: datetime | None = None
    """The blindness it told of, by its beginning; None once its end was told as well."""
    untold: tuple[Spell, ...] = ()
    """Spells whose end nobody was told of."""
    caught_up_s: float = -inf


def notice_is_due(telling: Telling, blind: Blind, at_s: float) -> bool:
    """Whether people are to hear now, or still, that we are blind: it goes on until somebody was reached."""
    if telling.told_of == blind.since:
        return True
    return at_s - blind.since_s >= TELL_AFTER_S and at_s - telling.told_s >= TOLD_EVERY_S


def with_notice(telling: Telling, blind: Blind, at_s: float) -> Telling:
    return telling if telling.told_of == blind.since else replace(telling, told_of=blind.since, told_s=at_s)


def with_spell(telling: Telling, spell: Spell) -> Telling:
    """A short one is worth no word, unless it was told."""
    if spell.lasted_s < TELL_AFTER_S and telling.told_of != spell.since:
        return telling
    return replace(telling, untold=(*telling.untold, spell))


def catch_up_is_due(telling: Telling, at_s: float) -> bool:
    """Whether people are to hear now that we see again; only to be asked while we do."""
    return bool(telling.untold) and at_s - telling.caught_up_s >= TOLD_EVERY_S


def caught_up(telling: Telling, at_s: float) -> Telling:
    return replace(telling, told_of=None, untold=(), caught_up_s=at_s)


def still_blind(since: datetime, at: datetime, at_s: float) -> tuple[Blind, Telling]:
    """What holds after a restart, until anchors say otherwise, where people were told of a blindness and of no end."""
    since_s = at_s - max(0.0, (at - since).total_seconds())
    return Blind(since, since_s, spells=1), Telling(told_of=since, told_s=at_s)


# Looks ----------------------------------------------------------------------------------------------------------------


def is_outward_fault(finding: Finding) -> bool:
    """Whether it may be our own blindness that was seen. What has a date was read, so somebody was there."""
    return finding.status is Status.CRITICAL and finding.deadline is None


def unjudged(run: Run, why: str) -> Run:
    """`run` with its faults as what they are worth: unknown, since we are blind, or were asleep."""
    return run._replace(observations=tuple(_unjudged(one, why) for one in run.observations))


def _unjudged(seen: Observation, why: str) -> Observation:
    if not is_outward_fault(seen.finding):
        return seen
    text = f"{why}: {seen.finding.summary}"
    return replace(seen, finding=replace(seen.finding, status=Status.UNKNOWN, cause=Cause.BLIND, summary=text))


def has_fault(run: Run) -> bool:
    return any(is_outward_fault(one.finding) for one in run.observations)


def saw_nothing(run: Run) -> bool:
    """Whether the look itself says that it could not see: no route at all, say."""
    return any(one.finding.cause is Cause.BLIND for one in run.observations)


def names_of(views: Sequence[AnchorView], *, ok: bool | None) -> str:
    return ", ".join(view.name for view in views if view.ok is ok)
