"""Lives of a daemon whose clock is wrong at a start, as it runs, or over restarts: in the end, state is truth.

One contract lapses thirty-five days after the beginning, so a clock that is a month ahead says that it is nearly over.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from alerts.incident import EventKind, Nature
from alerts.judging.fault import Threshold
from alerts.judging.set_right import is_ahead
from checks.model import CheckId, Status
from tests.support.blind_estate import Life, Scene, Spell, born, settings_of
from tests.support.virtual_estate import Sent
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.settings.values import Anchors, Settings

HOUR, DAY = 3600.0, 86_400.0
MONTH = timedelta(days=30)
LAPSES = EPOCH + timedelta(days=35)
CONTRACT = CheckId("contract")
DOWN, UP = "t1.example", "t2.example"

#: One host is down for good.
FAULTS = {DOWN: [Spell(0, 10 * 365 * DAY)]}

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """For so long the wall clock stands so far off."""

    for_s: float
    off: timedelta = timedelta()
    vouched: bool = False
    restarts: bool = False
    away_s: float = 0.0
    """How long the machine is off before."""


def right(hours: float, *, vouched: bool = True, restarts: bool = False, away_s: float = 0.0) -> Stretch:
    return Stretch(for_s=hours * HOUR, vouched=vouched, restarts=restarts, away_s=away_s)


def wrong(hours: float, off: timedelta = MONTH, *, restarts: bool = False) -> Stretch:
    return Stretch(for_s=hours * HOUR, off=off, restarts=restarts)


@dataclass(frozen=True, slots=True)
class Past:
    """What all lives together told, and the last of them."""

    lives: Sequence[Life]
    ended_at: datetime

    @property
    def last(self) -> Life:
        return self.lives[-1]

    @property
    def told(self) -> list[Sent]:
        return [sent for life in self.lives for sent in life.sinks[0].taken]

    @property
    def of_contract(self) -> list[Sent]:
        return [sent for sent in self.told if sent.notification.message.check == CONTRACT]

    def notices(self, words: str) -> int:
        return sum(words in sent.notification.message.subject for sent in self.told)


def estate(scene: Scene, lapses: datetime = LAPSES) -> Settings:
    rule = Threshold(failures_to_open=3, settle_s=30)
    return settings_of(scene, (DOWN, UP), interval_s=300, rule=rule, lapses=lapses, anchors=Anchors())


def lived_through(*stretches: Stretch, lapses: datetime = LAPSES) -> Past:
    scene = Scene(down=FAULTS)

    async def all_of_it() -> Past:
        lives: list[Life] = []
        ends: Callable[[], None] = lambda: None  # noqa: E731  # until the first life
        living: asyncio.Task[None] | None = None
        for stretch in stretches:
            if living is not None and stretch.restarts:
                ends()
                await living
                living = None
            scene.asleep_s += stretch.away_s
            scene.jumps, scene.vouched = [(0, stretch.off)], stretch.vouched
            if living is None:
                former = lives[-1].store if lives else None
                lives.append(born(scene, estate(scene, lapses), store=former, seed=len(lives)))
                stop = asyncio.Event()
                ends, living = stop.set, asyncio.create_task(lives[-1].daemon.run(stop))
            await asyncio.sleep(stretch.for_s)
        ends()
        assert living is not None
        await living
        return Past(lives, scene.true_time())

    return run_virtual(all_of_it())


def assert_truth(past: Past, lapses: datetime = LAPSES) -> None:
    """State is truth, nothing waits, no instant is still to come, and each incident was told in order."""
    life, now = past.last, past.ended_at
    rungs_come = any(now >= lapses - timedelta(days=days) for days in (21, 14, 7, 3, 1, 0))
    faults = {one.check_id for one in life.daemon.subjects.incidents() if one.nature is Nature.FAULT}
    assert faults == {f"on-{DOWN}"}
    dated = {one.check_id for one in life.daemon.subjects.incidents() if one.nature is Nature.DEADLINE}
    assert dated == ({CONTRACT} if rungs_come else set())
    (up,) = life.daemon.subjects.of(CheckId(f"on-{UP}"))
    assert up.status is Status.OK
    assert life.daemon.subjects.count(CONTRACT) == 1
    assert not any(subject.record.stale_incident for subject in life.daemon.subjects)
    assert not any(is_ahead(record, now) for record in life.store.load_records())
    assert not any(is_ahead(subject.current(), now) for subject in life.daemon.subjects)
    assert [life.store.next_due(sink.name) for sink in life.sinks] == [None, None]
    assert_threads(past)


def assert_threads(past: Past) -> None:
    threads: dict[str, list[EventKind]] = {}
    for sent in past.told:
        if (incident := sent.notification.incident_id) is not None:
            threads.setdefault(incident, []).append(sent.notification.message.event)
    assert all(kinds[0] is EventKind.OPENED for kinds in threads.values())
    assert all(kinds.count(EventKind.RESOLVED) <= 1 for kinds in threads.values())
    open_now = {incident.id for incident in past.last.daemon.subjects.incidents()}
    assert {incident for incident, kinds in threads.items() if EventKind.RESOLVED not in kinds} == open_now


def early(past: Past, lapses: datetime = LAPSES) -> list[str]:
    """What was told of the contract before its first rung had come."""
    first = lapses - timedelta(days=21)
    return [sent.notification.message.subject for sent in past.of_contract if sent.at < first]


DOUBTED = {
    "ahead at a start": [right(3), wrong(5, restarts=True), right(2)],
    "ahead at a start, right at the next": [right(3), wrong(5, restarts=True), right(2, restarts=True)],
    "ahead at starts in a row": [right(3), *[wrong(2, restarts=True)] * 4, right(2)],
    "behind at a start": [right(3), wrong(5, -MONTH, restarts=True), right(2)],
    "ahead while running": [right(3), wrong(5), right(2)],
    "ahead while running, and a restart in the doubt": [right(3), wrong(3), wrong(5, restarts=True), right(2)],
    "ahead while running, right again while it was down": [right(3), wrong(3), right(2, restarts=True)],
    "behind while running, and a restart": [right(3), wrong(3, -MONTH), wrong(3, -MONTH, restarts=True), right(2)],
    "one way, then the other": [right(3), wrong(3), wrong(3, -MONTH), right(2, vouched=False), right(2, restarts=True)],
}


@pytest.mark.parametrize("stretches", DOUBTED.values(), ids=DOUBTED)
def test_a_clock_that_is_doubted_and_set_right_tells_nothing_of_deadlines(stretches: Sequence[Stretch]) -> None:
    past = lived_through(*stretches)
    assert_truth(past)
    assert past.of_contract == []


BELIEVED = {
    "at the first start of all": [wrong(2), right(3), right(3, restarts=True)],
    "at the first start of all, right at the next": [wrong(2), right(3, restarts=True)],
    "at a start": [right(3), wrong(8, restarts=True), right(3)],
    "at a start, right at the next": [right(3), wrong(8, restarts=True), right(3, restarts=True)],
    "while running": [right(3), wrong(8), right(3)],
    "while running, restarted by it": [right(3), wrong(8), wrong(2, restarts=True), right(3), right(1, restarts=True)],
    "right, and nobody vouches": [right(3), wrong(8), right(8, vouched=False), right(8, vouched=False, restarts=True)],
    "right at a start, and nobody vouches": [right(3), wrong(8), right(8, vouched=False, restarts=True)],
    "behind, then right": [right(3), wrong(8, -MONTH), right(3), right(1, restarts=True)],
}


@pytest.mark.parametrize("stretches", BELIEVED.values(), ids=BELIEVED)
def test_what_a_clock_that_was_believed_told_is_taken_back_and_told_again_in_its_time(
    stretches: Sequence[Stretch],
) -> None:
    past = lived_through(*stretches)
    assert_truth(past)
    later = lived_through(*stretches, right(1, restarts=True, away_s=15 * DAY))
    assert_truth(later)
    assert rungs_told(later)[-1] == EventKind.OPENED


def rungs_told(past: Past) -> list[EventKind]:
    return [sent.notification.message.event for sent in past.of_contract]


def test_a_machine_that_was_off_for_a_month_and_has_no_time_service_is_not_mute_for_long() -> None:
    past = lived_through(right(3), right(8, vouched=False, restarts=True, away_s=30 * DAY))
    assert_truth(past)
    assert past.notices("may be wrong") == 1
    assert past.notices("believed now") == 1
    (sent,) = past.of_contract
    assert sent.at <= EPOCH + timedelta(days=30, hours=10)


def test_a_machine_that_was_off_for_a_month_and_has_a_time_service_goes_by_it_at_once() -> None:
    past = lived_through(right(3), right(1, restarts=True, away_s=30 * DAY))
    assert_truth(past)
    assert past.notices("clock") == 0
    assert len(past.of_contract) == 1


def test_a_machine_that_was_off_over_night_needs_no_time_service() -> None:
    past = lived_through(right(3), right(1, vouched=False, restarts=True, away_s=12 * HOUR))
    assert_truth(past)
    assert past.notices("clock") == 0


@pytest.mark.parametrize("seed", range(6))
def test_after_a_week_of_clocks_that_nobody_can_rely_on_state_is_truth(seed: int) -> None:
    dice = random.Random(seed)
    stretches = [right(1)]
    for _ in range(8):
        off = dice.choice([MONTH, -MONTH, timedelta(hours=9), timedelta(hours=-9), timedelta()])
        restarts = dice.random() < 0.5
        away_s = dice.choice([0, 60, 3 * HOUR, 20 * DAY]) if restarts else 0.0
        stretches.append(
            Stretch(
                for_s=dice.uniform(0.01, 12) * HOUR,
                off=off,
                vouched=not off and dice.random() < 0.5,
                restarts=restarts,
                away_s=away_s,
            )
        )
    past = lived_through(*stretches, right(2, restarts=dice.random() < 0.5))
    assert_truth(past)
