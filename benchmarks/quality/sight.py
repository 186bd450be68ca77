"""Whether we see, by the product's own gate (watchdog.engine.blindness), driven by the anchors of an estate."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from benchmarks.quality.estate import ANCHORS
from benchmarks.quality.truth import ANCHORS_EVERY, SECOND, Truth
from watchdog.engine.blindness import AnchorView, Blind, Eyes, Seeing, advance, enough_answer
from watchdog.engine.lookout import HELD_AT_MOST_S, LOOK_EVERY_BLIND_S
from watchdog.settings.anchors import usual_need

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_TICK = timedelta(seconds=1) / SECOND

NEEDED = usual_need(ANCHORS)


def instant(tick: int) -> datetime:
    return EPOCH + tick * _TICK


class Sight:
    """Driven by its owner: `look` at the ticks that `next_look` names, `believes` at each look that failed."""

    def __init__(
        self, truth: Truth, look_again: Callable[[set[int], int], None], release: Callable[[int], None]
    ) -> None:
        """`look_again` is told which checks were not judged, `release` that messages may go; both with the tick."""
        self._anchors = truth.eyes
        self._look_again = look_again
        self._release = release
        self._eyes: Eyes = Seeing()
        self._blind_until = -1
        self.unjudged: set[int] = set()
        self.is_shut = False
        self.was_asked_for_more = False
        """A check's failure, not the routine, made us blind: anchors are to be looked at more often from now on."""
        begins = [ANCHORS_EVERY * -(-int(begin) // ANCHORS_EVERY) for begin, _ in truth.uplink.all()]
        spurious = truth.eyes.spurious(NEEDED)
        self._spurious = frozenset(spurious)
        self._events = sorted({*begins, *spurious})

    @property
    def is_blind(self) -> bool:
        return isinstance(self._eyes, Blind)

    def next_look(self, tick: int) -> int | None:
        """When anchors are to be looked at after `tick`: often while anything is wrong, else where it would show."""
        if self.is_blind or self.is_shut:
            return tick + round(LOOK_EVERY_BLIND_S * SECOND)
        at = bisect_right(self._events, tick)
        return self._events[at] if at < len(self._events) else None

    def look(self, tick: int) -> None:
        """One look at all anchors, and what follows from it."""
        answers = self._answers(tick)
        self._eyes, spell = advance(self._eyes, instant(tick), tick / SECOND, sees=answers)
        if self.is_blind:
            self._blind_until, self.is_shut = tick, True
            return
        if spell is not None:
            self._blind_until = tick
            self._look_again(self.unjudged, tick)
        if self.is_shut and (not self.unjudged or tick - self._blind_until >= HELD_AT_MOST_S * SECOND):
            self.unjudged.clear()
            self.is_shut = False
            self._release(tick)

    def _answers(self, tick: int) -> bool | None:
        if tick in self._spurious and not self.is_blind:
            return False
        views = [AnchorView(f"anchor {one}", self._anchors.answers(one, tick), "") for one in range(ANCHORS)]
        return enough_answer(views, NEEDED)

    def believes(self, number: int, tick: int) -> bool:
        """Whether the failed look of a check at `tick` may be judged: anchors are asked first."""
        was_shut = self.is_shut
        # A look that sees changes nothing while we see, and most do.
        if self.is_shut or tick in self._spurious or not self._anchors.enough_answer(NEEDED, tick):
            self._look_where_it_matters(tick)
        self.was_asked_for_more = self.is_shut and not was_shut
        if self.is_blind or tick <= self._blind_until:
            self.unjudged.add(number)
            return False
        self.unjudged.discard(number)
        return True

    def _look_where_it_matters(self, tick: int) -> None:
        if not self.is_blind:
            self.look(tick)

    def passed(self, number: int) -> None:
        """The check was looked at and was well, which needs no anchors."""
        self.unjudged.discard(number)
