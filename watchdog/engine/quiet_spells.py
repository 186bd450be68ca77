"""Spells in which nothing is heard of a subject and that nobody holds against it: for each there is a reason."""

from collections.abc import Callable, Mapping
from datetime import datetime

from alerts.judging.episode import CheckFacts
from alerts.judging.judge_fault import is_confirmed
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Status
from watchdog.engine.subjects import Subjects


class QuietSpells:
    """Knows since when it counts that nothing is heard.

    `sight_check` is the check by which others see: the name servers'.
    """

    def __init__(
        self, subjects: Subjects, sight_check: CheckId | None, now: datetime, is_blind: Callable[[], bool]
    ) -> None:
        """`is_blind` answers whether we see nothing at all, by the anchors."""
        self._subjects = subjects
        self._sight_check = sight_check
        self._is_blind = is_blind
        self._blind_until = self._all_blind_until = now
        self.awake_since = now
        """Since when somebody looks at all."""

    def notice(self, facts: Mapping[CheckId, CheckFacts], now: datetime) -> None:
        """Call at every sweep."""
        if self._is_blind():
            self._all_blind_until = now
        sight = self._sight_check
        if sight is not None and sight in facts and self._has_open_fault(sight, facts[sight], now):
            self._blind_until = now

    def woke(self, now: datetime) -> None:
        """While we were stopped or suspended nobody looked."""
        self.awake_since = now

    def turned(self, now: datetime) -> None:
        """Time has become another: what we went by until now measures no such spell."""
        self.awake_since = now
        self._blind_until = min(self._blind_until, now)
        self._all_blind_until = min(self._all_blind_until, now)

    def counts_since(self, record: SubjectRecord, facts: CheckFacts, now: datetime) -> datetime:
        """From when on the silence of a subject counts against it: `now` where it is explained.

        A standing fault of the same check explains it: the certificate of a server that is down. So does that of the
        check by which all others see, to those that are blind; and once it is over, they have their time again.
        """
        if self._has_open_fault(record.check_id, facts, now):
            return now
        sighted = max(self.awake_since, self._all_blind_until)
        is_blind = record.status is Status.UNKNOWN and record.cause is Cause.BLIND
        return max(sighted, self._blind_until) if is_blind else sighted

    def _has_open_fault(self, check_id: CheckId, facts: CheckFacts, now: datetime) -> bool:
        return any(
            is_confirmed(one.record.fault) and now - one.judged_at <= facts.stale_after
            for one in self._subjects.at_fault(check_id)
        )
