"""When passing time comes to change a subject. Pure."""

from datetime import datetime

from alerts.directory import Directory
from alerts.judging.judge_deadline import told_name
from alerts.people.escalation import due_at
from alerts.record import SubjectRecord


def next_turn(record: SubjectRecord, after: datetime, directory: Directory) -> datetime | None:
    """The next instant at which time alone changes something."""
    deadline = record.deadline
    ahead = (
        []
        if deadline is None
        else [
            rung.at for rung in deadline.rungs if rung.at > after and told_name(deadline, rung.name) not in record.told
        ]
    )
    ahead += [
        one.acknowledged.until
        for one in record.incidents
        if one.acknowledged is not None and one.acknowledged.until is not None and one.acknowledged.until > after
    ]
    ahead += [
        at
        for incident in record.incidents
        for one in incident.chases
        if one.escalation in directory.escalations
        and (at := due_at(one, directory.escalations[one.escalation])) is not None
        and at > after
    ]
    return min(ahead, default=None)
