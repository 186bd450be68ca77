"""Gatus: three failures in a row trigger, two successes resolve; with or without its look at connectivity."""

from benchmarks.quality.rival_parts import windows_of
from benchmarks.quality.story import Logic, Page, Story
from benchmarks.quality.truth import SECOND, Spans, Target, Truth

FAILURES, SUCCESSES = 3, 2

#: `connectivity.checker.interval`: between two looks the answer of the last one holds.
CONNECTIVITY_EVERY = 60 * SECOND


def gatus(*, is_gated: bool) -> Logic:
    """`send-on-resolved` is off, as by default: ends are not told."""

    def told(truth: Truth) -> Story:
        story, windows = Story(), windows_of(truth)
        for target in truth.targets:
            _Endpoint(truth, target, windows[target.check.id], story, is_gated=is_gated).run()
        return story

    return told


class _Endpoint:
    def __init__(self, truth: Truth, target: Target, windows: Spans, story: Story, *, is_gated: bool) -> None:
        self._truth = truth
        self._target = target
        self._windows = windows
        self._story = story
        self._is_gated = is_gated
        self._failures = self._successes = 0
        self._is_triggered = False

    def run(self) -> None:
        tick = self._target.next_failure(-1)
        while tick < self._truth.end:
            if not (self._is_gated and self._is_cut_off(tick)) and tick not in self._windows:
                self._look(tick)
            is_busy = self._failures or self._is_triggered
            tick = self._target.regular_after(tick) if is_busy else self._target.next_failure(tick)

    def _is_cut_off(self, tick: int) -> bool:
        """By one host outside: the first anchor."""
        return not self._truth.eyes.answers(0, tick - tick % CONNECTIVITY_EVERY)

    def _look(self, tick: int) -> None:
        if not self._target.fails(tick):
            self._failures, self._successes = 0, self._successes + 1
            if self._successes >= SUCCESSES:
                self._is_triggered = False
            return
        self._failures, self._successes = self._failures + 1, 0
        # What could not be sent is not triggered, so each further failure tries again.
        if self._failures >= FAILURES and not self._is_triggered and tick not in self._truth.channel:
            self._is_triggered = True
            self._story.pages.append(Page({self._target.check.id: tick}, tick, tick))
