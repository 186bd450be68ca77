"""What a look means, by the code that ships: judging, kinship, maintenance; only rows and stores are missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from alerts.incident import IncidentEvent
from alerts.judging.episode import CheckFacts, Judgement
from alerts.judging.fault import advance
from alerts.judging.judge import is_routine, judge, needs_haste
from alerts.mutes.mute import Mute
from alerts.mutes.overrun import tell_again
from alerts.record import SubjectRecord
from alerts.roots.covering import Alone, Place, Wait
from alerts.roots.family import Family
from benchmarks.quality.estate import Check
from benchmarks.quality.mechanisms import Mechanisms
from benchmarks.quality.sight import instant
from checks import estate as settings
from checks.model import Cause, CheckId, Finding, Observation, Status
from watchdog.engine.kinship import Kinship
from watchdog.engine.subjects import Subject, Subjects

#: Every check has one subject.
SUBJECT = "target"

_FINDINGS: Mapping[Status, Finding] = {
    Status.OK: Finding(subject=SUBJECT, status=Status.OK, summary="answers"),
    Status.CRITICAL: Finding(subject=SUBJECT, status=Status.CRITICAL, cause=Cause.TIMEOUT, summary="does not answer"),
    Status.UNKNOWN: Finding(subject=SUBJECT, status=Status.UNKNOWN, cause=Cause.BLIND, summary="not judged"),
}


class Judgements:
    """Holds the record of every check. `heard` is told every event, in order."""

    def __init__(
        self,
        checks: Sequence[Check],
        mechanisms: Mechanisms,
        *,
        look_soon: Callable[[Iterable[CheckId], float], None],
        refresh: Callable[[CheckId], None],
        heard: Callable[[IncidentEvent], None],
    ) -> None:
        """`refresh` is called before others ask how a check stands: looks that were not run are caught up there."""
        self.now = instant(0)
        self._with = mechanisms
        self._heard = heard
        self._ids = map(str, count(1))
        self._subjects = _Asked(map(_unseen, checks), refresh)
        self._facts = {CheckId(one.id): _facts(one, mechanisms) for one in checks}
        hurry = look_soon if mechanisms.hurried_parents else _nobody
        self._kinship = Kinship(self._subjects, clock=lambda: self.now, ids=self._new_id, look_soon=hurry)
        family = family_of(checks) if mechanisms.roots else Family()
        self._kinship.configure(family, self._facts, settings.Estate(name="", time_zone=ZoneInfo("UTC")))

    def subject(self, check_id: CheckId) -> Subject:
        found = self._subjects.get(check_id, SUBJECT)
        assert found is not None
        return found

    def look(self, check_id: CheckId, status: Status, tick: int) -> bool:
        """Judge one look; whether the next one should come soon."""
        self.now = instant(tick)
        seen, subject, facts = seen_at(check_id, status, self.now), self.subject(check_id), self._facts[check_id]
        if is_routine(subject.record, seen):
            subject.look(seen)
            return False
        judged = self._lightly(subject, seen, facts) if self._with.skipping else None
        if judged is None:
            judged = judge(subject.current(), seen, facts, self._new_id, self._place)
        judged = self._kinship.after_look(judged, facts)
        if judged.record is not subject.record or judged.events:
            self._apply(judged, seen)
        return needs_haste(judged.record)

    def _lightly(self, subject: Subject, seen: Observation, facts: CheckFacts) -> Judgement | None:
        """What judging would say of a look that is no turn, for less; None where it may say more.

        Seven looks in eight are such: that the rest is the same is what a test proves.
        """
        record, status, at = subject.record, seen.finding.status, seen.observed_at
        if status is Status.UNKNOWN or at - subject.judged_at > facts.stale_after:
            return None
        fault, turn = advance(record.fault, status, at, facts.rule)
        if turn is not None:
            return None
        if status is record.status and fault == record.fault:
            subject.look(seen)
            is_part = record.fault_incident is not None and record.fault_incident.root is not None
            return Judgement(subject.current() if is_part else record)
        return Judgement(
            replace(
                record,
                status=status,
                cause=seen.finding.cause,
                summary=seen.finding.summary,
                fault=fault,
                seen_at=at,
                judged_at=at,
                good_at=at if status is Status.OK else subject.good_at,
            )
        )

    def end_window(self, check_id: CheckId, mute: Mute, tick: int) -> None:
        """What is still bad when `mute` is over is told again."""
        self.now = instant(tick)
        record = self.subject(check_id).current()
        heard = {one.id for one in record.incidents if one.opened_at < mute.starts_at}
        self._apply(tell_again(record, mute, (), "still bad", now=self.now, heard=heard), None)

    def _apply(self, judged: Judgement, seen: Observation | None) -> None:
        """As watchdog.engine.process does, but for rows."""
        self._subjects.put(judged.record, seen)
        for event in map(self._kinship.with_parts, judged.events):
            self._heard(event)
        for event in judged.events:
            for further in self._kinship.follow(event):
                self._apply(further, None)

    def _place(self, record: SubjectRecord, /, *, since: datetime, ready_at: datetime, now: datetime) -> Place:
        place = self._kinship.place(record, since=since, ready_at=ready_at, now=now)
        return Alone() if isinstance(place, Wait) and not self._with.wait_for_root else place

    def _new_id(self) -> str:
        return next(self._ids)


class _Asked(Subjects):
    """Subjects of which some were looked at without a look having been run."""

    def __init__(self, records: Iterable[SubjectRecord], refresh: Callable[[CheckId], None]) -> None:
        super().__init__(records)
        self._refresh = refresh

    def of(self, check_id: CheckId) -> tuple[Subject, ...]:
        self._refresh(check_id)
        return super().of(check_id)


def seen_at(check_id: CheckId, status: Status, at: datetime) -> Observation:
    return Observation(check_id=check_id, finding=_FINDINGS[status], observed_at=at, duration_s=0.0)


def _unseen(check: Check) -> SubjectRecord:
    """All was well when the watch began."""
    at = instant(-1)
    return SubjectRecord(
        check_id=CheckId(check.id),
        subject=SUBJECT,
        status=Status.OK,
        summary=_FINDINGS[Status.OK].summary,
        seen_at=at,
        judged_at=at,
        good_at=at,
    )


def _facts(check: Check, mechanisms: Mechanisms) -> CheckFacts:
    return CheckFacts(kind="tcp", subject=SUBJECT, service=check.service or None, rule=mechanisms.rule)


def _nobody(_check_ids: Iterable[CheckId], _within_s: float) -> None:
    pass


def family_of(checks: Sequence[Check]) -> Family:
    """Everybody's relatives, near and far, from the parents an estate names."""
    parents = {one.id: one.parents for one in checks}
    above = {CheckId(one.id): found for one in checks if (found := _above(one.id, parents))}
    below: dict[CheckId, list[CheckId]] = {}
    for check_id, relatives in above.items():
        for relative in relatives:
            below.setdefault(relative, []).append(check_id)
    return Family(above=above, below={check_id: tuple(lower) for check_id, lower in below.items()})


def _above(check: str, parents: Mapping[str, Sequence[str]]) -> tuple[CheckId, ...]:
    ahead = list(parents[check])
    for one in ahead:
        ahead += [parent for parent in parents[one] if parent not in ahead]
    return tuple(map(CheckId, dict.fromkeys(ahead)))
