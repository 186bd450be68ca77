"""What people were told: the pages and the words of an end, whoever's logic sent them."""

from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.quality.truth import Spans, Truth


@dataclass(slots=True, eq=False)
class Page:
    """A message that something is wrong."""

    named: dict[str, int]
    """Checks it names, each with the tick since when it does: one that joins later is listed in the incident."""
    made: int
    """The tick it was decided."""
    sent: int | None = None
    """The tick it arrived; None when it never did."""
    told_before: frozenset[str] = frozenset()
    """Checks among them that it lists as told already: it is no news of these."""

    def facts(self) -> tuple[dict[str, int], int, int | None, frozenset[str]]:
        return self.named, self.made, self.sent, self.told_before


@dataclass(slots=True, eq=False)
class Ending:
    """A message that it is over."""

    named: tuple[str, ...]
    made: int
    sent: int | None = None

    def facts(self) -> tuple[tuple[str, ...], int, int | None]:
        return self.named, self.made, self.sent


@dataclass(slots=True)
class Story:
    pages: list[Page] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    degraded: list[tuple[str, int]] = field(default_factory=list)
    """Check and tick of each warning: no page, it waits for the office where somebody holds for it."""
    mended: list[tuple[str, int]] = field(default_factory=list)
    """Of their ends, but for those that became a page."""


class Logic(Protocol):
    """Somebody's way of deciding, over one world."""

    def __call__(self, truth: Truth) -> Story: ...


def arrival(channel: Spans, tick: int) -> int:
    """When a message of `tick` arrives where it waits for its channel."""
    end = channel.end_of(tick)
    return tick if end is None else round(end)
