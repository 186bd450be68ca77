"""Our own logic over one world: the shipped decisions, driven by the ticks at which something can happen."""

import heapq
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from alerts.judging.fault import (
    HEALTHY,
    Changed,
    Closed,
    Fault,
    Healthy,
    Open,
    Opened,
    Recovered,
    Relapsed,
    Settling,
    Suspect,
    Turn,
    advance,
    is_urgent,
    postponed,
)
from alerts.roots.covering import Alone, PartOf, Place, Wait
from benchmarks.quality.bulletins import Bulletins
from benchmarks.quality.kin import Watched, kin_of
from benchmarks.quality.mechanisms import Mechanisms
from benchmarks.quality.sight import Sight, instant
from benchmarks.quality.story import Story
from benchmarks.quality.truth import SECOND, Truth
from checks.model import Status
from watchdog.engine.beat import phase
from watchdog.engine.lookout import LOOKED_AGAIN_WITHIN_S

#: CONTRACT: `retry_every`, start to start.
RETRY: Final = 10 * SECOND

_SIGHT, _WINDOW, _LOOK = range(3)


class Watch:
    """The daemon without its sockets."""

    def __init__(self, truth: Truth, mechanisms: Mechanisms) -> None:
        self._truth = truth
        self._with = mechanisms
        self._sight = Sight(truth, self._look_again, self._release)
        self._bulletins = Bulletins(truth.channel, lambda: self._sight.is_shut)
        self._watched = kin_of(truth.targets, truth.estate.maintenance)
        self._heap: list[tuple[int, int, int, int]] = []
        """Tick, what is to be done, whose turn it is, and which plan of theirs this is."""
        self._sight_token = 0

    def story(self) -> Story:
        """Run the whole estate."""
        for one in self._watched:
            self._sleep(one, -1)
        if self._with.blindness:
            self._plan_sight(-1)
        if self._with.maintenance:
            for tick in {round(end) for one in self._watched for _, end in one.windows.all()}:
                heapq.heappush(self._heap, (tick, _WINDOW, 0, 0))
        while self._heap and self._heap[0][0] < self._truth.end:
            tick, kind, number, token = heapq.heappop(self._heap)
            if kind == _SIGHT:
                self._look_at_anchors(tick, token)
            elif kind == _WINDOW:
                self._end_windows(tick)
            elif token == self._watched[number].token:
                self._look(self._watched[number], tick)
        return self._bulletins.story

    # When ---------------------------------------------------------------------------------------------------------

    def _plan(self, one: Watched, tick: int) -> None:
        """The next look is at `tick`, whatever was planned before."""
        one.token += 1
        one.due = tick
        heapq.heappush(self._heap, (tick, _LOOK, one.number, one.token))

    def _sleep(self, one: Watched, tick: int) -> None:
        """Nothing urgent: on to the next regular look, or to the next that fails where those between change nothing."""
        is_idle = isinstance(one.fault, Healthy) and one.number not in self._sight.unjudged
        one.is_dozing = self._with.skipping and is_idle
        self._plan(one, one.target.next_failure(tick) if one.is_dozing else one.target.regular_after(tick))

    def _plan_next(self, one: Watched, tick: int, *, soon: bool) -> None:
        if soon and self._with.haste and tick + RETRY < one.target.regular_after(tick):
            self._plan(one, tick + RETRY)
        else:
            self._sleep(one, tick)

    def _hurry(self, ones: Iterable[Watched], tick: int) -> None:
        """Look at these at `tick`, unless they are to be looked at before."""
        for one in ones:
            coming = min(tick, one.next_look(tick))
            if one.is_dozing or one.due > tick:
                one.wake(coming)
                self._plan(one, coming)

    # Looks --------------------------------------------------------------------------------------------------------

    def _look(self, one: Watched, tick: int) -> None:
        one.wake(tick)
        status = self._seen(one, tick)
        if status is Status.UNKNOWN:
            self._sleep(one, tick)
            return
        one.looked = tick
        before = one.fault
        one.fault, turn = advance(before, status, instant(tick), self._with.rule)
        if turn is not None:
            self._turned(one, before, turn, tick)
        if status is Status.CRITICAL:
            self._look_above(one, tick)
        self._plan_next(one, tick, soon=is_urgent(one.fault))

    def _seen(self, one: Watched, tick: int) -> Status:
        if not one.target.fails(tick):
            self._sight.passed(one.number)
            return Status.OK
        if not self._with.blindness:
            return Status.CRITICAL
        is_believed = self._sight.believes(one.number, tick)
        if self._sight.was_asked_for_more:
            self._plan_sight(tick)
        return Status.CRITICAL if is_believed else Status.UNKNOWN

    def _look_above(self, one: Watched, tick: int) -> None:
        """What may lie behind a fault is looked at at once, unless it was since the fault began."""
        if not (self._with.roots and self._with.hurried_parents and isinstance(one.fault, (Suspect, Settling))):
            return
        for up in one.above:
            last = up.last_look(tick)
            if not is_urgent(up.fault) and (last is None or last < one.fault.since):
                self._hurry([up], tick)

    # Turns --------------------------------------------------------------------------------------------------------

    def _turned(self, one: Watched, before: Fault, turn: Turn, tick: int) -> None:
        match turn:
            case Opened():
                self._begin(one, before, tick)
            case Relapsed():
                self._relapse(one, tick)
            case Closed():
                if one.incident is not None:
                    self._bulletins.end(one.incident, tick)
                    one.incident = None
                self._let_go(one, tick)
            case Recovered():
                self._let_go(one, tick)
            case Changed():
                raise AssertionError("nothing in an estate is a warning")

    def _begin(self, one: Watched, before: Fault, tick: int) -> None:
        assert isinstance(one.fault, Open)
        place = self._place(one, one.fault, tick)
        match place:
            case Wait():
                one.fault = postponed(one.fault, instant(tick), before)
                return
            case PartOf(root):
                one.incident = self._bulletins.join(root, one.check_id, tick)
            case Alone():
                is_muted = self._with.maintenance and tick in one.windows
                one.incident = self._bulletins.begin(one.check_id, tick, is_muted=is_muted)
        one.ready = None

    def _place(self, one: Watched, fault: Open, tick: int) -> Place:
        if not self._with.roots:
            return Alone()
        one.ready = tick if one.ready is None else one.ready
        place = one.place(fault.since, tick)
        return Alone() if isinstance(place, Wait) and not self._with.wait_for_root else place

    def _relapse(self, one: Watched, tick: int) -> None:
        """Of what nobody heard, since it was part of another incident or its maintenance was on, people hear now."""
        incident = one.incident
        if incident is None or (incident.page is None and (incident.root is None or incident.root.is_over)):
            self._begin(one, HEALTHY, tick)

    def _let_go(self, root: Watched, tick: int) -> None:
        """Its parts are looked at at once; those that go on failing settle anew, and are incidents of their own."""
        for one in root.below:
            is_part = one.incident is not None and one.incident.root is not None
            if is_part and isinstance(one.fault, Open) and not any(up.root for up in one.above):
                self._settle_anew(one, tick)

    def _end_windows(self, tick: int) -> None:
        """What still fails when its maintenance is over settles anew, then is told."""
        for one in self._watched:
            if (
                one.incident is not None
                and one.incident.is_muted
                and tick not in one.windows
                and isinstance(one.fault, Open)
            ):
                self._settle_anew(one, tick)

    def _settle_anew(self, one: Watched, tick: int) -> None:
        assert isinstance(one.fault, Open)
        if one.incident is not None:
            self._bulletins.forget(one.incident)
        shaky = instant(tick) + timedelta(seconds=self._with.rule.flap_hold_s) if one.fault.is_unstable else None
        one.fault = Settling(one.fault.since, instant(tick), 0, shaky)
        one.incident = one.ready = None
        self._hurry([one], tick)
        self._let_go(one, tick)

    # Sight --------------------------------------------------------------------------------------------------------

    def _plan_sight(self, tick: int) -> None:
        self._sight_token += 1
        coming = self._sight.next_look(tick)
        if coming is not None:
            heapq.heappush(self._heap, (coming, _SIGHT, 0, self._sight_token))

    def _look_at_anchors(self, tick: int, token: int) -> None:
        if token == self._sight_token:
            self._sight.look(tick)
            self._plan_sight(tick)

    def _look_again(self, numbers: set[int], tick: int) -> None:
        within = min(self._truth.interval, round(LOOKED_AGAIN_WITHIN_S * SECOND))
        for one in [self._watched[number] for number in sorted(numbers)]:
            self._hurry([one], tick + 1 + int(phase(one.check_id) * within))

    def _release(self, tick: int) -> None:
        self._bulletins.release(tick)
