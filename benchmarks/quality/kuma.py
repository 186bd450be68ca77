"""Uptime Kuma: every check by itself, told once after so many retries."""

from benchmarks.quality.rival_parts import windows_of
from benchmarks.quality.story import Ending, Logic, Page, Story
from benchmarks.quality.truth import Spans, Target, Truth


def kuma(retries: int) -> Logic:
    """Retries come at the heartbeat interval, the default. A notification that cannot be sent is not tried again."""

    def told(truth: Truth) -> Story:
        story, windows = Story(), windows_of(truth)
        for target in truth.targets:
            _Monitor(truth, target, windows[target.check.id], story, retries).run()
        return story

    return told


class _Monitor:
    def __init__(self, truth: Truth, target: Target, windows: Spans, story: Story, retries: int) -> None:
        self._truth = truth
        self._target = target
        self._windows = windows
        self._story = story
        self._retries = retries
        self._tries = 0
        self._is_down = False

    def run(self) -> None:
        tick = self._target.next_failure(-1)
        while tick < self._truth.end:
            self._beat(tick)
            is_busy = self._is_down or self._tries
            tick = self._target.regular_after(tick) if is_busy else self._target.next_failure(tick)

    def _beat(self, tick: int) -> None:
        """A beat in maintenance has a state of its own: what is down after it is told anew, what is up is not."""
        if tick in self._windows:
            self._tries, self._is_down = 0, False
        elif not self._target.fails(tick):
            if self._is_down:
                self._story.endings.append(Ending((self._target.check.id,), tick, self._sent(tick)))
            self._tries, self._is_down = 0, False
        elif not self._is_down:
            self._tries += 1
            if self._tries > self._retries:
                self._is_down = True
                self._story.pages.append(Page({self._target.check.id: tick}, tick, self._sent(tick)))

    def _sent(self, tick: int) -> int | None:
        return None if tick in self._truth.channel else tick
