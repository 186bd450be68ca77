"""What a run changes: judged at once in memory, written in one transaction, told only after that.

Looks that change nothing are written together, at most once a second. A look that opens, reminds or closes goes
to the store at once, with everything that waits. Nothing leaves the house but from rows that are committed.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from alerts.incident import IncidentEvent, Retirement
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.judge import is_routine, is_same_judgement, judge, needs_haste, retire
from alerts.judging.judge_fault import unsuspected
from alerts.message import Notification
from alerts.mutes.former import FormerIds
from checks.model import CheckId, Observation
from checks.plugin import Json
from watchdog.clock import Clock, Ids
from watchdog.engine.breath import Breath
from watchdog.engine.group_commit import GroupCommit, Writer
from watchdog.engine.handing_over import HandingOver, orphans
from watchdog.engine.kinship import Kinship
from watchdog.engine.memories import Memories
from watchdog.engine.no_longer_watched import no_longer_watched
from watchdog.engine.passing_time import SWEEP_EVERY_S, PassingTime
from watchdog.engine.pending import Pending
from watchdog.engine.quiet_spells import QuietSpells
from watchdog.engine.renaming import renamed, renames
from watchdog.engine.runner import Run
from watchdog.engine.subjects import Subject, Subjects
from watchdog.engine.timekeeper import TICK_EVERY_S
from watchdog.engine.unseen import names_all, spoken_of, unnamed
from watchdog.engine.writer import Trouble
from watchdog.store.views import LinkUse

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: While nothing can be written, at most this many observations are kept for history; later ones are judged
#: like all others and then let go.
MAX_WAITING_OBSERVATIONS = 20_000

Planner = Callable[[IncidentEvent], Sequence[Notification]]


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
        trouble: Trouble,
        sight_check: CheckId | None = None,
        is_blind: Callable[[], bool] = lambda: False,
        on_tick: Callable[[], None] = lambda: None,
        kinship: Kinship | None = None,
    ) -> None:
        """`sight_check` is the check by which others see: while its fault stands, their blindness is explained.

        `kinship` knows which checks hang on which; None: none does on any. `is_blind` answers whether we see
        nothing at all. `on_tick` is called every TICK_EVERY_S.
        """
        self.subjects = subjects
        self._commits = GroupCommit(writer, on_told)
        self._memories = Memories(memories)
        self._clock = clock
        self._ids = ids
        self._kinship = kinship or Kinship(subjects, clock=clock, ids=ids, look_soon=lambda _checks, _within_s: None)
        self._handing_over = HandingOver(subjects, hand_over=self._hand_over, look_soon=self._kinship.look_soon)
        self._trouble = trouble
        self._on_tick = on_tick
        self._spells = QuietSpells(subjects, sight_check, clock(), is_blind)
        self._time = PassingTime(
            subjects,
            self._spells,
            clock=clock,
            ids=ids,
            apply=lambda judged: self._apply(judged, None),
            signal=self._commits.signal,
        )
        self._facts: Mapping[CheckId, CheckFacts] = {}
        self._turns = 0
        """How often settings or time became others: what was seen before them holds no more."""
        self._planner: Planner = lambda _event: ()

    def configure(self, facts: Mapping[CheckId, CheckFacts], planner: Planner) -> None:
        """Take new settings. Subjects of checks that are gone are retired, with a reason in their incidents."""
        self._time.configure(facts)
        for former, check_id in list(renames(self.subjects, self._memories, self._facts, facts)):
            self._rename(former, check_id)
        for subject, heir in list(orphans(self.subjects, self._memories, facts)):
            self._hand_over(subject, heir)
        self._handing_over.configure(facts)
        self._facts, self._planner = facts, planner
        self._turns += 1
        for subject, why in no_longer_watched(self.subjects, self._memories, facts):
            self._retire(subject, why)
        for check_id in self._memories.turned(facts):
            self.subjects.begin_anew(check_id)
        for check_id, key in self._memories.drop_strangers(facts):
            self._pending.memories[check_id, key] = None
        for check_id, key, value in self._memories.introduce(facts):
            self._pending.memories[check_id, key] = value
        self.set_right()  # a start may find what a clock that was ahead left behind

    def _rename(self, former: CheckId, check_id: CheckId) -> None:
        for subject in self.subjects.of(former):
            self._hand_over(subject, check_id)
        for key, value in self._memories.rename(former, check_id, self._clock()).items():
            self._pending.memories[check_id, key] = value
            self._pending.memories[former, key] = None

    def _hand_over(self, subject: Subject, check_id: CheckId) -> None:
        record = subject.current()
        self._apply(Judgement(renamed(record, check_id)), None)
        self.let_go(record.check_id, record.subject)

    @property
    def former_ids(self) -> FormerIds:
        """What checks were called before."""
        return self._memories.former_ids

    def memory_of(self, check_id: CheckId) -> Mapping[str, Json]:
        return self._memories.of(check_id)

    # Looks ----------------------------------------------------------------------------------------------------

    async def take(self, check_id: CheckId, run: Run) -> bool:
        """Judge what a run saw; True when the check should be looked at again in haste.

        A run that saw much is judged in pieces, no faster than they are written; what it remembers comes last, so that
        a run cut off in between is judged anew, in haste, and nothing is lost. Only changes, which are told once, are
        taken with their memory in one go.
        """
        facts = self._facts.get(check_id)
        if facts is None:  # removed by a reload while it ran
            return False
        seen_now, turns, suspect = spoken_of(self.subjects.of(check_id), run), self._turns, False
        is_whole = len(seen_now) == 1 or any(seen.finding.changes for seen in seen_now)
        breath = None if is_whole else Breath()
        for seen in seen_now:
            if not self._handing_over.is_for_another_to_say(check_id, seen.finding.subject):
                suspect |= self._judged(seen, facts)
            if breath is not None and await self._breathed(breath, turns):
                return True
        if names_all(run, facts):
            for subject in unnamed(self.subjects.of(check_id), run):
                if not self._handing_over.goes_on(subject):
                    self._retire(subject, Retirement.ELSEWHERE if facts.is_on_record else Retirement.UNSEEN)
                if breath is not None and await self._breathed(breath, turns):
                    return True
            self._handing_over.looked(check_id)
        if run.memory:
            self._remember(check_id, run.memory)
        self.subjects.complete(check_id)
        self._signal()
        return suspect

    async def _breathed(self, breath: Breath, turns: int) -> bool:
        """Whether others had their turn and the ground is another one since."""
        if not breath.is_due:
            return False
        await self._commits.room()
        await breath.take()
        return self._turns != turns

    def _judged(self, seen: Observation, facts: CheckFacts) -> bool:
        """One observation that cannot be judged must not take the others with it, nor the daemon."""
        try:
            return self._look(seen, facts)
        except Exception as error:
            log.exception("a look could not be judged", check=seen.check_id)
            self._trouble("a look could not be judged", f"{seen.check_id}: {type(error).__name__}; see the log")
            return False

    def _look(self, seen: Observation, facts: CheckFacts) -> bool:
        if len(self._pending.observations) < MAX_WAITING_OBSERVATIONS:
            self._pending.observations.append(seen)
        subject = self.subjects.get(seen.check_id, seen.finding.subject)
        if subject is not None and is_routine(subject.record, seen):
            subject.look(seen)
            if subject.has_old_words(seen):
                self._apply(Judgement(subject.current()), seen)
            return False
        before = None if subject is None else subject.current()
        judged = self._kinship.after_look(judge(before, seen, facts, self._ids, self._kinship.place), facts)
        if before is not None and not judged.events and is_same_judgement(before, judged.record):
            subject = self.subjects.put(judged.record, seen, is_written=False)
            if subject.has_old_words(seen):
                self._apply(judged, seen)
        else:
            self._apply(judged, seen)
        return needs_haste(judged.record)

    def _retire(self, subject: Subject, why: Retirement) -> None:
        record = subject.record
        if why is not Retirement.UNSEEN:
            self.subjects.begin_anew(record.check_id)
        self._apply(retire(subject.current(), why, self._clock(), self._ids), None)
        self.let_go(record.check_id, record.subject)

    def let_go(self, check_id: CheckId, subject: str) -> None:
        """Nothing more is known of it; what happened to it stays on record."""
        self._pending.forget(check_id, subject)
        self.subjects.forget(check_id, subject)

    def _remember(self, check_id: CheckId, memory: Mapping[str, Json]) -> None:
        self._memories.keep(check_id, memory)
        for key, value in memory.items():
            self._pending.memories[check_id, key] = value

    def _apply(self, judged: Judgement, seen: Observation | None) -> None:
        judged = self._kinship.with_debts(judged)
        record = judged.record
        self.subjects.put(record, seen)
        self._pending.keep(record)
        for event in map(self._kinship.with_parts, judged.events):
            self._pending.events.append(event)
            self._pending.notifications.extend(self._planner(event))
        for event in judged.events:
            for further in self._kinship.follow(event):
                self._apply(further, None)

    async def say(self, judged: Judgement, pressed: LinkUse | None = None) -> None:
        """Take what a person said of an incident; returns once it is durable, raises where it never will be.

        `pressed` is the link they said it by: on record in the same transaction.
        """
        self._apply(judged, None)
        if pressed is not None:
            self._pending.uses.append((judged.record.check_id, pressed))
        await self._commits.durable(judged.record.check_id)

    def announce(self, notifications: Iterable[Notification]) -> None:
        """Put the daemon's own notices into the outbox."""
        self._pending.notifications.extend(notifications)
        self._signal()

    def woke(self) -> None:
        """We were asleep: nobody was silent meanwhile, and failures before it say nothing of what is seen after it."""
        self._spells.woke(self._clock())
        for subject in self.subjects:
            fault = unsuspected(subject.record.fault, self._clock())
            if fault is not subject.record.fault:
                self._apply(Judgement(replace(subject.current(), fault=fault)), None)
        self._signal()

    def turned(self) -> None:
        """Time has become another."""
        self._turns += 1
        self._time.turned(self._clock())
        self.woke()
        self.set_right()

    def set_right(self) -> None:
        """What was seen and told by a clock that was ahead is taken back."""
        if self._time.set_right():
            self._pending.set_right(self._clock())
        self._signal()

    # Writing --------------------------------------------------------------------------------------------------

    @property
    def _pending(self) -> Pending:
        return self._commits.pending

    def _signal(self) -> None:
        self._commits.signal()

    async def run(self) -> None:
        """Write until `finish`; raises what ends the daemon."""
        await self._commits.run()

    def finish(self) -> None:
        """Let `run` end once all that waits is written."""
        self._commits.finish()

    async def flush(self) -> None:
        """Write all that waits, now, behind what is being written."""
        await self._commits.flush()

    async def keep_time(self) -> None:
        """Sweep until cancelled."""
        while True:
            for _ in range(round(SWEEP_EVERY_S / TICK_EVERY_S)):
                await asyncio.sleep(TICK_EVERY_S)
                self._on_tick()
            await self.sweep()

    async def sweep(self) -> None:
        """Judge the passing of time."""
        await self._time.sweep()
