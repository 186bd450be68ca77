"""Checks under watch: when each is looked at next, and what happened at looks that were not run."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.quality.estate import Maintenance
from benchmarks.quality.truth import Spans, Target, ticks
from checks.model import CheckId


@dataclass(slots=True, eq=False)
class Watched:
    """One check as its watch plans it."""

    number: int
    check_id: CheckId
    target: Target
    windows: Spans
    """Its maintenance."""
    due: int = 0
    token: int = 0
    """Of the planned look: an older plan is void."""
    is_dozing: bool = False
    """All regular looks before `due` pass, and are not run."""

    def next_look(self, tick: int) -> int:
        """When it is looked at next, at `tick` or later, whether that look is run or not."""
        return min(self.due, self.target.regular_after(tick - 1)) if self.is_dozing else self.due

    def last_pass(self, tick: int) -> int | None:
        """The last look before `tick` that was not run."""
        return self.target.regular_before(tick - 1) if self.is_dozing else None


def watched(targets: Sequence[Target], maintenance: Iterable[Maintenance]) -> list[Watched]:
    windows = defaultdict(list)
    for row in maintenance:
        for name in row.checks:
            windows[name].append((ticks(row.from_s), ticks(row.to_s)))
    return [
        Watched(number, CheckId(target.check.id), target, Spans(windows[target.check.id]))
        for number, target in enumerate(targets)
    ]
