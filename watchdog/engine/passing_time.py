"""What passing time does to subjects that nobody looked at: rungs come due, silence becomes staleness."""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.judge import judge_passing_time, quiet_until
from alerts.judging.set_right import is_ahead, set_right
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId
from watchdog.clock import Clock, Ids
from watchdog.engine.breath import Breath
from watchdog.engine.quiet_spells import QuietSpells
from watchdog.engine.subjects import Subject, Subjects

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: How often rungs and staleness are judged where nothing was seen.
SWEEP_EVERY_S = 30.0

#: Subjects judged between two breaths of the loop, where they take no longer than one does.
SWEPT_IN_ONE_GO = 200


class PassingTime:
    """Goes over all subjects now and then. `apply` takes what changed, `signal` has it written."""

    def __init__(
        self,
        subjects: Subjects,
        spells: QuietSpells,
        *,
        clock: Clock,
        ids: Ids,
        apply: Callable[[Judgement], None],
        signal: Callable[[], None],
    ) -> None:
        self._subjects = subjects
        self._spells = spells
        self._clock = clock
        self._ids = ids
        self._apply = apply
        self._signal = signal
        self._known_since: Mapping[CheckId, datetime] = {}
        self._facts: Mapping[CheckId, CheckFacts] = {}

    def configure(self, facts: Mapping[CheckId, CheckFacts]) -> None:
        now = self._clock()
        self._known_since = {check_id: self._known_since.get(check_id, now) for check_id in facts}
        self._facts = facts
        for subject in self._subjects:
            subject.wake()

    def turned(self, now: datetime) -> None:
        """Time has become another."""
        self._known_since = {check_id: min(since, now) for check_id, since in self._known_since.items()}
        self._spells.turned(now)
        for subject in self._subjects:
            subject.wake()

    def set_right(self) -> bool:
        """Take back what was seen and told by a clock that was ahead; whether there was any such thing."""
        now = self._clock()
        misled = [subject for subject in self._subjects if is_ahead(subject.current(), now)]
        for subject in misled:
            self._apply(set_right(subject.current(), now, self._ids))
            subject.last = None  # what it said is in the record now
        if misled:
            log.warning("what a clock that was ahead left behind is set right", subjects=len(misled))
        return bool(misled)

    async def sweep(self) -> None:
        """Judge the passing of time: rungs that came due unseen, subjects that nobody can judge any more."""
        now = self._clock()
        self._spells.notice(self._facts, now)
        self._miss_the_unseen(now)
        breath = Breath()
        for number, subject in enumerate(tuple(self._subjects)):
            facts = self._facts.get(subject.record.check_id)
            if facts is not None and subject.quiet_until <= now and self._stands(subject):
                self._pass_time(subject, facts, now)
            if breath.is_due or number % SWEPT_IN_ONE_GO == 0:
                self._signal()
                await breath.take()
                now = self._clock()  # it may have been set right meanwhile
        self._signal()

    def _stands(self, subject: Subject) -> bool:
        """Whether it is still what it was when the sweep began: a look may have ended it between two breaths."""
        return self._subjects.get(subject.record.check_id, subject.record.subject) is subject

    def _miss_the_unseen(self, now: datetime) -> None:
        """A check that never had a look at all has no subject yet that could go stale."""
        for check_id, facts in self._facts.items():
            since = max(self._known_since[check_id], self._spells.awake_since)
            if now - since > facts.stale_after and not self._subjects.of(check_id):
                unseen = SubjectRecord(
                    check_id=check_id,
                    subject=facts.subject or check_id,
                    cause=Cause.STALE,
                    summary="it has never been looked at",
                    seen_at=since,
                    judged_at=since,
                )
                self._apply(Judgement(unseen))

    def _pass_time(self, subject: Subject, facts: CheckFacts, now: datetime) -> None:
        record = subject.current()
        sighted_since = self._spells.counts_since(record, facts, now)
        judged = judge_passing_time(record, facts, now, self._ids, sighted_since=sighted_since)
        if judged.events:
            self._apply(judged)
        subject.quiet_until = quiet_until(judged.record, facts, now)
