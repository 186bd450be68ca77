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
    forgotten: tuple[tuple[CheckId, str], ...] = ()
    """Subjects nobody watches any more (check, subject): their records go, what happened to them stays."""

    def by_check(self) -> tuple["Changes", ...]:
        """The same changes, one part per check; notices that belong to no event come last."""
        owner = {event.id: event.incident.check_id for event in self.events}
        ids = dict.fromkeys(
            (
                *(seen.check_id for seen in self.observations),
                *(record.check_id for record in self.records),
                *(memory.check_id for memory in self.memories),
                *(check_id for check_id, _ in self.forgotten),
                *owner.values(),
            )
        )
        parts = [
            Changes(
                observations=tuple(seen for seen in self.observations if seen.check_id == check_id),
                records=tuple(record for record in self.records if record.check_id == check_id),
                incidents=tuple(incident for incident in self.incidents if incident.check_id == check_id),
                events=tuple(event for event in self.events if event.incident.check_id == check_id),
                notifications=tuple(row for row in self.notifications if owner.get(row.event_id) == check_id),
                memories=tuple(memory for memory in self.memories if memory.check_id == check_id),
                forgotten=tuple(key for key in self.forgotten if key[0] == check_id),
            )
            for check_id in ids
        ]
        notices = tuple(row for row in self.notifications if row.event_id not in owner)
        return (*parts, Changes(notifications=notices)) if notices else tuple(parts)
