"""Whether a fault is an incident of its own or part of one above it: one page for each root cause. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from checks.model import CheckId

#: A fault that is ready to be told waits this long for what is above it to make up its mind, and no longer.
WAIT_FOR_ROOT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """A check that another one depends on, as it stands."""

    check_id: CheckId
    looked_at: datetime | None
    """Its last look that was not unknown."""
    is_undecided: bool = False
    """Failing, and not confirmed yet."""
    root: str | None = None
    """The incident that stands for it, itself or what is above it; None while it is well."""


@dataclass(frozen=True, slots=True)
class Alone:
    """Nothing above it explains it."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It will soon be known."""


@dataclass(frozen=True, slots=True)
class PartOf:
    root: str
    """Id of the incident that explains it."""


Place: TypeAlias = Alone | Wait | PartOf


def place_of(above: Sequence[Above], *, since: datetime, ready_at: datetime, now: datetime) -> Place:
    """Where a fault belongs that failed first at `since` and could be told since `ready_at`.

    `above` holds all that the check depends on, directly or not. What was last seen before `since` says nothing of
    it: whoever asks has such checks looked at in haste, and the answer waits for that.
    """
    for one in above:
        if one.root is not None:
            return PartOf(one.root)
    if now < ready_at + WAIT_FOR_ROOT and any(_may_explain(one, since) for one in above):
        return Wait()
    return Alone()


def _may_explain(one: Above, since: datetime) -> bool:
    return one.is_undecided or one.looked_at is None or one.looked_at < since
