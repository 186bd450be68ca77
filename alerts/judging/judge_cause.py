"""A fault that turns into another while its incident stands: recorded, and told once for each class of causes."""

from collections.abc import Callable
from dataclasses import replace

from alerts.incident import EventKind, Incident
from alerts.judging.episode import Judgement, event_of
from alerts.record import SubjectRecord
from checks.model import Cause, Finding, Observation

#: Looks in a row that must see another cause before the incident takes it.
LOOKS_TO_BELIEVE = 3

#: Faces of one trouble, that nobody gets through: which of them a look meets is chance, and no news to anybody.
UNREACHED: frozenset[Cause] = frozenset(
    {
        Cause.REFUSED,
        Cause.TIMEOUT,
        Cause.UNREACHABLE,
        Cause.NAME_NOT_FOUND,
        Cause.NAME_FAILED,
        Cause.TLS_HANDSHAKE,
        Cause.PROTOCOL,
    }
)


def cause_class(cause: Cause) -> Cause:
    """The cause that stands for all that are told as one."""
    return Cause.UNREACHABLE if cause in UNREACHED else cause


def judge_cause(record: SubjectRecord, seen: Observation, new_id: Callable[[], str]) -> Judgement:
    """The open fault after one more look: one event when a class of causes is believed for the first time.

    So an incident makes at most one message for each class, however often its causes alternate.
    """
    incident, finding = record.fault_incident, seen.finding
    if incident is None:
        return Judgement(record)
    if finding.status is not incident.severity or finding.cause is incident.cause:
        return Judgement(_waiting(record, None, 0))
    other = _what_to_count(incident, finding.cause)
    looks = record.other_looks + 1 if other is record.other_cause else 1
    if looks < LOOKS_TO_BELIEVE:
        return Judgement(_waiting(record, other, looks))
    turned = with_words(incident, finding)
    record = replace(_waiting(record, None, 0), fault_incident=turned)
    if cause_class(finding.cause) in _classes_had(incident):
        return Judgement(record)
    return Judgement(record, (event_of(EventKind.SEVERITY, turned, seen.observed_at, new_id),))


def _what_to_count(incident: Incident, cause: Cause) -> Cause:
    """Another class counts as a whole, whichever of its faces each look meets."""
    other = cause_class(cause)
    return cause if other is cause_class(incident.cause) else other


def _waiting(record: SubjectRecord, cause: Cause | None, looks: int) -> SubjectRecord:
    if record.other_cause is cause and record.other_looks == looks:
        return record
    return replace(record, other_cause=cause, other_looks=looks)


def _classes_had(incident: Incident) -> frozenset[Cause]:
    return frozenset(cause_class(cause) for cause in (incident.cause, *(cause for cause, _ in incident.earlier)))


def with_words(incident: Incident, finding: Finding) -> Incident:
    """`incident` put as `finding` puts it; another cause than its own is remembered."""
    had = {finding.cause, *(cause for cause, _ in incident.earlier)}
    return replace(
        incident,
        cause=finding.cause,
        summary=finding.summary,
        facts=finding.facts,
        evidence=finding.evidence,
        earlier=incident.earlier if incident.cause in had else (*incident.earlier, (incident.cause, incident.summary)),
    )
