"""Who watches whether we can see: looks at the anchors, holds what may be our own blindness, tells of it."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from math import inf
from typing import Any, Protocol

import structlog

from checks.model import CheckId
from watchdog.clock import Clock
from watchdog.engine.blindness import (
    AnchorView,
    Blind,
    Eyes,
    Seeing,
    Sight,
    Spell,
    Telling,
    advance,
    catch_up_is_due,
    caught_up,
    enough_answer,
    has_fault,
    notice_is_due,
    saw_nothing,
    still_blind,
    unjudged,
    unsteady,
    with_notice,
    with_spell,
)
from watchdog.engine.hold import Hold
from watchdog.engine.runner import Run
from watchdog.settings.values import Anchor, Anchors

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: How often anchors are looked at: while we see, and while we do not.
LOOK_EVERY_S = 10.0
LOOK_EVERY_BLIND_S = 5.0

#: Between two looks there is at least so much time, however many checks ask for one.
LOOK_GAP_S = 1.0

#: What was not judged is looked at again within this time, and what is held waits for that at most so long.
LOOKED_AGAIN_WITHIN_S = 30.0
HELD_AT_MOST_S = 120.0

#: A look that failed waits at most so long for anchors; without an answer nobody knows whose fault it was.
ANCHORS_WITHIN_S = 60.0


class Engine(Protocol):
    """What the lookout has done, and whom it tells: watchdog.daemon.Daemon."""

    def look_again(self, check_ids: Iterable[CheckId], within_s: float) -> None: ...

    def release(self) -> None:
        """Messages may go out again."""

    def tell_blind(self, since: datetime, views: tuple[AnchorView, ...], needed: int) -> None:
        """Straight from memory. Called again and again while it holds."""

    def tell_seeing(self, spells: tuple[Spell, ...], unjudged: int) -> None: ...


LookAt = Callable[[tuple[Anchor, ...]], Coroutine[Any, Any, tuple[AnchorView, ...]]]


class OnSight(Protocol):
    """Told at every look whether we are blind, and for how many seconds more than it knows."""

    def __call__(self, *, is_blind: bool, blind_s: float) -> None: ...


class Lookout:
    """Decides by the anchors whether looks are judged. Without anchors all are."""

    def __init__(
        self,
        look_at: LookAt,
        engine: Engine,
        hold: Hold,
        clock: Clock,
        on_sight: OnSight,
        *,
        told_of: datetime | None = None,
        names: CheckId | None = None,
    ) -> None:
        """`told_of` is the blindness that people were told of in the last life and whose end they were not.

        `names` is the check of our name servers: its fault may be why anchors cannot be asked, so it waits for none.
        """
        self._loop = asyncio.get_running_loop()
        self._look_at = look_at
        self._engine = engine
        self._hold = hold
        self._clock = clock
        self._on_sight = on_sight
        self._anchors = Anchors()
        self._eyes: Eyes = Seeing()
        self._telling = Telling()
        if told_of is not None:
            self._eyes, self._telling = still_blind(told_of, clock(), self._loop.time())
        self._since: datetime | None = None
        self._views: tuple[AnchorView, ...] = ()
        self._names = names
        self._unjudged: set[CheckId] = set()
        self._unjudged_total = 0
        self._blind_until_s = -inf
        self._counted_s = self._loop.time()
        self._asked = asyncio.Event()
        self._next: asyncio.Future[None] = self._loop.create_future()

    def configure(self, anchors: Anchors, check_ids: Iterable[CheckId]) -> None:
        """Take other settings. Nothing goes out before new anchors were looked at.

        Whether a blindness is over other anchors decide; without any it is.
        """
        self._unjudged &= set(check_ids)
        if anchors == self._anchors and (anchors or not self.is_blind):
            return
        self._anchors, self._views, self._since = anchors, (), None
        self._asked.set()
        if anchors:
            self._hold.shut(self._clock())
            self._eyes = unsteady(self._eyes)
        else:
            self._do_without()

    def _do_without(self) -> None:
        """No anchors any more: whoever waits for a look at them goes on, and a blindness is over."""
        now, now_s = self._clock(), self._loop.time()
        eyes, self._eyes = self._eyes, Seeing()
        self._on_sight(is_blind=False, blind_s=now_s - self._counted_s if isinstance(eyes, Blind) else 0.0)
        if isinstance(eyes, Blind):
            self._sees_again(Spell(eyes.since, now, now_s - eyes.since_s), now, now_s)
        self._since = None
        self._settle(now_s)
        look, self._next = self._next, self._loop.create_future()
        look.set_result(None)

    @property
    def is_blind(self) -> bool:
        return isinstance(self._eyes, Blind)

    @property
    def sight(self) -> Sight:
        since = self._eyes.since if isinstance(self._eyes, Blind) else self._since
        told_of, needed = self._telling.told_of, self._anchors.needed
        return Sight(is_blind=self.is_blind, since=since, anchors=self._views, needed=needed, told_of=told_of)

    # Looks of checks ------------------------------------------------------------------------------------------

    async def judged(self, check_id: CheckId, run: Run, began_s: float) -> Run:
        """What of `run`, begun at `began_s` of the loop's time, may be judged.

        A fault is believed when anchors answer in a look that began after it was seen: this waits for that.
        """
        if not self._anchors or not (has_fault(run) or saw_nothing(run)):
            self._unjudged.discard(check_id)
            return run
        is_known = await self._asked_anchors() or check_id == self._names
        if not self._anchors or (is_known and not self.is_blind and began_s > self._blind_until_s):
            self._unjudged.discard(check_id)
            return run
        if not self.is_blind and began_s > self._blind_until_s:
            return unjudged(run, "not judged, since anchors could not be asked")
        if check_id not in self._unjudged:
            self._unjudged.add(check_id)
            self._unjudged_total += 1
        return unjudged(run, "not judged, since we are blind")

    async def _asked_anchors(self) -> bool:
        """Wait for a look at the anchors in force that begins now or later; whether it was in time, and could tell."""
        asked = Anchors()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANCHORS_WITHIN_S):
                while self._anchors and asked != self._anchors and not self.is_blind:
                    asked = self._anchors
                    self._asked.set()
                    await asyncio.shield(self._next)
                return enough_answer(self._views, self._anchors.needed) is not None
        return False

    # Looks at anchors -----------------------------------------------------------------------------------------

    async def forever(self) -> None:
        while True:
            began_s = self._loop.time()
            self._asked.clear()
            if self._anchors:
                await self._look()
            else:
                self._settle(began_s)
            await asyncio.sleep(max(0.0, LOOK_GAP_S - (self._loop.time() - began_s)))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._asked.wait()

    def _pause_s(self) -> float | None:
        """How long until the next look, where nobody asks for one; None where nothing is to be looked at or told."""
        if self.is_blind or self._hold.is_shut:
            return LOOK_EVERY_BLIND_S
        return LOOK_EVERY_S if self._anchors or self._telling.untold else None

    async def _look(self) -> None:
        look, self._next = self._next, self._loop.create_future()
        anchors = self._anchors
        try:
            views = await self._look_at(anchors.hosts)
            if anchors == self._anchors:
                self._saw(views)
        finally:
            if not look.done():
                look.set_result(None)

    def _saw(self, views: tuple[AnchorView, ...]) -> None:
        now, now_s = self._clock(), self._loop.time()
        was_blind, self._views = self.is_blind, views
        self._eyes, spell = advance(self._eyes, now, now_s, sees=enough_answer(views, self._anchors.needed))
        self._on_sight(is_blind=self.is_blind, blind_s=now_s - self._counted_s if was_blind else 0.0)
        self._counted_s = now_s
        if self.is_blind and not was_blind:
            self._went_blind(now)
        if spell is not None:
            self._sees_again(spell, now, now_s)
        if isinstance(self._eyes, Blind):
            self._blind_until_s = now_s
            self._tell_blind(self._eyes, now_s)
        else:
            self._since = self._since or now
            self._settle(now_s)

    def _went_blind(self, now: datetime) -> None:
        self._hold.shut(now)
        answers = {view.name: view.words for view in self._views}
        log.warning("blind: too few anchors answer, nothing outside is judged", anchors=answers)

    def _tell_blind(self, eyes: Blind, now_s: float) -> None:
        """Not while anchors answer already: what gets out then is overtaken by that we see again."""
        if eyes.steady_since_s is None and notice_is_due(self._telling, eyes, now_s):
            self._telling = with_notice(self._telling, eyes, now_s)
            self._engine.tell_blind(eyes.since, self._views, self._anchors.needed)

    def _sees_again(self, spell: Spell, now: datetime, now_s: float) -> None:
        log.warning("anchors answer again", blind_s=round(spell.lasted_s), unjudged=len(self._unjudged))
        self._since, self._blind_until_s = now, now_s
        self._telling = with_spell(self._telling, spell)
        self._engine.look_again(self._unjudged, LOOKED_AGAIN_WITHIN_S)

    def _settle(self, now_s: float) -> None:
        """We see. What is held goes once all that was not judged was looked at again; then people hear of it."""
        if self._hold.is_shut and (not self._unjudged or now_s - self._blind_until_s >= HELD_AT_MOST_S):
            self._unjudged.clear()
            self._open()
        if not self._hold.is_shut and catch_up_is_due(self._telling, now_s):
            spells, self._telling = self._telling.untold, caught_up(self._telling, now_s)
            total, self._unjudged_total = self._unjudged_total, 0
            self._engine.tell_seeing(spells, total)

    def _open(self) -> None:
        if self._hold.is_shut:
            self._hold.open(self._clock())
            self._engine.release()
