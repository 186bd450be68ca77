"""Somebody cannot see to an incident: whoever is next is told now."""

from dataclasses import dataclass

from alerts.people.passing import passed_on
from watchdog.clock import Clock, Ids
from watchdog.daemon import Daemon
from watchdog.store.views import LinkUse
from watchdog.terms import terms_of


@dataclass(frozen=True, slots=True)
class NextInLine:
    daemon: Daemon
    clock: Clock
    ids: Ids

    async def pass_on(self, incident_id: str, pressed: LinkUse) -> tuple[str, ...]:
        """The receivers who are told; () where nobody is next but the one who cannot, and then `pressed` is not kept.

        Durable when it returns, with `pressed`. Raises KeyError, StoreError.
        """
        now = self.clock()
        terms = terms_of(self.daemon, now)
        passed = passed_on(
            self.daemon.subjects.holding(incident_id).current(),
            incident_id,
            terms.directory,
            now,
            by=pressed.receiver,
            is_muted=terms.is_muted,
            new_id=self.ids,
            is_blind=terms.is_blind,
        )
        if passed is None:
            return ()
        judged, names = passed
        await self.daemon.judged(judged, pressed)
        return names
