"""What a run changes: judged at once in memory, written in one transaction, told only after that.

Looks that change nothing are written together, at most once a second. A look that opens, reminds or closes goes
to the store at once, with everything that waits. Nothing leaves the house but from rows that are committed.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from alerts.episode import CheckFacts, Judgement
from alerts.incident import IncidentEvent
from alerts.judge import is_routine, is_same_judgement, is_suspect, judge, judge_passing_time, quiet_until, retire
from alerts.message import Notification
from alerts.state import Open
from checks.model import CheckId, Observation
from checks.plugin import Json
from watchdog.clock import Clock, Ids
from watchdog.engine.pending import Pending
from watchdog.engine.runner import Run
from watchdog.engine.subjects import Subject, Subjects
from watchdog.store.changes import Changes

#: Plain observations wait at most this long for company.
GROUP_COMMIT_S = 1.0

#: While nothing can be written, at most this many observations are kept for history; later ones are judged
#: like all others and then let go.
MAX_WAITING_OBSERVATIONS = 20_000

#: How often rungs and staleness are judged where nothing was seen.
SWEEP_EVERY_S = 30.0

Planner = Callable[[IncidentEvent], Sequence[Notification]]


class Writer(Protocol):
    """Where changes go: returns once they are durable, however long that takes, or raises for good."""

    async def commit(self, changes: Changes) -> None: ...


class Process:
    """Holds the state of every subject. `on_told` is called after a commit that put rows into the outbox."""

    def __init__(
        self,
        *,
        writer: Writer,
        subjects: Subjects,
        memories: Mapping[CheckId, Mapping[str, Json]],
        clock: Clock,
        ids: Ids,
        on_told: Callable[[], None],
    ) -> None:
        self.subjects = subjects
        self._writer = writer
        self._memories = {check_id: dict(kept) for check_id, kept in memories.items()}
        self._clock = clock
        self._ids = ids
        self._on_told = on_told
        self._started_at = clock()
        self._facts: Mapping[CheckId, CheckFacts] = {}
        self._planner: Planner = lambda _event: ()
        self._pending = Pending()
        self._finishing = False
        self._something = asyncio.Event()
        self._urgent = asyncio.Event()

    def configure(self, facts: Mapping[CheckId, CheckFacts], planner: Planner) -> None:
        """Take new settings. Subjects of checks that are gone are retired, with a reason in their incidents."""
        self._facts, self._planner = facts, planner
        for check_id in self.subjects.check_ids():
            if check_id not in facts:
                self._retire(check_id)

    def memory_of(self, check_id: CheckId) -> Mapping[str, Json]:
        return self._memories.get(check_id, {})

    # Looks ----------------------------------------------------------------------------------------------------

    def take(self, check_id: CheckId, run: Run) -> bool:
        """Judge what a run saw; True when the check should be looked at again in haste."""
        facts = self._facts.get(check_id)
        if facts is None:  # removed by a reload while it ran
            return False
        suspect = False
        for seen in run.observations:
            suspect |= self._look(seen, facts)
        if run.memory:
            self._remember(check_id, run.memory)
        self._signal()
        return suspect

    def _look(self, seen: Observation, facts: CheckFacts) -> bool:
        if len(self._pending.observations) < MAX_WAITING_OBSERVATIONS:
            self._pending.observations.append(seen)
        subject = self.subjects.get(seen.check_id, seen.finding.subject)
        if subject is not None and is_routine(subject.record, seen.finding):
            subject.look(seen)
            return False
        before = None if subject is None else subject.current()
        judged = judge(before, seen, facts, self._ids)
        if before is not None and not judged.events and is_same_judgement(before, judged.record):
            self.subjects.put(judged.record, seen)
        else:
            self._apply(judged, seen)
        return is_suspect(judged.record)

    def _remember(self, check_id: CheckId, memory: Mapping[str, Json]) -> None:
        self._memories.setdefault(check_id, {}).update(memory)
        for key, value in memory.items():
            self._pending.memories[check_id, key] = value

    def _apply(self, judged: Judgement, seen: Observation | None) -> None:
        record = judged.record
        self.subjects.put(record, seen)
        self._pending.keep(record)
        for event in judged.events:
            self._pending.events.append(event)
            self._pending.notifications.extend(self._planner(event))

    def announce(self, notifications: Iterable[Notification]) -> None:
        """Put the daemon's own notices into the outbox."""
        self._pending.notifications.extend(notifications)
        self._signal()

    # Time -----------------------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Judge the passing of time: rungs that came due unseen, subjects that nobody can judge any more."""
        now = self._clock()
        for subject in self.subjects:
            facts = self._facts.get(subject.record.check_id)
            if facts is not None and subject.quiet_until <= now:
                self._pass_time(subject, facts, now)
        self._signal()

    def _pass_time(self, subject: Subject, facts: CheckFacts, now: datetime) -> None:
        """An open fault of the same check explains its silence: the certificate of a server that is down."""
        of_check = self.subjects.of(subject.record.check_id)
        down = any(isinstance(one.record.fault, Open) for one in of_check)
        record = subject.current()
        sighted_since = now if down else self._started_at
        judged = judge_passing_time(record, facts, now, self._ids, sighted_since=sighted_since)
        if judged.events:
            self._apply(judged, None)
        subject.quiet_until = quiet_until(judged.record, facts, now)

    def _retire(self, check_id: CheckId) -> None:
        now = self._clock()
        for subject in self.subjects.of(check_id):
            judged = retire(subject.current(), "the check was taken out of the settings", now, self._ids)
            self._apply(judged, None)
            self._pending.forget(check_id, subject.record.subject)
        self.subjects.forget(check_id)
        self._signal()

    # Writing --------------------------------------------------------------------------------------------------

    def _signal(self) -> None:
        if self._pending:
            self._something.set()
        if self._pending.urgent:
            self._urgent.set()

    async def run(self) -> None:
        """Write until `finish`. What the writer raises for good ends the daemon: nothing unwritten is told."""
        while not self._finishing:
            await self._something.wait()
            try:
                async with asyncio.timeout(GROUP_COMMIT_S):
                    await self._urgent.wait()
            except TimeoutError:
                pass
            await self.flush()

    def finish(self) -> None:
        """Let `run` end once all that waits is written."""
        self._finishing = True
        self._something.set()
        self._urgent.set()

    async def flush(self) -> None:
        """Write all that waits, now."""
        pending, self._pending = self._pending, Pending()
        self._something.clear()
        self._urgent.clear()
        if not pending:
            return
        await self._writer.commit(pending.changes())
        if pending.notifications:
            self._on_told()

    async def keep_time(self) -> None:
        """Sweep until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            self.sweep()
