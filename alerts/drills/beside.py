"""What is really so of a service while something of it is only played. Pure."""

from collections.abc import Iterable
from typing import Final

from alerts.concern import services_of
from alerts.incident import Incident
from checks.estate import Estate
from checks.model import Status

_GRAVITY: Final = {Status.CRITICAL: 0, Status.WARNING: 1, Status.UNKNOWN: 2, Status.OK: 3}


def really_open(played: Incident, incidents: Iterable[Incident], estate: Estate) -> tuple[Incident, ...]:
    """Real incidents of the service that `played` is about: the gravest first, of these the oldest.

    What is part of another one among them is left out, as in the lists.
    """
    service = _services(played, estate)
    found = {
        one.id: one
        for one in incidents
        if one.drill is None and one.closed_at is None and not service.isdisjoint(_services(one, estate))
    }
    alone = [one for one in found.values() if one.root not in found]
    return tuple(sorted(alone, key=lambda one: (_GRAVITY[one.severity], one.since)))


def _services(incident: Incident, estate: Estate) -> frozenset[str]:
    """A matter of money is of those that it names, else as anything of that of its check."""
    named = frozenset(one.id for one in services_of(incident, estate))
    own = frozenset() if incident.service is None else frozenset({incident.service})
    return named or own
