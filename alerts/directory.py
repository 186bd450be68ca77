"""Who there is to tell, and how: what planning and wording need to know of the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alerts.address import ways_of
from alerts.route import Receiver, Route
from checks.estate import Estate
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
    ways: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """Every address, with the channel that serves it: see `ways_of`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ways", ways_of(self.receivers.values()))
        named = {receiver for route in self.routes for receiver in route.to}
        if unknown := sorted(named - self.receivers.keys()):
            raise ValueError(f"routes name receivers that do not exist: {', '.join(unknown)}")
