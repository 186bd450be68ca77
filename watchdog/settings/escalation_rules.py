"""An escalation reaches somebody who would not hear anyway, and something begins it."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from alerts.address import address_of
from alerts.people.escalation import Escalation
from alerts.route import Receiver, Route
from watchdog.settings.people_section import PeopleSection, reach_of
from watchdog.settings.reader import Reader

#: Kinds of channels at whose end no person reads.
_MACHINES: Final = frozenset({"alertmanager"})
_OF_PEOPLE: Final = frozenset({"receivers", "rotas", "escalations", "routes"})


@dataclass(frozen=True, slots=True)
class NextInLine:
    reader: Reader
    people: PeopleSection

    def check(self) -> None:
        """Said only where all that stands about people is right so far: a mistake in a name is complained of once."""
        reader = self.reader
        if not reader.sources.is_whole or any(problem.path[0] in _OF_PEOPLE for problem in reader.problems):
            return
        for escalation in self.people.escalations.values():
            self._check(escalation)

    def _check(self, escalation: Escalation) -> None:
        path = ("escalations", escalation.id)
        told = [to for named, to in _begun(self.people.routes, Route()) if named == escalation.id]
        if not told:
            text = f"no route names it, so it never begins: add escalation: {escalation.id} to a route, or take it out"
            self.reader.refuse(path, text, at_key=True)
        elif escalation.steps and not any(self._reaches_more(escalation, to) for to in told):
            self.reader.refuse((*path, "steps"), self._why_nobody(escalation))

    def _reaches_more(self, escalation: Escalation, told: Sequence[str]) -> bool:
        """Whether any step tells a person whom the route does not tell, at an address of his own."""
        known = {address for id_ in told for address in self._surely_told(id_)}
        besides = (id_ for step in escalation.steps for id_ in step.to if id_ not in told)
        return any(self._places(one) - known for id_ in besides for one in self._reach(id_))

    def _surely_told(self, receiver_id: str) -> AbstractSet[str]:
        """Of a rota with several people nobody is always on duty."""
        reach = self._reach(receiver_id)
        return self._places(reach[0]) if len(reach) == 1 else frozenset()

    def _why_nobody(self, escalation: Escalation) -> str:
        reached = (one for step in escalation.steps for id_ in step.to for one in self._reach(id_))
        if not any(self._places(one) for one in reached):
            return "no step reaches a person, only machines such as an Alertmanager: name somebody who reads"
        return (
            "every step goes to those whom the route tells already: name somebody else, "
            "or leave steps out and tell them again by repeat_every"
        )

    def _reach(self, receiver_id: str) -> Sequence[Receiver]:
        return reach_of(self.people.receivers[receiver_id], self.people.rotas, self.people.receivers)

    @staticmethod
    def _places(receiver: Receiver) -> AbstractSet[str]:
        """Addresses at which people read."""
        return frozenset(
            address_of(channel, recipient)
            for channel in receiver.channels
            if channel.kind not in _MACHINES
            for recipient in channel.recipients
        )


def _begun(routes: Sequence[Route], above: Route) -> Iterator[tuple[str, Sequence[str]]]:
    """Every escalation that a route begins, with the receivers told then."""
    for route in routes:
        whole = Route(to=route.to or above.to, escalation=route.escalation or above.escalation)
        if whole.escalation is not None:
            yield whole.escalation, whole.to
        yield from _begun(route.routes, whole)
