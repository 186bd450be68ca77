"""What one step of the process writes, all of it or nothing."""

from dataclasses import dataclass

from alerts.incident import Incident, IncidentEvent
from alerts.message import Notification
from alerts.record import SubjectRecord
from checks.model import CheckId, Observation
from checks.plugin import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryWrite:
    check_id: CheckId
    key: str
    value: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One transaction. Records are upserted, incidents upserted by id, events and notifications inserted once.

    A notification or event whose id is already stored is left as it is: a repeated commit changes nothing.
    """

    observations: tuple[Observation, ...] = ()
    records: tuple[SubjectRecord, ...] = ()
    incidents: tuple[Incident, ...] = ()
    events: tuple[IncidentEvent, ...] = ()
    notifications: tuple[Notification, ...] = ()
    memories: tuple[MemoryWrite, ...] = ()
