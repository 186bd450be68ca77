"""Silence that is not held against a subject: nobody looked, or nobody could see, or somebody knows why."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from alerts.episode import CheckFacts
from alerts.record import SubjectRecord
from alerts.state import Open
from checks.model import Cause, CheckId, Status
from watchdog.engine.subjects import Subjects

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: Sweeps that must be missing before we say that we were asleep.
MISSED_SWEEPS = 4


class Silence:
    """Knows since when silence counts. `sight_check` is the check by which others see: the name servers'."""

    def __init__(self, subjects: Subjects, sight_check: CheckId | None, sweep_every_s: float, now: datetime) -> None:
        self._subjects = subjects
        self._sight_check = sight_check
        self._asleep_after = MISSED_SWEEPS * timedelta(seconds=sweep_every_s)
        self._swept_at = self._blind_until = now
        self.awake_since = now
        """Since when somebody looks at all."""

    def notice(self, facts: Mapping[CheckId, CheckFacts], now: datetime) -> None:
        """Call at every sweep. While we were stopped or suspended nobody looked."""
        if abs(now - self._swept_at) > self._asleep_after:
            self.awake_since = now
            log.warning("was asleep or the clock has jumped", since=self._swept_at.isoformat())
        self._swept_at = now
        sight = self._sight_check
        if sight is not None and sight in facts and self._has_open_fault(sight, facts[sight], now):
            self._blind_until = now

    def counts_since(self, record: SubjectRecord, facts: CheckFacts, now: datetime) -> datetime:
        """From when on the silence of a subject counts against it: `now` where it is explained.

        A standing fault of the same check explains it: the certificate of a server that is down. So does that of the
        check by which all others see, to those that are blind; and once it is over, they have their time again.
        """
        if self._has_open_fault(record.check_id, facts, now):
            return now
        is_blind = record.status is Status.UNKNOWN and record.cause is Cause.BLIND
        return max(self.awake_since, self._blind_until) if is_blind else self.awake_since

    def _has_open_fault(self, check_id: CheckId, facts: CheckFacts, now: datetime) -> bool:
        return any(
            isinstance(one.record.fault, Open) and now - one.judged_at <= facts.stale_after
            for one in self._subjects.of(check_id)
        )
