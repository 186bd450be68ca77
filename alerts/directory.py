"""Who there is to tell, and how: what planning and wording need to know of the settings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.address import ways_of
from alerts.links import Links
from alerts.people.escalation import Escalation
from alerts.people.rota import Rota, ever_on_duty, reached
from alerts.route import Receiver, Route, every_route
from checks.estate import Estate
from checks.ledger.state import BillOnRecord
from checks.model import CheckId
from checks.plugin import Calendars


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The estate, its receivers and the routes to them; replaced whole at a reload.

    Raises ValueError where a route names a receiver that does not exist, so that planning cannot fail on it.
    """

    estate: Estate
    receivers: Mapping[str, Receiver]
    routes: Sequence[Route]
    calendars: Calendars
    runbooks: Mapping[CheckId, str]
    """What to do, per check; goes before the runbook of the service."""
    titles: Mapping[CheckId, str] = field(default_factory=dict)
    """What people call checks that belong to no service; the rest goes by its id."""
    rotas: dict[str, Rota] = field(default_factory=dict)
    """Those of calendars are read anew now and then; the rest stays as it is."""
    escalations: Mapping[str, Escalation] = field(default_factory=dict)
    digested: frozenset[str] = frozenset()
    """Ids of receivers who read a list of the bills on every working day."""
    on_record: Callable[[], Sequence[BillOnRecord]] = tuple
    """Open bills of the ledger as they stand now, by key."""
    links: Links | None = None
    """Makes the links by which people answer messages; None where the settings have none."""
    ways: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """Every address, with the channel that serves it: see `ways_of`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ways", ways_of(self.receivers.values()))
        named = {receiver for route in every_route(self.routes) for receiver in route.to}
        named |= {receiver for one in self.escalations.values() for step in one.steps for receiver in step.to}
        if unknown := sorted(named - self.receivers.keys()):
            raise ValueError(f"routes name receivers that do not exist: {', '.join(unknown)}")

    def read_anew(self, rota: Rota) -> None:
        """Take the shifts of a calendar as they stand now."""
        self.rotas[rota.id] = rota

    def people(self, named: Iterable[str], at: datetime) -> tuple[Receiver, ...]:
        """The receivers of those ids, each once; where one stands for a rota, whoever is on duty at `at` instead.

        Where nobody is and nobody stands in, all who are ever on duty there: somebody must hear. A rota whose calendar
        has named nobody at all is missing.
        """
        found: dict[str, Receiver] = {}
        for id_ in named:
            rota = self._rota_of(id_)
            for one in (id_,) if rota is None else self._reached(rota, at) or ever_on_duty(rota):
                if one in self.receivers:
                    found.setdefault(one, self.receivers[one])
        return tuple(found.values())

    def deserted(self, named: Iterable[str], at: datetime) -> tuple[str, ...]:
        """Ids of the rotas among the receivers of those ids in which nobody is on duty, nor stands in."""
        rotas = [rota for id_ in named if (rota := self._rota_of(id_)) is not None]
        return tuple(dict.fromkeys(rota.id for rota in rotas if not self._reached(rota, at)))

    def _rota_of(self, receiver_id: str) -> Rota | None:
        rota = self.receivers[receiver_id].rota
        return None if rota is None else self.rotas[rota]

    def _reached(self, rota: Rota, at: datetime) -> tuple[str, ...]:
        return tuple(one for one in reached(rota, at) if one in self.receivers)
