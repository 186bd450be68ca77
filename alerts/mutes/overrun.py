"""When a silence or a window ends and it is still bad: people are told again. Pure, one subject at a time."""

from collections.abc import Sequence

from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.judging.episode import Judgement
from alerts.mutes.answered import is_answered
from alerts.mutes.mute import Mute, MuteKind, first_muting
from alerts.record import SubjectRecord
from alerts.words.scene import routing_labels


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
    return Judgement(record, events)


def said_of_end(ended: Mute, moment: str) -> str:
    """In the words of a note; `moment` is its end in the zone of the estate."""
    if ended.kind is MuteKind.MAINTENANCE:
        return f"maintenance ({ended.reason}) ended at {moment}, and it is still bad"
    return f"the silence by {ended.author} ({ended.reason}) ended at {moment}, and it is still bad"
