"""Deadlines: each rung told once, together with those that came due with it, by the same incident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from alerts.episode import CheckFacts, Judgement, closing_of, incident_of
from alerts.incident import EventKind, IncidentEvent, Nature
from alerts.record import SubjectRecord
from alerts.state import due_rungs
from checks.model import Cause, Deadline, Finding, Observation, Rung

#: Told rungs of former deadlines are remembered this far, so that two servers that present two certificates
#: in turn are told of once each; older ones are forgotten.
MAX_TOLD = 128


def with_deadline(record: SubjectRecord, deadline: Deadline) -> SubjectRecord:
    return record if record.deadline == deadline else replace(record, deadline=deadline)


def told_name(deadline: Deadline, rung: str) -> str:
    """A rung's name among those told: a deadline that moved has rungs of its own."""
    return _told_prefix(deadline) + rung


def _told_prefix(deadline: Deadline) -> str:
    return f"{deadline.at.isoformat(timespec='seconds')}/"


def _told_of(record: SubjectRecord, deadline: Deadline) -> frozenset[str]:
    """Names of the rungs of this very deadline that were told."""
    prefix = _told_prefix(deadline)
    return frozenset(name.removeprefix(prefix) for name in record.told if name.startswith(prefix))


def judge_deadline(
    record: SubjectRecord, finding: Finding | None, facts: CheckFacts, now: datetime, new_id: Callable[[], str]
) -> Judgement:
    deadline = record.deadline
    if deadline is None:
        return Judgement(record)
    due = due_rungs(deadline.rungs, _told_of(record, deadline), now)
    if due:
        return _tell_deadline(record, deadline, due, finding, facts=facts, now=now, new_id=new_id)
    if record.deadline_incident is not None and all(now < rung.at for rung in deadline.rungs):
        event = closing_of(replace(record.deadline_incident, deadline=deadline), now, "the deadline has moved", new_id)
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
        incident = incident_of(record, facts, Nature.DEADLINE, seen, opened_at=now, since=now, new_id=new_id)
        kind = EventKind.OPENED
    else:
        incident, kind = standing, EventKind.REMINDER
        if finding is not None:
            incident = replace(incident, cause=finding.cause, summary=finding.summary, facts=finding.facts)
    incident = replace(incident, severity=due[0].status, deadline=deadline)
    names = [told_name(deadline, rung.name) for rung in due]
    told = frozenset(sorted(record.told)[-MAX_TOLD + len(names) :]) | set(names)
    event = IncidentEvent(id=new_id(), kind=kind, at=now, incident=incident, rung=due[0].name)
    return Judgement(replace(record, deadline_incident=incident, told=told), (event,))


def drop_deadline(record: SubjectRecord, seen: Observation, new_id: Callable[[], str]) -> Judgement:
    """An ok look without a deadline says that there is none any more: settled, renewed elsewhere."""
    events: tuple[IncidentEvent, ...] = ()
    if record.deadline_incident is not None:
        ended = replace(record.deadline_incident, facts=seen.finding.facts or record.deadline_incident.facts)
        events = (closing_of(ended, seen.observed_at, seen.finding.summary, new_id),)
    if record.deadline is None and not events:
        return Judgement(record)
    return Judgement(replace(record, deadline=None, told=frozenset(), deadline_incident=None), events)


def _last_finding(record: SubjectRecord) -> Finding:
    return Finding(
        subject=record.subject,
        status=record.status,
        cause=Cause.DUE if record.cause is Cause.NONE else record.cause,
        summary=record.summary,
        evidence=record.evidence,
    )
