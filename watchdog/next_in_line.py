"""Somebody cannot see to an incident: whoever is next is told now."""

from dataclasses import dataclass

from alerts.people.passing import passed_on
from watchdog.clock import Clock, Ids
from watchdog.daemon import Daemon
from watchdog.terms import terms_of


@dataclass(frozen=True, slots=True)
class NextInLine:
    daemon: Daemon
    clock: Clock
    ids: Ids

    async def pass_on(self, incident_id: str, by: str) -> tuple[str, ...]:
        """The receivers who are told; () where nobody is next but `by`, the receiver who cannot.

        Durable when it returns. Raises KeyError, StoreError.
        """
        now = self.clock()
        terms = terms_of(self.daemon, now)
        passed = passed_on(
            self.daemon.subjects.holding(incident_id).current(),
            incident_id,
            terms.directory,
            now,
            by=by,
            is_muted=terms.is_muted,
            new_id=self.ids,
            is_blind=terms.is_blind,
        )
        if passed is None:
            return ()
        judged, names = passed
        await self.daemon.judged(judged)
        return names
