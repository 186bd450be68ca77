"""What people say to incidents: I have seen it, I am at it until then, I am not. Pure, one subject at a time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from alerts.incident import Acknowledgement, EventKind, Incident, IncidentEvent
from alerts.judging.episode import Judgement
from alerts.judging.fault import is_worn
from alerts.mutes.answered import is_outgrown
from alerts.record import SubjectRecord


def acknowledge(record: SubjectRecord, incident_id: str, said: Acknowledgement, new_id: Callable[[], str]) -> Judgement:
    """No event where it is acknowledged already: the first word stands until it is taken back or over, or until what
    was a warning then is critical.

    Raises KeyError where the subject has no such open incident.
    """
    incident = _standing(record, incident_id)
    standing = incident.acknowledged
    if standing is not None and not is_outgrown(incident) and not is_over(standing, said.at):
        return Judgement(record)
    seen = replace(incident, acknowledged=replace(said, severity=incident.severity))
    event = IncidentEvent(
        id=new_id(), kind=EventKind.ACKNOWLEDGED, at=said.at, incident=seen, by=said.by, note=said.note
    )
    return Judgement(record.with_incident(seen), (event,))


def take_back(
    record: SubjectRecord, incident_id: str, *, by: str, at: datetime, new_id: Callable[[], str]
) -> Judgement:
    """No event where it is not acknowledged. Raises KeyError where the subject has no such open incident."""
    incident = _standing(record, incident_id)
    if incident.acknowledged is None:
        return Judgement(record)
    alone = replace(incident, acknowledged=None)
    event = IncidentEvent(id=new_id(), kind=EventKind.UNACKNOWLEDGED, at=at, incident=alone, by=by)
    return Judgement(record.with_incident(alone), (event,))


def end_acknowledgements(record: SubjectRecord, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """Acknowledgements whose end has come while it is still bad: people are told again, by the routes of now.

    Where it is well for now, only comes and goes, or is part of another, that waits until it is bad again by itself.
    """
    events: list[IncidentEvent] = []
    for incident in record.incidents:
        if incident.acknowledged is not None and _is_bad(record, incident) and is_over(incident.acknowledged, now):
            alone = replace(incident, acknowledged=None, was_told=False)
            record = record.with_incident(alone)
            events.append(
                IncidentEvent(
                    id=new_id(), kind=EventKind.REMINDER, at=now, incident=alone, note=_over(incident.acknowledged)
                )
            )
    return Judgement(record, tuple(events))


def is_over(said: Acknowledgement, now: datetime) -> bool:
    return said.until is not None and said.until <= now


def ends_of(record: SubjectRecord) -> Iterator[datetime]:
    """When acknowledgements end of those of its incidents that are still bad."""
    for incident in record.incidents:
        if _is_bad(record, incident) and incident.acknowledged is not None and incident.acknowledged.until is not None:
            yield incident.acknowledged.until


def _is_bad(record: SubjectRecord, incident: Incident) -> bool:
    return incident.is_still_bad and not (incident is record.fault_incident and is_worn(record.fault))


def _over(said: Acknowledgement) -> str:
    noted = f" ({said.note})" if said.note else ""
    return f"{said.by} acknowledged it{noted}, and the time given is over"


def _standing(record: SubjectRecord, incident_id: str) -> Incident:
    for incident in record.incidents:
        if incident.id == incident_id:
            return incident
    raise KeyError(incident_id)
