"""What one step of the process writes, all of it or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.incident import Incident, IncidentEvent
from alerts.message import Notification
from alerts.record import SubjectRecord
from checks.model import CheckId, Observation
from checks.plugin import Json
from watchdog.store.views import LinkUse


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
    uses: tuple[tuple[CheckId, LinkUse], ...] = ()
    """Links that were pressed, each with the check of its incident: on record with what they did, or neither is."""
    forgotten: tuple[tuple[CheckId, str], ...] = ()
    """Subjects nobody watches any more (check, subject): their records go, what happened to them stays."""
    right_at: datetime | None = None
    """A clock that was ahead was set right then: nothing that is stored may lie after it."""

    def by_check(self) -> tuple["Changes", ...]:
        """The same changes, one part per check; notices that belong to no event come last."""
        owner = {event.id: event.incident.check_id for event in self.events}
        parts: dict[CheckId | None, dict[str, list[Any]]] = {}

        def put(check_id: CheckId | None, name: str, one: object) -> None:
            parts.setdefault(check_id, {}).setdefault(name, []).append(one)

        for name, check_id_of in _OWNERS.items():
            for one in getattr(self, name):
                put(check_id_of(one), name, one)
        for row in self.notifications:
            put(owner.get(row.event_id), "notifications", row)
        notices = parts.pop(None, None)
        whole = [*parts.values(), *([notices] if notices else [])]
        parted = ({name: tuple(ones) for name, ones in part.items()} for part in whole)
        return tuple(Changes(**part, right_at=self.right_at) for part in parted)


#: To which check each thing belongs; notifications follow their events.
_OWNERS: Mapping[str, Callable[[Any], CheckId]] = {
    "observations": lambda seen: seen.check_id,
    "records": lambda record: record.check_id,
    "incidents": lambda incident: incident.check_id,
    "events": lambda event: event.incident.check_id,
    "memories": lambda memory: memory.check_id,
    "uses": lambda pressed: pressed[0],
    "forgotten": lambda key: key[0],
}
