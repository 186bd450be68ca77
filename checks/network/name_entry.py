"""What the resolver keeps of one name: the end of its last look-up, and the one under way."""

import asyncio
from dataclasses import dataclass

from checks.network.lookup import Outcome


@dataclass(slots=True)
class Entry:
    """The end of the last look-up; `good` are the last addresses there were, and since when they are known."""

    outcome: Outcome
    fresh_until: float
    good: tuple[str, ...] = ()
    good_since: float = 0.0


@dataclass(frozen=True, slots=True)
class Flight:
    """A look-up under way, and what name servers have said so far instead of an answer."""

    task: asyncio.Task[None]
    heard: list[str]
