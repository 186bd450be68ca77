"""Our own logic over one world: the shipped decisions, driven by the ticks at which something can happen."""

import heapq
from collections.abc import Iterable
from typing import Final

from alerts.judging.fault import Healthy
from alerts.mutes.matcher import Compared, Matcher
from alerts.mutes.mute import Mute, MuteKind
from alerts.mutes.overrun import GRACE, is_to_be_told, is_undecided
from benchmarks.quality.bulletins import Bulletins
from benchmarks.quality.judgement import Judgements, seen_at
from benchmarks.quality.mechanisms import Mechanisms
from benchmarks.quality.plans import Watched, watched
from benchmarks.quality.sight import Sight, instant
from benchmarks.quality.story import Story
from benchmarks.quality.truth import SECOND, Truth
from checks.model import CheckId, Status
from watchdog.engine.beat import phase
from watchdog.engine.lookout import LOOKED_AGAIN_WITHIN_S
from watchdog.mute_keeper import ROUND_EVERY_S

#: CONTRACT: `retry_every`, start to start.
RETRY: Final = 10 * SECOND

#: After the end of a window what was worked on is looked at so often (watchdog.mute_keeper), until people are told.
WINDOW_LOOKS_EVERY: Final = 30 * SECOND
WINDOW_GRACE: Final = round(GRACE.total_seconds() * SECOND)

_SIGHT, _WINDOW, _LOOK = range(3)


class Watch:
    """The daemon without its sockets."""

    def __init__(self, truth: Truth, mechanisms: Mechanisms) -> None:
        self._truth = truth
        self._with = mechanisms
        self._sight = Sight(truth, self._look_again, self._release)
        self._watched = watched(truth.targets, truth.estate.maintenance)
        self._by_id = {one.check_id: one for one in self._watched}
        self._bulletins = Bulletins(truth.channel, lambda: self._sight.is_shut, self._is_muted)
        self._judgements = Judgements(
            [target.check for target in truth.targets],
            mechanisms,
            look_soon=self._look_soon,
            refresh=self._refresh,
            heard=self._bulletins.hear,
        )
        self._heap: list[tuple[int, int, int, int]] = []
        """Tick, what is to be done, whose turn it is, and which plan of theirs this is."""
        self._sight_token = 0
        self._tick = 0

    def story(self) -> Story:
        """Run the whole estate."""
        for one in self._watched:
            self._sleep(one, -1)
        if self._with.blindness:
            self._plan_sight(-1)
        if self._with.maintenance:
            self._plan_windows()
        while self._heap and self._heap[0][0] < self._truth.end:
            tick, kind, number, token = heapq.heappop(self._heap)
            self._tick = self._bulletins.tick = tick
            if kind == _SIGHT:
                self._look_at_anchors(tick, token)
            elif kind == _WINDOW:
                self._after_window(self._watched[number], tick, token)
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
        one.is_dozing = self._with.skipping and self._is_idle(one)
        self._plan(one, one.target.next_failure(tick) if one.is_dozing else one.target.regular_after(tick))

    def _is_idle(self, one: Watched) -> bool:
        record = self._judgements.subject(one.check_id).record
        is_well = isinstance(record.fault, Healthy) and not record.fault.losses.told
        return is_well and one.number not in self._sight.unjudged

    def _hurry(self, one: Watched, tick: int, *, now: int) -> None:
        """Look at it at `tick`, unless it is to be looked at before."""
        coming = min(tick, one.next_look(now))
        if one.is_dozing or one.due > tick:
            self._wake(one, now)
            one.is_dozing = False
            self._plan(one, coming)

    def _spread(self, one: Watched, tick: int, within_s: float) -> int:
        """As watchdog.engine.scheduler does: on the beat."""
        span = min(self._truth.interval, round(within_s * SECOND))
        return tick + -int(-phase(one.check_id) * span // 1)

    def _look_soon(self, check_ids: Iterable[CheckId], within_s: float) -> None:
        for one in [self._by_id[check_id] for check_id in check_ids]:
            self._hurry(one, self._spread(one, self._tick, within_s), now=self._tick)

    def _wake(self, one: Watched, tick: int) -> None:
        """Take note of the last look that was not run before `tick`."""
        passed = one.last_pass(tick)
        if passed is not None:
            subject = self._judgements.subject(one.check_id)
            if subject.seen_at < instant(passed):
                subject.look(seen_at(one.check_id, Status.OK, instant(passed)))

    def _refresh(self, check_id: CheckId) -> None:
        self._wake(self._by_id[check_id], self._tick)

    # Looks --------------------------------------------------------------------------------------------------------

    def _look(self, one: Watched, tick: int) -> None:
        self._wake(one, tick)
        one.is_dozing = False
        one.due = tick  # while it runs nobody hurries it
        status = self._seen(one, tick)
        soon = self._judgements.look(one.check_id, status, tick)
        if soon and self._with.haste and tick + RETRY < one.target.regular_after(tick):
            self._plan(one, tick + RETRY)
        else:
            self._sleep(one, tick)

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

    # Maintenance --------------------------------------------------------------------------------------------------

    def _plan_windows(self) -> None:
        for one in self._watched:
            for number, (_, end) in enumerate(one.windows.all()):
                for wait in range(0, WINDOW_GRACE + 1, WINDOW_LOOKS_EVERY):
                    heapq.heappush(self._heap, (round(end) + wait, _WINDOW, one.number, number))

    def _after_window(self, one: Watched, tick: int, number: int) -> None:
        """It is looked at when its window is over; what is still bad after the grace is told."""
        if self._judgements.subject(one.check_id).record.fault_incident is None:
            return
        begin, end = map(round, list(one.windows.all())[number])
        mute = Mute(
            id=f"{one.check_id} {number}",
            kind=MuteKind.MAINTENANCE,
            matchers=(Matcher("check", Compared.IS, one.check_id),),
            author="the estate",
            reason="work",
            starts_at=instant(begin),
            ends_at=instant(end),
        )
        record = self._judgements.subject(one.check_id).current()
        if tick >= end + WINDOW_GRACE and is_undecided(record, mute, instant(tick)):
            heapq.heappush(self._heap, (tick + WINDOW_LOOKS_EVERY, _WINDOW, one.number, number))
            self._hurry(one, self._spread(one, tick, ROUND_EVERY_S), now=tick)
        elif is_to_be_told(mute, instant(tick)):
            self._judgements.end_window(one.check_id, mute, tick)
        else:
            self._hurry(one, self._spread(one, tick, ROUND_EVERY_S), now=tick)

    def _is_muted(self, check_id: CheckId) -> bool:
        return self._with.maintenance and self._tick in self._by_id[check_id].windows

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
        for one in [self._watched[number] for number in sorted(numbers)]:
            self._hurry(one, max(tick + 1, self._spread(one, tick, LOOKED_AGAIN_WITHIN_S)), now=tick)

    def _release(self, tick: int) -> None:
        self._bulletins.release(tick)
