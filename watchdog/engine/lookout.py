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
    has_fault,
    notice_is_due,
    saw_nothing,
    unjudged,
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

    def __init__(self, look_at: LookAt, engine: Engine, hold: Hold, clock: Clock, on_sight: OnSight) -> None:
        self._loop = asyncio.get_running_loop()
        self._look_at = look_at
        self._engine = engine
        self._hold = hold
        self._clock = clock
        self._on_sight = on_sight
        self._anchors = Anchors()
        self._eyes: Eyes = Seeing()
        self._since: datetime | None = None
        self._views: tuple[AnchorView, ...] = ()
        self._telling = Telling()
        self._unjudged: set[CheckId] = set()
        self._unjudged_total = 0
        self._blind_until_s = -inf
        self._counted_s = self._loop.time()
        self._asked = asyncio.Event()
        self._next: asyncio.Future[None] = self._loop.create_future()

    def configure(self, anchors: Anchors, check_ids: Iterable[CheckId]) -> None:
        """Take other settings. Nothing goes out before new anchors were looked at."""
        self._unjudged &= set(check_ids)
        if anchors == self._anchors:
            return
        self._anchors, self._eyes, self._views, self._since = anchors, Seeing(), (), None
        if anchors:
            self._hold.shut(self._clock())
            self._asked.set()
        else:
            self._unjudged.clear()
            self._on_sight(is_blind=False, blind_s=0.0)
            self._open()

    @property
    def is_blind(self) -> bool:
        return isinstance(self._eyes, Blind)

    @property
    def sight(self) -> Sight:
        since = self._eyes.since if isinstance(self._eyes, Blind) else self._since
        return Sight(is_blind=self.is_blind, since=since, anchors=self._views, needed=self._anchors.needed)

    # Looks of checks ------------------------------------------------------------------------------------------

    async def judged(self, check_id: CheckId, run: Run, began_s: float) -> Run:
        """What of `run`, begun at `began_s` of the loop's time, may be judged.

        A fault is believed when anchors answer in a look that began after it was seen: this waits for that.
        """
        if not self._anchors or not (has_fault(run) or saw_nothing(run)):
            self._unjudged.discard(check_id)
            return run
        if not self.is_blind:
            self._asked.set()
            await asyncio.shield(self._next)
        if not self._anchors or not (self.is_blind or began_s <= self._blind_until_s):
            self._unjudged.discard(check_id)
            return run
        if check_id not in self._unjudged:
            self._unjudged.add(check_id)
            self._unjudged_total += 1
        return unjudged(run, "not judged, since we are blind")

    # Looks at anchors -----------------------------------------------------------------------------------------

    async def forever(self) -> None:
        while True:
            began_s = self._loop.time()
            if self._anchors:
                await self._look()
            await asyncio.sleep(max(0.0, LOOK_GAP_S - (self._loop.time() - began_s)))
            pause_s = LOOK_EVERY_BLIND_S if self.is_blind or self._hold.is_shut else LOOK_EVERY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s if self._anchors else None):
                    await self._asked.wait()

    async def _look(self) -> None:
        self._asked.clear()
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
        sees = sum(view.ok for view in views) >= self._anchors.needed
        self._eyes, spell = advance(self._eyes, now, now_s, sees=sees)
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
