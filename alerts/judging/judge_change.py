"""Changes: each is told once, by an incident that opens and closes in the instant it was noticed."""

from collections.abc import Callable, Iterator

from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.judging.episode import CheckFacts
from alerts.record import SubjectRecord
from checks.model import Cause, Change, Observation, Status

#: Stands in the history of every change.
WHY_CLOSED = "a change is told once"


def judge_changes(
    record: SubjectRecord, seen: Observation, facts: CheckFacts, new_id: Callable[[], str]
) -> Iterator[IncidentEvent]:
    """One event for each change that a look noticed, whatever else it saw. Nothing of it stays with the subject.

    What is routine gets the severity OK: it is kept, and planned for nobody (alerts.plan).
    """
    for change in seen.finding.changes:
        incident = _incident_of(record, change, seen, facts, new_id())
        yield IncidentEvent(id=new_id(), kind=EventKind.NOTICE, at=seen.observed_at, incident=incident)


def _incident_of(record: SubjectRecord, change: Change, seen: Observation, facts: CheckFacts, id_: str) -> Incident:
    return Incident(
        id=id_,
        check_id=record.check_id,
        subject=record.subject,
        nature=Nature.CHANGE,
        kind=facts.kind,
        service=facts.service,
        labels=facts.labels,
        severity=Status.OK if change.is_routine else Status.WARNING,
        cause=Cause.NONE,
        summary=change.summary,
        changed=change.what,
        facts=change.facts,
        evidence=seen.finding.evidence,
        opened_at=seen.observed_at,
        since=seen.observed_at,
        closed_at=seen.observed_at,
        close_reason=WHY_CLOSED,
    )
