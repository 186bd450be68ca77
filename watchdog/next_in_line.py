"""Somebody cannot see to an incident: whoever is next is told now."""

from dataclasses import dataclass

from alerts.people.passing import passed_on
from watchdog.clock import Clock
from watchdog.daemon import Daemon


@dataclass(frozen=True, slots=True)
class NextInLine:
    """Escalations (watchdog.duty) tell the step within seconds once it is due."""

    daemon: Daemon
    clock: Clock

    async def pass_on(self, incident_id: str) -> tuple[str, ...]:
        """The receivers who are told next; () where nobody is. Durable when it returns. Raises KeyError, StoreError."""
        record = self.daemon.subjects.holding(incident_id).current()
        passed = passed_on(record, incident_id, self.daemon.directory, self.clock())
        if passed is None:
            return ()
        judged, names = passed
        await self.daemon.judged(judged)
        return names
