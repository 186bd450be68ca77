"""Every subject as it stands in memory; metrics and pages read it, the process alone writes it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from alerts.drills.drill import DRILL_CHECK
from alerts.incident import Acknowledgement, Incident
from alerts.judging.judge_fault import is_confirmed
from alerts.record import SubjectRecord
from checks.model import CheckId, Measurement, Observation, Status

#: How old the written words of a look may be while later looks say something else: `status` reads what is written.
REWRITE_AFTER = timedelta(seconds=60)

_AT_ONCE = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Subject:
    """A subject's record and its last look. A routine look renews the look alone: that is the hot path."""

    record: SubjectRecord
    written: SubjectRecord
    """The record as it was last given to the store."""
    last: Observation | None = None
    """The last look since the start; None until there is one, then the record's own last look stands."""

    quiet_until: datetime = _AT_ONCE
    """Before this instant passing time alone changes nothing (alerts.judging.judge.quiet_until)."""

    def wake(self) -> None:
        """Let passing time be judged anew: something it depends on has changed."""
        self.quiet_until = _AT_ONCE

    def has_old_words(self, seen: Observation) -> bool:
        """Whether what is written tells words that `seen`, the last look, does not, and has done so for long."""
        return seen.observed_at - self.written.seen_at >= REWRITE_AFTER and seen.finding.summary != self.written.summary

    def look(self, seen: Observation) -> None:
        """Take a routine look (alerts.judging.judge.is_routine): nothing to judge, only the observation to write."""
        self.last = seen

    @property
    def seen_at(self) -> datetime:
        return self.record.seen_at if self.last is None else self.last.observed_at

    @property
    def judged_at(self) -> datetime:
        if self.last is not None and self.last.finding.status is not Status.UNKNOWN:
            return self.last.observed_at
        return self.record.judged_at

    @property
    def duration_s(self) -> float:
        return self.record.duration_s if self.last is None else self.last.duration_s

    @property
    def good_at(self) -> datetime | None:
        if self.last is not None and self.last.finding.status is Status.OK:
            return self.last.observed_at
        return self.record.good_at

    @property
    def status(self) -> Status:
        return self.record.status if self.last is None else self.last.finding.status

    def last_look(self) -> tuple[datetime, datetime | None, Status, float]:
        """`seen_at`, `good_at`, `status` and `duration_s` at once, for who reads all subjects: it is half the price."""
        if self.last is None:
            record = self.record
            return record.seen_at, record.good_at, record.status, record.duration_s
        at, status = self.last.observed_at, self.last.finding.status
        return at, at if status is Status.OK else self.record.good_at, status, self.last.duration_s

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """Those of the last look; with them dates that it could not see, see alerts.judging.judge.looked_at."""
        if self.last is None or self.last.observed_at == self.record.seen_at:
            return self.record.measurements
        return self.last.finding.measurements

    def current(self) -> SubjectRecord:
        """The record with the words, times and numbers of the last look, for judging the next one."""
        if self.last is None or self.last.observed_at == self.record.seen_at:
            return self.record
        at, finding = self.last.observed_at, self.last.finding
        return replace(
            self.record,
            summary=finding.summary,
            evidence=finding.evidence,
            measurements=finding.measurements,
            duration_s=self.last.duration_s,
            seen_at=at,
            judged_at=at,
            good_at=at if finding.status is Status.OK else self.record.good_at,
        )


def _wakes(before: SubjectRecord, after: SubjectRecord) -> bool:
    return (
        before.deadline is not after.deadline
        or before.stale_incident is not after.stale_incident
        or list(map(_answer, before.incidents)) != list(map(_answer, after.incidents))
    )


def _answer(incident: Incident) -> tuple[Acknowledgement | None, bool]:
    """An acknowledgement ends only while it is bad."""
    return incident.acknowledged, incident.is_still_bad


class Subjects:
    """All subjects by check and subject name. Drills are kept apart: whoever goes over what is watched meets none."""

    def __init__(self, records: Iterable[SubjectRecord] = ()) -> None:
        self._by_check: dict[CheckId, dict[str, Subject]] = {}
        self._at_fault: dict[CheckId, dict[str, Subject]] = {}
        self._whole: set[CheckId] = set()
        for record in records:
            subject = self._by_check.setdefault(record.check_id, {})[record.subject] = Subject(record, record)
            self._mark(subject)

    def get(self, check_id: CheckId, subject: str) -> Subject | None:
        return self._by_check.get(check_id, {}).get(subject)

    def put(self, record: SubjectRecord, last: Observation | None, *, is_written: bool = True) -> Subject:
        """`is_written` says that the record goes to the store as well."""
        of_check = self._by_check.setdefault(record.check_id, {})
        standing = of_check.get(record.subject)
        if standing is None:
            standing = of_check[record.subject] = Subject(record, record, last)
            self._mark(standing)
            return standing
        if _wakes(standing.record, record):
            standing.wake()
        standing.record, standing.last = record, last or standing.last
        if is_written:
            standing.written = record
        self._mark(standing)
        return standing

    def _mark(self, subject: Subject) -> None:
        record = subject.record
        if record.fault_incident is not None or is_confirmed(record.fault):
            self._at_fault.setdefault(record.check_id, {})[record.subject] = subject
        elif self._at_fault:
            self._unmark(record.check_id, record.subject)

    def _unmark(self, check_id: CheckId, subject: str) -> None:
        of_check = self._at_fault.get(check_id, {})
        of_check.pop(subject, None)
        if not of_check:
            self._at_fault.pop(check_id, None)

    def at_fault(self, check_id: CheckId | None = None) -> tuple[Subject, ...]:
        """Those with a confirmed fault or an open incident of one, of one check or of all: few among many."""
        if check_id is not None:
            return tuple(self._at_fault.get(check_id, {}).values())
        watched = (of_check for id_, of_check in self._at_fault.items() if id_ != DRILL_CHECK)
        return tuple(subject for of_check in watched for subject in of_check.values())

    def of(self, check_id: CheckId) -> tuple[Subject, ...]:
        return tuple(self._by_check.get(check_id, {}).values())

    def count(self, check_id: CheckId) -> int:
        return len(self._by_check.get(check_id, ()))

    def forget(self, check_id: CheckId, subject: str) -> None:
        of_check = self._by_check.get(check_id, {})
        of_check.pop(subject, None)
        if not of_check:
            self._by_check.pop(check_id, None)
        self._unmark(check_id, subject)

    def complete(self, check_id: CheckId) -> None:
        """All that a look saw is here; the first one of thousands comes in pieces."""
        self._whole.add(check_id)

    def begin_anew(self, check_id: CheckId) -> None:
        """What is here was seen elsewhere, by settings that hold no more."""
        self._whole.discard(check_id)

    def is_whole(self, check_id: CheckId) -> bool:
        """Whether a look of this life is over: until then, some subjects are missing or as a life before left them."""
        return check_id in self._whole

    def check_ids(self) -> tuple[CheckId, ...]:
        return tuple(check_id for check_id in self._by_check if check_id != DRILL_CHECK)

    def __iter__(self) -> Iterator[Subject]:
        for check_id, of_check in tuple(self._by_check.items()):
            if check_id != DRILL_CHECK:
                yield from tuple(of_check.values())

    @property
    def drills(self) -> tuple[Subject, ...]:
        """What is only played, and drills that are over and not reported yet: those have no incident any more."""
        return self.of(DRILL_CHECK)

    def holding(self, incident_id: str) -> Subject:
        """The subject with this open incident. Raises KeyError where there is none."""
        for subject in chain(self.drills, self):
            if any(incident.id == incident_id for incident in subject.record.incidents):
                return subject
        raise KeyError(incident_id)

    def incidents(self) -> Iterator[Incident]:
        for subject in self:
            yield from subject.record.incidents
