"""A subject once a clock that was ahead has been set right: nothing it remembers lies in the future.

What such a clock told is taken back, so that it is told again when its time has really come. How long an
escalation waits is set right where its routes are known, at its next look: alerts.people.chasing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from alerts.incident import Acknowledgement, Incident
from alerts.judging.episode import Judgement, closing_of
from alerts.judging.fault import LONGEST_HOLD, Fault, Healthy, Held, Open, Settling, Suspect
from alerts.judging.judge_deadline import told_name
from alerts.judging.rungs import due_rungs
from alerts.record import SubjectRecord
from checks.model import Rung

#: A clock that is slewed, or stepped by so little, is not called wrong.
TOLERANCE = timedelta(seconds=60)

_CLOSE_REASON = "it is not due yet: the clock of the watching machine was wrong"


def is_ahead(record: SubjectRecord, now: datetime) -> bool:
    """Whether it remembers anything of a time that is still to come."""
    until = now + TOLERANCE
    return max(_instants(record)) > until or bool(_told_early(record, until))


def set_right(record: SubjectRecord, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """`record` as of `now`; the same object where it is not ahead."""
    if not is_ahead(record, now):
        return Judgement(record)
    return _untold(_clamped(record, now), now, new_id)


def _instants(record: SubjectRecord) -> list[datetime]:
    found = [record.seen_at, record.judged_at, record.good_at or record.seen_at]
    found += _instants_of(record.fault)
    for incident in record.incidents:
        found += [incident.opened_at, incident.since, incident.recovered_at or incident.since]
        if incident.acknowledged is not None:
            found.append(incident.acknowledged.at)
    return found


def _clamped(record: SubjectRecord, now: datetime) -> SubjectRecord:
    return replace(
        record,
        seen_at=min(record.seen_at, now),
        judged_at=min(record.judged_at, now),
        good_at=None if record.good_at is None else min(record.good_at, now),
        fault=_fault(record.fault, now),
        fault_incident=_incident(record.fault_incident, now),
        deadline_incident=_incident(record.deadline_incident, now),
        stale_incident=_incident(record.stale_incident, now),
    )


def _instants_of(fault: Fault) -> list[datetime]:
    match fault:
        case Healthy(shaky_until, losses):
            return [*losses.instants, *_shaky_since(shaky_until)]
        case Suspect():
            return [fault.since, *fault.losses.instants, *_shaky_since(fault.shaky_until)]
        case Settling():
            return [fault.since, fault.confirmed_at, *fault.losses.instants, *_shaky_since(fault.shaky_until)]
        case Open():
            return [fault.since]
        case Held():
            return [fault.since, fault.well_since]
        case _:
            assert_never(fault)


def _shaky_since(until: datetime | None) -> list[datetime]:
    """The earliest instant at which it can have been said; `until` itself lies ahead by its nature."""
    return [] if until is None else [until - LONGEST_HOLD]


def _fault(fault: Fault, now: datetime) -> Fault:
    match fault:
        case Healthy():
            return replace(fault, shaky_until=_shaky(fault.shaky_until, now), losses=fault.losses.by(now))
        case Suspect():
            return replace(
                fault,
                since=min(fault.since, now),
                shaky_until=_shaky(fault.shaky_until, now),
                losses=fault.losses.by(now),
            )
        case Settling():
            return replace(
                fault,
                since=min(fault.since, now),
                confirmed_at=min(fault.confirmed_at, now),
                shaky_until=_shaky(fault.shaky_until, now),
                losses=fault.losses.by(now),
            )
        case Open():
            return replace(fault, since=min(fault.since, now))
        case Held():
            return replace(fault, since=min(fault.since, now), well_since=min(fault.well_since, now))
        case _:
            assert_never(fault)


def _shaky(until: datetime | None, now: datetime) -> datetime | None:
    """None where a clock ahead said it: nobody knows for how long it was meant."""
    return None if until is None or until - LONGEST_HOLD > now else until


def _incident(incident: Incident | None, now: datetime) -> Incident | None:
    if incident is None:
        return None
    return replace(
        incident,
        opened_at=min(incident.opened_at, now),
        since=min(incident.since, now),
        recovered_at=None if incident.recovered_at is None else min(incident.recovered_at, now),
        acknowledged=_acknowledgement(incident.acknowledged, now),
    )


def _acknowledgement(said: Acknowledgement | None, now: datetime) -> Acknowledgement | None:
    """It lasts as long as was meant: four hours are four hours by any clock."""
    if said is None or said.at <= now:
        return said
    return replace(said, at=now, until=None if said.until is None else now + (said.until - said.at))


def _told_early(record: SubjectRecord, until: datetime) -> list[Rung]:
    deadline = record.deadline
    if deadline is None or not record.told:
        return []
    return [rung for rung in deadline.rungs if rung.at > until and told_name(deadline, rung.name) in record.told]


def _untold(record: SubjectRecord, now: datetime, new_id: Callable[[], str]) -> Judgement:
    """Rungs told too early are untold. Where one has really come it is told anew, since people heard worse of it."""
    deadline, early = record.deadline, _told_early(record, now + TOLERANCE)
    if deadline is None or not early:
        return Judgement(record)
    come = due_rungs(deadline.rungs, frozenset(), now)
    record = replace(record, told=record.told - {told_name(deadline, rung.name) for rung in (*early, *come[:1])})
    if come or record.deadline_incident is None:
        return Judgement(record)
    # Without its deadline: one that lies ahead at the end reads as one that has moved.
    event = closing_of(replace(record.deadline_incident, deadline=None), now, _CLOSE_REASON, new_id)
    return Judgement(replace(record, deadline_incident=None), (event,))
