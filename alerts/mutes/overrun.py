"""When a silence or a window ends and it is still bad: people are told again. Pure, one subject at a time."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.judging.episode import Judgement, closing_of
from alerts.judging.fault import HEALTHY, Healthy, Held
from alerts.mutes.answered import is_answered
from alerts.mutes.mute import Mute, MuteKind
from alerts.record import SubjectRecord
from alerts.words.scene import routing_labels
from checks.model import Cause, Status

#: Work that was done in time is seen to be well by then, two looks at least; without it every window that ends on time
#: would be told as an overrun, since the last look before its end failed.
GRACE: Final = timedelta(minutes=2)

#: So long a subject is waited for that was not judged since the end, or passes and is not believed yet: an overrun is
#: told within four minutes.
PATIENCE: Final = timedelta(minutes=3, seconds=30)

#: So long while we are blind: nothing goes out meanwhile, and what healed is not told as bad once we see again.
BLIND_PATIENCE: Final = timedelta(hours=1)


def told_at(ended: Mute) -> datetime:
    """From when on people hear of what is still bad: a window that ran out is given the grace, all else is not."""
    return ended.over_at + (GRACE if _ran_out(ended) else timedelta())


def turn(mute: Mute) -> tuple[datetime, str]:
    """By which ends are told, one after the other: what several covered is left to the last."""
    return told_at(mute), mute.id


def is_to_be_told(ended: Mute, now: datetime) -> bool:
    return now >= told_at(ended)


def _ran_out(ended: Mute) -> bool:
    return ended.kind is MuteKind.MAINTENANCE and ended.ended_at is None


def is_undecided(
    record: SubjectRecord,
    ended: Mute,
    now: datetime,
    others: Iterable[Mute] = (),
    *,
    waiting_since: datetime | None = None,
) -> bool:
    """Whether a fault that stood at the end of a window may be well: not judged since, or passing and not yet believed.

    `waiting_since` is when the end was noticed, later than it was where nobody was there to look.
    """
    incident = record.fault_incident
    if incident is None or not incident.is_still_bad or not _ran_out(ended):
        return False
    is_bad = record.status is Status.CRITICAL or record.status is Status.WARNING
    if (is_bad and record.judged_at > ended.over_at) or not is_left_over(incident, ended, others, now):
        return False
    patience = BLIND_PATIENCE if record.cause is Cause.BLIND else PATIENCE
    return now < (waiting_since or ended.over_at) + patience


def is_left_over(incident: Incident, ended: Mute, others: Iterable[Mute], now: datetime) -> bool:
    """Whether `incident` was muted by `ended`, nobody is at it, and none of `others` is to tell it later than that.

    `others` are all there are. Of several that are over the one to be told last tells it, so that it is told once.
    """
    return _was_muted(incident, ended) and not any(
        _comes_after(other, ended, now) and _was_muted(incident, other) for other in others
    )


def _was_muted(incident: Incident, mute: Mute) -> bool:
    """At the very instant that it was ended by hand it may have dropped something still."""
    return (
        mute.starts_at <= mute.over_at
        and incident.opened_at <= mute.over_at
        and mute.covers(routing_labels(incident))
        and not is_answered(incident, mute.over_at)
    )


def _comes_after(other: Mute, ended: Mute, now: datetime) -> bool:
    return turn(other) > turn(ended) and other.settled_at is None and other.starts_at <= now


def tell_again(
    record: SubjectRecord,
    ended: Mute,
    others: Collection[Mute],
    words: str,
    *,
    now: datetime,
    heard: Collection[str] = (),
) -> Judgement:
    """Reminders of what of `record` is still bad, to whoever is to hear at `now`.

    `heard` are ids of incidents that somebody was told of, or will be by what waits. Told twice, they are the same
    events: their ids say so.
    """
    events = tuple(
        IncidentEvent(id=f"{ended.id}-{incident.id}", kind=EventKind.REMINDER, at=now, incident=incident, note=words)
        for incident in record.incidents
        if incident.is_still_bad
        and is_left_over(incident, ended, others, now)
        and not _well_since(record, incident, ended)
    )
    incident = record.fault_incident
    if incident is None or incident.id in heard or not is_left_over(incident, ended, others, now):
        return Judgement(record, events)
    return _without_the_well(record, incident, ended, now, events)


def _without_the_well(
    record: SubjectRecord, incident: Incident, ended: Mute, now: datetime, events: tuple[IncidentEvent, ...]
) -> Judgement:
    """A fault that nobody heard of and that is well by now is over: its relapse would be told to nobody, either."""
    well_since = _well_since(record, incident, ended)
    if well_since is None:
        return Judgement(record, events)
    over = replace(incident, recovered_at=None)
    why = f"well when the {ended.kind.value} was over"
    event = closing_of(over, now, why, lambda: f"{ended.id}-{incident.id}", closed_at=well_since)
    return Judgement(replace(record, fault=HEALTHY, fault_incident=None), (*events, event))


def _well_since(record: SubjectRecord, incident: Incident, ended: Mute) -> datetime | None:
    """Since when it has been well, believed or not; None where it fails, or fell behind the end of `ended`."""
    match record.fault:
        case _ if incident is not record.fault_incident:
            return None
        case Held():
            return incident.recovered_at
        case Healthy(losses=losses) if losses.told and losses.last is not None and losses.last <= ended.over_at:
            return losses.last
        case _:
            return None


def said_of_end(ended: Mute, moment: str) -> str:
    """In the words of a note; `moment` is its end in the zone of the estate."""
    if ended.kind is MuteKind.MAINTENANCE:
        return f"maintenance ({ended.reason}) ended at {moment}, and it is still bad"
    return f"the silence by {ended.author} ({ended.reason}) ended at {moment}, and it is still bad"
