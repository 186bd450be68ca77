"""Bills dealt out anew among checks that come and go, over reloads and restarts: each has one incident all its life."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from alerts.incident import IncidentEvent
from alerts.judging.episode import CheckFacts
from alerts.judging.fault import Threshold
from alerts.message import Notification
from checks.model import Cause, CheckId, Finding, Observation, Status
from tests.support.stored import START
from watchdog.clock import random_ids
from watchdog.engine.process import Process
from watchdog.engine.runner import Run
from watchdog.engine.subjects import Subjects
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

IDS = [CheckId(name) for name in ("a", "b", "c", "d")]
BILLS = [f"acme/INV-{number}" for number in range(6)]
RULE = Threshold(failures_to_open=1, passes_to_close=1, settle_s=0.0)
STEPS = 60


@dataclass(slots=True)
class Direct:
    """A writer that commits at once."""

    store: Store

    async def commit(self, changes: Changes) -> None:
        self.store.commit(changes)


def silent(_event: IncidentEvent) -> Sequence[Notification]:
    return ()


@dataclass(slots=True)
class Office:
    """Every bill is looked at by one check; which one, new settings say."""

    dice: random.Random
    store: Store = field(default_factory=lambda: open_store(None))
    now: datetime = START
    dealt: dict[CheckId, list[str]] = field(default_factory=dict)
    revision: int = 0
    process: Process = field(init=False)

    def begin(self) -> None:
        self.process = Process(
            writer=Direct(self.store),
            subjects=Subjects(self.store.load_records()),
            memories=self.store.load_memories(),
            clock=lambda: self.now,
            ids=random_ids(self.dice),
            on_told=lambda: None,
            trouble=lambda key, text: pytest.fail(f"{key}: {text}"),
        )
        self.configure()

    def configure(self) -> None:
        facts = {id_: self._facts(id_) for id_ in self.dealt}
        self.process.configure(facts, silent)

    def _facts(self, check_id: CheckId) -> CheckFacts:
        """Its list is another one whenever bills are dealt."""
        subject = f"list {self.revision} of {check_id}"
        return CheckFacts(kind="invoice_due", subject=subject, rule=RULE, is_on_record=True)

    def deal(self) -> None:
        """Some checks go, some come, and each bill is somebody's."""
        ids = self.dice.sample(IDS, self.dice.randint(1, len(IDS)))
        self.dealt = {id_: [] for id_ in ids}
        for bill in BILLS:
            self.dealt[self.dice.choice(ids)].append(bill)
        self.revision += 1

    async def look(self, check_id: CheckId, *, can_read: bool = True) -> None:
        """What cannot be read is no whole look: it names what it had."""
        held = [one.record.subject for one in self.process.subjects.of(check_id) if one.record.subject in BILLS]
        status = Status.OK if can_read else Status.UNKNOWN
        found = [self._seen(check_id, self._facts(check_id).subject, status)]
        found += [self._seen(check_id, bill, Status.WARNING) for bill in (self.dealt[check_id] if can_read else held)]
        await self.process.take(check_id, Run(observations=tuple(found), memory={}))

    def _seen(self, check_id: CheckId, subject: str, status: Status) -> Observation:
        cause = {Status.OK: Cause.NONE, Status.WARNING: Cause.DUE, Status.UNKNOWN: Cause.UNPARSABLE}[status]
        finding = Finding(subject=subject, status=status, cause=cause, summary=subject)
        return Observation(check_id=check_id, finding=finding, observed_at=self.now, duration_s=0.1)

    async def all_look(self) -> None:
        for check_id in self.dice.sample(list(self.dealt), len(self.dealt)):
            self.now += timedelta(seconds=1)
            await self.look(check_id)

    async def step(self) -> None:
        self.now += timedelta(seconds=self.dice.randint(1, 90))
        match self.dice.randrange(6):
            case 0:
                self.deal()
                self.configure()
            case 1:
                await self.process.flush()
                if self.dice.random() < 0.5:
                    self.deal()
                self.begin()
            case _:
                await self.look(self.dice.choice(list(self.dealt)), can_read=self.dice.random() < 0.8)

    @property
    def standing(self) -> dict[str, str]:
        """Ids of open incidents by their bills; no bill has two."""
        found = [one for one in self.process.subjects.incidents() if one.subject in BILLS]
        assert len({one.subject for one in found}) == len(found)
        return {one.subject: one.id for one in found}


@pytest.mark.parametrize("seed", range(20))
def test_a_bill_that_some_check_always_looks_at_has_one_incident_all_its_life(seed: int) -> None:
    async def live() -> None:
        office = Office(random.Random(seed))
        office.deal()
        office.begin()
        await office.all_look()
        born = office.standing
        assert set(born) == set(BILLS)
        for _ in range(STEPS):
            await office.step()
            assert office.standing == born
        await office.all_look()
        await office.all_look()
        await office.process.flush()
        owners = {one.subject: one.check_id for one in office.process.subjects.incidents()}
        assert owners == {bill: check_id for check_id, bills in office.dealt.items() for bill in bills}
        stored = {one.subject: one.id for one in office.store.listings.open_incidents()}
        assert stored == born
        office.store.close()

    asyncio.run(live())
