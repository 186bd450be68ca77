"""From what was seen, or from time passing, to incidents: pure, one subject at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.record import SubjectRecord
from alerts.state import Closed, Healthy, Open, Opened, Threshold, advance, due_rungs
from checks.model import Cause, Deadline, Finding, Observation, Rung, Status

#: A subject is stale after this many intervals without a judgement, but never sooner than STALE_AT_LEAST.
STALE_INTERVALS = 5
STALE_AT_LEAST = timedelta(minutes=10)

#: Told rungs of former deadlines are remembered this far, so that two servers that present two certificates
#: in turn are told of once each; older ones are forgotten.
MAX_TOLD = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """What judging needs to know of a check."""

    kind: str
    service: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    rule: Threshold = field(default_factory=Threshold)
    interval_s: float = 60.0

    @property
    def stale_after(self) -> timedelta:
        return max(timedelta(seconds=STALE_INTERVALS * self.interval_s), STALE_AT_LEAST)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The subject as it stands now, and what happened to its incidents."""

    record: SubjectRecord
    events: tuple[IncidentEvent, ...] = ()


def is_routine(record: SubjectRecord, finding: Finding) -> bool:
    """Whether a look changes nothing but its time and numbers: well before, as well now, no deadline anywhere."""
    return (
        finding.status is record.status
        and (finding.status is Status.OK or finding.status is Status.WARNING)
        and finding.cause is record.cause
        and finding.deadline is None
        and record.deadline is None
        and record.stale_incident is None
        and type(record.fault) is Healthy
    )


def is_same_judgement(before: SubjectRecord, after: SubjectRecord) -> bool:
    """Whether two records differ in their last look's time and numbers alone, which need no writing."""
    return (
        before.status is after.status
        and before.cause is after.cause
        and before.fault == after.fault
        and before.deadline == after.deadline
        and before.told == after.told
        and before.incidents == after.incidents
    )


def first_record(seen: Observation) -> SubjectRecord:
    """The record of a subject nobody has looked at before."""
    return looked_at(
        SubjectRecord(
            check_id=seen.check_id,
            subject=seen.finding.subject,
            seen_at=seen.observed_at,
            judged_at=seen.observed_at,
        ),
        seen,
    )


def looked_at(record: SubjectRecord, seen: Observation) -> SubjectRecord:
    """`record` with `seen` as its last look and nothing judged."""
    finding, at = seen.finding, seen.observed_at
    return replace(
        record,
        status=finding.status,
        cause=finding.cause,
        summary=finding.summary,
        evidence=finding.evidence,
        measurements=finding.measurements,
        duration_s=seen.duration_s,
        seen_at=at,
        judged_at=record.judged_at if finding.status is Status.UNKNOWN else at,
        good_at=at if finding.status is Status.OK else record.good_at,
    )


def judge(record: SubjectRecord | None, seen: Observation, facts: CheckFacts, new_id: Callable[[], str]) -> Judgement:
    """The subject after one more look. Unknown changes the last look and nothing else."""
    record = first_record(seen) if record is None else looked_at(record, seen)
    if seen.finding.status is Status.UNKNOWN:
        return Judgement(record)
    record, events = _end_staleness(record, seen.observed_at, new_id)
    if seen.finding.deadline is not None:
        record = _with_deadline(record, seen.finding.deadline)
        judged = _judge_deadline(record, seen.finding, facts, seen.observed_at, new_id)
    else:
        judged = _judge_fault(record, seen, facts, new_id)
        if seen.finding.status is Status.OK:
            settled = _drop_deadline(judged.record, seen, new_id)
            judged = Judgement(settled.record, judged.events + settled.events)
    return Judgement(judged.record, events + judged.events)


def judge_passing_time(
    record: SubjectRecord, facts: CheckFacts, now: datetime, new_id: Callable[[], str], *, sighted_since: datetime
) -> Judgement:
    """The subject when nothing new was seen: rungs come due, and looks that judge nothing go stale.

    `sighted_since` is when the daemon began to look; time before it is not the subject's fault. It is also how
    a caller says that the silence is explained, by handing in `now`.
    """
    judged = Judgement(record)
    if record.deadline is not None:
        judged = _judge_deadline(record, None, facts, now, new_id)
    if record.stale_incident is None and now - max(record.judged_at, sighted_since) > facts.stale_after:
        stale = _open_staleness(judged.record, facts, now, new_id)
        return Judgement(stale.record, judged.events + stale.events)
    return judged


def retire(record: SubjectRecord, reason: str, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """The subject of a check that is no longer configured: its incidents close with `reason`."""
    events = tuple(_closing(incident, now, reason, new_id) for incident in record.incidents)
    return Judgement(
        replace(record, fault_incident=None, deadline_incident=None, stale_incident=None, deadline=None), events
    )


# Faults -----------------------------------------------------------------------------------------------------------


def _judge_fault(record: SubjectRecord, seen: Observation, facts: CheckFacts, new_id: Callable[[], str]) -> Judgement:
    state, change = advance(record.fault, seen.finding.status, seen.observed_at, facts.rule)
    record = replace(record, fault=state)
    match change:
        case Opened(since):
            incident = _incident(
                record, facts, Nature.FAULT, seen.finding, opened_at=seen.observed_at, since=since, new_id=new_id
            )
            event = _event(EventKind.OPENED, incident, seen.observed_at, new_id)
            return Judgement(replace(record, fault_incident=incident), (event,))
        case Closed(at):
            if record.fault_incident is None:  # a state older than its incident row; nothing to tell
                return Judgement(record)
            event = _closing(record.fault_incident, at, seen.finding.summary, new_id)
            return Judgement(replace(record, fault_incident=None), (event,))
        case None:
            return Judgement(record)


# Deadlines --------------------------------------------------------------------------------------------------------


def _with_deadline(record: SubjectRecord, deadline: Deadline) -> SubjectRecord:
    return record if record.deadline == deadline else replace(record, deadline=deadline)


def told_name(deadline: Deadline, rung: Rung) -> str:
    """A rung's name among those told: a deadline that moved has rungs of its own."""
    return f"{deadline.at:%Y-%m-%dT%H:%M:%S}/{rung.name}"


def _judge_deadline(
    record: SubjectRecord, finding: Finding | None, facts: CheckFacts, now: datetime, new_id: Callable[[], str]
) -> Judgement:
    deadline = record.deadline
    if deadline is None:
        return Judgement(record)
    told = frozenset(rung.name for rung in deadline.rungs if told_name(deadline, rung) in record.told)
    due = due_rungs(deadline.rungs, told, now)
    if due:
        return _tell_deadline(record, deadline, due, finding, facts=facts, now=now, new_id=new_id)
    if record.deadline_incident is not None and all(now < rung.at for rung in deadline.rungs):
        event = _closing(replace(record.deadline_incident, deadline=deadline), now, "the deadline has moved", new_id)
        return Judgement(replace(record, deadline_incident=None), (event,))
    return Judgement(record)


def _tell_deadline(
    record: SubjectRecord,
    deadline: Deadline,
    due: list[Rung],
    finding: Finding | None,
    *,
    facts: CheckFacts,
    now: datetime,
    new_id: Callable[[], str],
) -> Judgement:
    """One event for all rungs that came due together; the most urgent one gives the severity."""
    standing = record.deadline_incident
    if standing is None:
        seen = finding or _last_finding(record)
        incident = _incident(record, facts, Nature.DEADLINE, seen, opened_at=now, since=now, new_id=new_id)
        kind = EventKind.OPENED
    else:
        incident, kind = standing, EventKind.REMINDER
        if finding is not None:
            incident = replace(incident, cause=finding.cause, summary=finding.summary, facts=finding.facts)
    incident = replace(incident, severity=due[0].status, deadline=deadline)
    names = [told_name(deadline, rung) for rung in due]
    told = frozenset(sorted(record.told)[-MAX_TOLD + len(names) :]) | set(names)
    event = IncidentEvent(id=new_id(), kind=kind, at=now, incident=incident, rung=due[0].name)
    return Judgement(replace(record, deadline_incident=incident, told=told), (event,))


def _drop_deadline(record: SubjectRecord, seen: Observation, new_id: Callable[[], str]) -> Judgement:
    """An ok look without a deadline says that there is none any more: settled, renewed elsewhere."""
    events: tuple[IncidentEvent, ...] = ()
    if record.deadline_incident is not None:
        ended = replace(record.deadline_incident, facts=seen.finding.facts or record.deadline_incident.facts)
        events = (_closing(ended, seen.observed_at, seen.finding.summary, new_id),)
    if record.deadline is None and not events:
        return Judgement(record)
    return Judgement(replace(record, deadline=None, told=frozenset(), deadline_incident=None), events)


# Staleness --------------------------------------------------------------------------------------------------------


def _open_staleness(record: SubjectRecord, facts: CheckFacts, now: datetime, new_id: Callable[[], str]) -> Judgement:
    why = record.summary or "no answer"
    finding = Finding(
        subject=record.subject,
        status=Status.WARNING,
        cause=Cause.STALE,
        summary=f"{record.subject}: cannot be judged any more; last look: {why}",
        evidence=record.evidence,
    )
    incident = _incident(record, facts, Nature.STALENESS, finding, opened_at=now, since=record.judged_at, new_id=new_id)
    return Judgement(replace(record, stale_incident=incident), (_event(EventKind.OPENED, incident, now, new_id),))


def _end_staleness(
    record: SubjectRecord, at: datetime, new_id: Callable[[], str]
) -> tuple[SubjectRecord, tuple[IncidentEvent, ...]]:
    if record.stale_incident is None:
        return record, ()
    event = _closing(record.stale_incident, at, "it can be judged again", new_id)
    return replace(record, stale_incident=None), (event,)


# Shared -----------------------------------------------------------------------------------------------------------


def _last_finding(record: SubjectRecord) -> Finding:
    return Finding(
        subject=record.subject,
        status=record.status,
        cause=Cause.DUE if record.cause is Cause.NONE else record.cause,
        summary=record.summary,
        evidence=record.evidence,
    )


def _incident(
    record: SubjectRecord,
    facts: CheckFacts,
    nature: Nature,
    finding: Finding,
    *,
    opened_at: datetime,
    since: datetime,
    new_id: Callable[[], str],
) -> Incident:
    return Incident(
        id=new_id(),
        check_id=record.check_id,
        subject=record.subject,
        nature=nature,
        kind=facts.kind,
        service=facts.service,
        labels=facts.labels,
        severity=finding.status,
        cause=finding.cause,
        summary=finding.summary,
        facts=finding.facts,
        evidence=finding.evidence,
        opened_at=opened_at,
        since=since,
    )


def _event(kind: EventKind, incident: Incident, at: datetime, new_id: Callable[[], str]) -> IncidentEvent:
    return IncidentEvent(id=new_id(), kind=kind, at=at, incident=incident)


def _closing(incident: Incident, at: datetime, reason: str, new_id: Callable[[], str]) -> IncidentEvent:
    return _event(EventKind.RESOLVED, replace(incident, closed_at=at, close_reason=reason), at, new_id)


def is_suspect(record: SubjectRecord) -> bool:
    """Whether the next look should come soon: something failed and nobody knows yet whether it lasts."""
    return not isinstance(record.fault, Healthy | Open)
