"""Who watches whether we can see, by itself: looks that wait for it while settings change."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from checks.model import Cause, CheckId, Observation, Status
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.engine.blindness import AnchorView, Spell
from watchdog.engine.hold import Hold
from watchdog.engine.lookout import ANCHORS_WITHIN_S, Lookout
from watchdog.engine.runner import Run
from watchdog.settings.values import Anchor, Anchors

MX, NAMES = CheckId("mx"), CheckId("names")
NONE = Anchors()
FORMER = Anchors((Anchor("192.0.2.1", 443),), needed=1)
OTHER = Anchors((Anchor("192.0.2.9", 443),), needed=1)


class Nobody:
    """An engine that does nothing."""

    def look_again(self, check_ids: Iterable[CheckId], within_s: float) -> None: ...

    def release(self) -> None: ...

    def tell_blind(self, since: datetime, views: tuple[AnchorView, ...], needed: int) -> None: ...

    def tell_seeing(self, spells: tuple[Spell, ...], unjudged: int) -> None: ...


class Outside:
    """Anchors: those in `silent` say nothing, those in `unasked` cannot be asked; a look takes `takes_s`."""

    def __init__(self, *, silent: Anchors = NONE, unasked: Anchors = NONE, takes_s: float = 0.1) -> None:
        self.silent, self.unasked, self.takes_s = silent, unasked, takes_s

    async def look(self, anchors: tuple[Anchor, ...]) -> tuple[AnchorView, ...]:
        await asyncio.sleep(self.takes_s)
        return tuple(AnchorView(anchor.name, ok=self._answers(anchor), words="") for anchor in anchors)

    def _answers(self, anchor: Anchor) -> bool | None:
        return None if anchor in self.unasked.hosts else anchor not in self.silent.hosts


def on_sight(*, is_blind: bool, blind_s: float) -> None:
    """Nobody counts."""


def failed() -> Run:
    seen = Observation(check_id=MX, finding=finding(Status.CRITICAL), observed_at=EPOCH, duration_s=0.1)
    return Run(observations=(seen,), memory={})


def judged_amid_a_reload(
    outside: Outside,
    reload_to: Anchors | None,
    *,
    failed_s: float = 5.0,
    check_id: CheckId = MX,
    within_s: float = 10.0,
) -> Run:
    """What is judged of a look that failed at that second, when a reload changes the anchors shortly after it."""

    async def scene() -> Run:
        lookout = Lookout(outside.look, Nobody(), Hold(), virtual_clock(), on_sight, names=NAMES)
        lookout.configure(FORMER, [MX])
        watching = asyncio.create_task(lookout.forever())
        await asyncio.sleep(failed_s)
        judging = asyncio.create_task(lookout.judged(check_id, failed(), began_s=failed_s - 0.1))
        await asyncio.sleep(0.1)
        if reload_to is not None:
            lookout.configure(reload_to, [MX])
        async with asyncio.timeout(within_s):
            run = await judging
        watching.cancel()
        return run

    return run_virtual(scene())


def test_a_look_that_waits_for_anchors_is_judged_when_a_reload_takes_them_out() -> None:
    between_looks_s = 0.3
    assert judged_amid_a_reload(Outside(), Anchors(), failed_s=between_looks_s) == failed()


def test_a_look_that_waits_for_anchors_is_judged_by_those_that_a_reload_puts_in_their_place() -> None:
    run = judged_amid_a_reload(Outside(silent=OTHER, takes_s=1), OTHER)
    assert run.observations[0].finding.cause is Cause.BLIND


def test_a_look_is_not_judged_where_nothing_is_known_of_anchors_for_long() -> None:
    run = judged_amid_a_reload(Outside(takes_s=10 * ANCHORS_WITHIN_S), None, within_s=ANCHORS_WITHIN_S + 1)
    assert run.observations[0].finding.cause is Cause.BLIND


def test_a_look_is_not_judged_while_anchors_cannot_be_asked() -> None:
    run = judged_amid_a_reload(Outside(unasked=FORMER), None)
    assert run.observations[0].finding.summary.startswith("not judged, since anchors could not be asked")


def test_that_names_cannot_be_looked_up_is_judged_though_anchors_cannot_be_asked_for_it() -> None:
    assert judged_amid_a_reload(Outside(unasked=FORMER), None, check_id=NAMES) == failed()
