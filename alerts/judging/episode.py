"""What judging works with: facts of a check, its answer, and incidents as they begin and end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.judging.fault import Threshold
from alerts.record import SubjectRecord
from checks.model import CheckId, Finding

#: A subject is stale after this many intervals without a judgement, but never sooner than STALE_AT_LEAST.
STALE_INTERVALS = 5
STALE_AT_LEAST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """What judging needs to know of a check."""

    kind: str
    subject: str = ""
    """The check's primary subject, whether it was seen yet or not."""
    service: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    rule: Threshold = field(default_factory=Threshold)
    interval_s: float = 60.0
    formerly: CheckId | None = None
    """The id it had before it was renamed."""
    is_on_record: bool = False
    """Other options are no other target: see CheckKind."""

    @property
    def stale_after(self) -> timedelta:
        return max(timedelta(seconds=STALE_INTERVALS * self.interval_s), STALE_AT_LEAST)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The subject as it stands now, and what happened to its incidents."""

    record: SubjectRecord
    events: tuple[IncidentEvent, ...] = ()


def incident_of(
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


def event_of(kind: EventKind, incident: Incident, at: datetime, new_id: Callable[[], str]) -> IncidentEvent:
    return IncidentEvent(id=new_id(), kind=kind, at=at, incident=incident)


def closing_of(
    incident: Incident, at: datetime, reason: str, new_id: Callable[[], str], *, closed_at: datetime | None = None
) -> IncidentEvent:
    """The end, told at `at`; `closed_at` is when it became well, where that was earlier."""
    ended = replace(incident, closed_at=closed_at or at, close_reason=reason)
    return event_of(EventKind.RESOLVED, ended, at, new_id)
