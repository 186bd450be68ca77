"""Checks under watch, what is above and below each, and how those above stand when one of them asks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.judging.fault import HEALTHY, Fault, Open, is_urgent
from alerts.roots.covering import Above, Place, place_of
from benchmarks.quality.bulletins import Told
from benchmarks.quality.estate import Maintenance
from benchmarks.quality.sight import instant
from benchmarks.quality.truth import Spans, Target, ticks
from checks.model import CheckId


@dataclass(slots=True, eq=False)
class Watched:
    """One check as the watch remembers it."""

    number: int
    check_id: CheckId
    target: Target
    windows: Spans
    """Its maintenance."""
    above: list["Watched"] = field(default_factory=list)
    """All it depends on, directly or not, the nearest first."""
    below: list["Watched"] = field(default_factory=list)
    fault: Fault = HEALTHY
    incident: Told | None = None
    ready: int | None = None
    """Since when its fault could be told, while it waits for what is above it."""
    due: int = 0
    token: int = 0
    """Of the planned look: an older plan is void."""
    is_dozing: bool = False
    """All regular looks before `due` pass, and are not run."""
    looked: int = -1
    """The last look that was judged."""

    def wake(self, tick: int) -> None:
        """Take note of the looks that were not run before `tick`."""
        if self.is_dozing:
            self.is_dozing = False
            self.looked = max(self.looked, self.target.regular_before(tick - 1) or -1)

    def next_look(self, tick: int) -> int:
        """When it is looked at next, at `tick` or later, whether that look is run or not."""
        return min(self.due, self.target.regular_after(tick - 1)) if self.is_dozing else self.due

    def last_look(self, tick: int) -> datetime | None:
        looked = self.looked
        if self.is_dozing:
            looked = max(looked, self.target.regular_before(tick - 1) or -1)
        return None if looked < 0 else instant(looked)

    @property
    def root(self) -> Told | None:
        """The incident that stands for what is below it."""
        if self.incident is None or not isinstance(self.fault, Open):
            return None
        return self.incident.root or self.incident

    def place(self, since: datetime, tick: int) -> Place:
        """Where its fault belongs, which failed first at `since`, by the product's own rule."""
        above = [
            Above(
                check_id=one.check_id,
                looked_at=one.last_look(tick),
                is_undecided=is_urgent(one.fault),
                root=one.root.id if one.root is not None else None,
            )
            for one in self.above
        ]
        ready = tick if self.ready is None else self.ready
        return place_of(above, since=since, ready_at=instant(ready), now=instant(tick))


def kin_of(targets: Sequence[Target], maintenance: Iterable[Maintenance]) -> list[Watched]:
    windows = defaultdict(list)
    for row in maintenance:
        for name in row.checks:
            windows[name].append((ticks(row.from_s), ticks(row.to_s)))
    watched = [
        Watched(number, CheckId(target.check.id), target, Spans(windows[target.check.id]))
        for number, target in enumerate(targets)
    ]
    by_id = {one.target.check.id: one for one in watched}
    for one in watched:
        one.above = _all_above(one, by_id)
        for up in one.above:
            up.below.append(one)
    return watched


def _all_above(one: Watched, by_id: Mapping[str, Watched]) -> list[Watched]:
    found: dict[str, Watched] = {}
    ahead = list(one.target.check.parents)
    for name in ahead:
        if name not in found:
            found[name] = by_id[name]
            ahead += by_id[name].target.check.parents
    return list(found.values())
