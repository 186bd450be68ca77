"""Whoever cannot see to it passes an incident on: the next step is due now, not only when its wait is over. Pure."""

from dataclasses import replace
from datetime import datetime

from alerts.directory import Directory
from alerts.incident import Chase
from alerts.judging.episode import Judgement
from alerts.people.escalation import due_at
from alerts.record import SubjectRecord


def passed_on(
    record: SubjectRecord, incident_id: str, directory: Directory, now: datetime
) -> tuple[Judgement, tuple[str, ...]] | None:
    """`record` with the next step of each escalation of that incident due at `now`, and the receivers it names.

    None where nobody is next: no escalation, all steps told, or somebody is at it.
    """
    incident = next((one for one in record.incidents if one.id == incident_id), None)
    if incident is None:
        return None
    names: list[str] = []
    chases = []
    for chase in incident.chases:
        escalation = directory.escalations.get(chase.escalation)
        at = None if escalation is None else due_at(chase, escalation)
        if escalation is not None and at is not None:
            names += escalation.names(chase.step + 1)
        chases.append(_hastened(chase, at, now))
    if not names:
        return None
    judged = Judgement(record.with_incident(replace(incident, chases=tuple(chases))))
    return judged, tuple(dict.fromkeys(names))


def _hastened(chase: Chase, due: datetime | None, now: datetime) -> Chase:
    return chase if due is None or due <= now else replace(chase, waits_from=chase.waits_from - (due - now))
