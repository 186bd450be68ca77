"""Icinga 2 with the templates it ships, and a dependency of each check on what is above it."""

from collections.abc import Sequence

from benchmarks.quality.rival_parts import windows_of
from benchmarks.quality.story import Ending, Page, Story
from benchmarks.quality.truth import SECOND, Spans, Target, Truth

#: generic-host and generic-service.
HOST_ATTEMPTS, SERVICE_ATTEMPTS = 3, 5
RETRY = 30 * SECOND

#: Notifications are repeated so often while the problem stands, by default.
AGAIN_EVERY = 30 * 60 * SECOND


def icinga(truth: Truth) -> Story:
    """What others depend on is a host, the rest are services. Parents first: who is unreachable is not told of."""
    story, windows = Story(), windows_of(truth)
    down: dict[str, Spans] = {}
    hosts = {parent for target in truth.targets for parent in target.check.parents}
    for target in parents_first(truth.targets):
        above = [down[parent] for parent in target.check.parents]
        attempts = HOST_ATTEMPTS if target.check.id in hosts else SERVICE_ATTEMPTS
        checkable = _Checkable(truth, target, windows[target.check.id], story, above=above, attempts=attempts)
        down[target.check.id] = checkable.run()
    return story


def parents_first(targets: Sequence[Target]) -> list[Target]:
    by_id = {target.check.id: target for target in targets}
    ordered: dict[str, Target] = {}

    def take(target: Target) -> None:
        for parent in target.check.parents:
            if parent not in ordered:
                take(by_id[parent])
        ordered.setdefault(target.check.id, target)

    for target in targets:
        take(target)
    return list(ordered.values())


class _Checkable:
    def __init__(
        self, truth: Truth, target: Target, windows: Spans, story: Story, *, above: Sequence[Spans], attempts: int
    ) -> None:
        self._truth = truth
        self._target = target
        self._windows = windows
        self._story = story
        self._above = above
        self._needed = attempts
        self._attempts = 0
        self._hard_since: int | None = None
        self._told: int | None = None
        """When a notification of this problem was last sent, or tried."""

    def run(self) -> Spans:
        """From when to when it was in a hard problem state."""
        hard: list[tuple[int, int]] = []
        tick = self._target.next_failure(-1)
        while tick < self._truth.end:
            if self._target.fails(tick):
                tick = self._failed(tick)
                continue
            if self._hard_since is not None:
                hard.append((self._hard_since, tick))
            self._recovered(tick)
            tick = self._target.next_failure(tick)
        if self._hard_since is not None:
            hard.append((self._hard_since, self._truth.end))
        return Spans(hard)

    def _failed(self, tick: int) -> int:
        """After a failed look; when the next one is."""
        self._attempts += 1
        if self._attempts < self._needed:
            return tick + RETRY
        if self._hard_since is None:
            self._hard_since = tick
        is_due = self._told is None or tick - self._told >= AGAIN_EVERY
        if is_due and tick not in self._windows and not any(tick in parent for parent in self._above):
            self._told = tick
            self._story.pages.append(Page({self._target.check.id: tick}, tick, self._sent(tick)))
        return self._target.regular_after(tick)

    def _recovered(self, tick: int) -> None:
        if self._told is not None:
            self._story.endings.append(Ending((self._target.check.id,), tick, self._sent(tick)))
        self._attempts, self._hard_since, self._told = 0, None, None

    def _sent(self, tick: int) -> int | None:
        """A notification command that fails is not run again."""
        return None if tick in self._truth.channel else tick
