"""When a silence or a window ends and it is still bad: people are told again. Pure, one subject at a time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.judging.episode import Judgement, closing_of
from alerts.judging.fault import HEALTHY, Held
from alerts.mutes.answered import is_answered
from alerts.mutes.mute import Mute, MuteKind, first_muting
from alerts.record import SubjectRecord
from alerts.words.scene import routing_labels
from checks.model import Status

#: Work that was done in time is seen to be well by then, two looks at least; without it every window that ends on time
#: would be told as an overrun, since the last look before its end failed.
GRACE: Final = timedelta(minutes=2)

_WELL_BY_THEN: Final = "well when its maintenance was over"


def is_to_be_told(ended: Mute, now: datetime) -> bool:
    """Whether people hear now of what is still bad: a window that ran out is given the grace, all else is not."""
    ran_out = ended.kind is MuteKind.MAINTENANCE and ended.ended_at is None
    return now >= ended.over_at + (GRACE if ran_out else timedelta())


#: What nobody can judge, since we are blind, is waited for no longer; staleness is told by itself.
PATIENCE: Final = timedelta(hours=1)


def is_undecided(record: SubjectRecord, ended: Mute, now: datetime) -> bool:
    """Whether a fault that stood at the end may be well: not judged since, or passing and not yet believed."""
    incident = record.fault_incident
    if incident is None or incident.recovered_at is not None or now >= ended.over_at + PATIENCE:
        return False
    is_bad = record.status is Status.CRITICAL or record.status is Status.WARNING
    return is_left_over(incident, ended, ()) and not (is_bad and record.judged_at > ended.over_at)


def is_left_over(incident: Incident, ended: Mute, standing: Sequence[Mute]) -> bool:
    """Whether `incident` was muted by `ended` and by nothing that still is in force, and nobody is at it."""
    labels, over_at = routing_labels(incident), ended.over_at
    return (
        ended.starts_at < over_at
        and incident.opened_at < over_at
        and ended.covers(labels)
        and first_muting(labels, standing) is None
        and not is_answered(incident, over_at)
    )


def tell_again(record: SubjectRecord, ended: Mute, standing: Sequence[Mute], words: str) -> Judgement:
    """Reminders of what of `record` is still bad. Told twice, they are the same events: their ids say so."""
    events = tuple(
        IncidentEvent(
            id=f"{ended.id}-{incident.id}", kind=EventKind.REMINDER, at=ended.over_at, incident=incident, note=words
        )
        for incident in record.incidents
        if incident.recovered_at is None and incident.root is None and is_left_over(incident, ended, standing)
    )
    return _without_the_well(record, ended, standing, events)


def _without_the_well(
    record: SubjectRecord, ended: Mute, standing: Sequence[Mute], events: tuple[IncidentEvent, ...]
) -> Judgement:
    """A fault of the window's own time that is well by now is over: nobody heard of it, and a relapse must be told."""
    incident = record.fault_incident
    if incident is None or incident.recovered_at is None or not isinstance(record.fault, Held):
        return Judgement(record, events)
    if incident.opened_at < ended.starts_at or not is_left_over(incident, ended, standing):
        return Judgement(record, events)
    well_since = incident.recovered_at
    over = replace(incident, recovered_at=None)
    event = closing_of(over, ended.over_at, _WELL_BY_THEN, lambda: f"{ended.id}-{incident.id}", closed_at=well_since)
    return Judgement(replace(record, fault=HEALTHY, fault_incident=None), (*events, event))


def said_of_end(ended: Mute, moment: str) -> str:
    """In the words of a note; `moment` is its end in the zone of the estate."""
    if ended.kind is MuteKind.MAINTENANCE:
        return f"maintenance ({ended.reason}) ended at {moment}, and it is still bad"
    return f"the silence by {ended.author} ({ended.reason}) ended at {moment}, and it is still bad"
