"""Looks, reloads and restarts in any order: one open incident per subject and nature, and none without a check.

I1: every change of an incident is told, or its row says why not. I6: what memory holds open is what the store has open,
once per subject and nature. A check that was taken out, or looks elsewhere, leaves nothing open and says why; one that
was renamed goes on with the same incident.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from alerts.incident import EventKind, IncidentEvent, Retirement
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Threshold
from alerts.message import Message, Notification
from checks.model import Cause, CheckId, Finding, Observation, Status
from tests.support.at_once import at_once
from tests.support.stored import START
from watchdog.clock import Ids, random_ids
from watchdog.engine.process import Process
from watchdog.engine.runner import Run
from watchdog.engine.subjects import Subjects
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

#: Traces follow one another on one store. Ten thousand (100 of 100) held too, in five minutes of a busy machine.
SEEDS = 10
TRACES_PER_SEED = 20
STEPS = 12

IDS = [CheckId(name) for name in ("a", "b", "c")]
TARGETS = ("mx1", "mx2")
RULE = Threshold(failures_to_open=1, passes_to_close=1, settle_s=0.0)


@dataclass(slots=True)
class Direct:
    """A writer that commits at once."""

    store: Store

    async def commit(self, changes: Changes) -> None:
        self.store.commit(changes)


@dataclass(slots=True)
class Life:
    """One estate over many lives of its daemon. `watched` is check id to target."""

    store: Store
    dice: random.Random
    now: datetime = START
    watched: dict[CheckId, str] = field(default_factory=dict)
    planned: Counter[str] = field(default_factory=Counter)
    ids: Ids = field(init=False)
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.ids = random_ids(self.dice)
        self.begin()

    def begin(self) -> None:
        """A start: what is known is what was stored."""
        self.process = Process(
            writer=Direct(self.store),
            subjects=Subjects(self.store.load_records()),
            memories=self.store.load_memories(),
            clock=lambda: self.now,
            ids=self.ids,
            on_told=lambda: None,
            trouble=lambda key, text: pytest.fail(f"{key}: {text}"),
        )
        self.configure({})

    def configure(self, formerly: Mapping[CheckId, CheckId]) -> None:
        facts = {
            check_id: CheckFacts(kind="tcp", subject=target, rule=RULE, formerly=formerly.get(check_id))
            for check_id, target in self.watched.items()
        }
        self.process.configure(facts, self.plan)

    def plan(self, event: IncidentEvent) -> tuple[Notification, ...]:
        self.planned[event.id] += 1
        message = Message(subject="s", text="t", event=event.kind, incident=event.incident.id)
        return (
            Notification(
                id=f"n{event.id}", event_id=event.id, incident_id=event.incident.id, receiver="r", channel="c",
                recipient="", address="x", message=message, urgency=0, created_at=event.at, not_before=event.at,
            ),
        )  # fmt: skip

    # Steps ----------------------------------------------------------------------------------------------------

    def look(self) -> None:
        if self.watched:
            check_id = self.dice.choice(list(self.watched))
            status = self.dice.choice([Status.OK, Status.CRITICAL, Status.CRITICAL, Status.UNKNOWN])
            cause = {Status.OK: Cause.NONE, Status.CRITICAL: Cause.REFUSED, Status.UNKNOWN: Cause.BLIND}[status]
            finding = Finding(subject=self.watched[check_id], status=status, cause=cause, summary=status.value)
            seen = Observation(check_id=check_id, finding=finding, observed_at=self.now, duration_s=0.1)
            at_once(self.process.take(check_id, Run(observations=(seen,), memory={"seen": status.value})))

    def remove(self) -> None:
        if self.watched:
            self.watched.pop(self.dice.choice(list(self.watched)))
            self.configure({})

    def add(self) -> None:
        if free := [check_id for check_id in IDS if check_id not in self.watched]:
            self.watched[self.dice.choice(free)] = self.dice.choice(TARGETS)
            self.configure({})

    def turn(self) -> None:
        """To another target, which ends what was open of the former."""
        if self.watched:
            check_id = self.dice.choice(list(self.watched))
            self.watched[check_id] = next(one for one in TARGETS if one != self.watched[check_id])
            self.configure({})
            assert not [one for one in self.process.subjects.incidents() if one.check_id == check_id]

    def rename(self) -> None:
        free = [check_id for check_id in IDS if check_id not in self.watched]
        if free and self.watched:
            former, present = self.dice.choice(list(self.watched)), self.dice.choice(free)
            before = {one.id for one in self.process.subjects.incidents() if one.check_id == former}
            self.watched[present] = self.watched.pop(former)
            self.configure({present: former})
            after = {one.id for one in self.process.subjects.incidents() if one.check_id == present}
            assert after == before, "a rename went on with something else"

    async def restart(self) -> None:
        await self.process.flush()
        self.begin()

    async def play(self) -> None:
        steps = [self.look] * 6 + [self.remove, self.add, self.add, self.turn, self.rename, self.rename]
        for _ in range(STEPS):
            self.now += timedelta(seconds=self.dice.randint(1, 90))
            if self.dice.random() < 0.1:
                await self.restart()
            else:
                self.dice.choice(steps)()
        await self.process.flush()

    # What must hold -------------------------------------------------------------------------------------------

    def check(self) -> None:
        standing = {one.id: one for one in self.process.subjects.incidents()}
        stored = {one.id: one for one in self.store.listings.open_incidents()}
        assert standing == stored
        places = Counter((one.check_id, one.subject, one.nature) for one in stored.values())
        assert not [place for place, count in places.items() if count > 1]
        assert {(one.check_id, one.subject) for one in stored.values()} <= set(self.watched.items())
        assert all(count == 1 for count in self.planned.values())
        for problem in self.untold():
            pytest.fail(problem)

    def untold(self) -> Iterator[str]:
        """Each incident of late: opened once, ended once if at all, with a reason, every change planned."""
        for one in self.store.listings.recent_incidents(20):
            history = self.store.listings.history(one.id)
            assert history is not None
            kinds = Counter(event.kind for event in history.events)
            if kinds[EventKind.OPENED] != 1 or kinds[EventKind.RESOLVED] != (one.closed_at is not None):
                yield f"{one.id}: {kinds}"
            if one.closed_at is not None and one.retirement is None and one.close_reason != "ok":
                yield f"{one.id} closed without a reason"
            if any(not self.planned[event.id] for event in history.events):
                yield f"{one.id}: a change that nobody was to be told"


def live(seed: int, traces: int) -> Life:
    async def whole() -> Life:
        life = Life(open_store(None), random.Random(seed))
        for _ in range(traces):
            await life.play()
            life.check()
        return life

    return asyncio.run(whole())


@pytest.mark.slow
def test_no_trace_leaves_an_incident_behind_or_has_one_twice() -> None:
    for seed in range(SEEDS):
        live(seed, TRACES_PER_SEED).store.close()


def test_the_traces_do_what_they_are_meant_to() -> None:
    life = live(3, 30)
    reasons = {one.close_reason for one in life.store.listings.recent_incidents(1000)}
    assert {Retirement.REMOVED.value, Retirement.ELSEWHERE.value, "ok"} <= reasons
    assert len(life.planned) > 30
    life.store.close()
