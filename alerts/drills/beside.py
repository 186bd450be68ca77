"""What is really so of a service while something of it is only played. Pure."""

from collections.abc import Iterable
from typing import Final

from alerts.concern import ABOUT_MONEY, services_of
from alerts.drills.drill import DrillKind
from alerts.incident import Incident, Nature
from checks.estate import Estate
from checks.model import Status

_GRAVITY: Final = {Status.CRITICAL: 0, Status.WARNING: 1, Status.UNKNOWN: 2, Status.OK: 3}


def really_open(played: Incident, incidents: Iterable[Incident], estate: Estate) -> tuple[Incident, ...]:
    """Real incidents of the service that `played` is about: the gravest first, of these the oldest.

    What is part of another one among them is left out, as in the lists; beside an outage that was played, so is all
    that nobody takes for one: whoever hears of it may not be whom bills are told.
    """
    service = _services(played, estate)
    found = {
        one.id: one
        for one in incidents
        if one.drill is None and one.closed_at is None and _may_be_taken_for(played, one)
        if not service.isdisjoint(_services(one, estate))
    }
    alone = [one for one in found.values() if one.root not in found]
    return tuple(sorted(alone, key=lambda one: (_GRAVITY[one.severity], one.since)))


def _may_be_taken_for(played: Incident, real: Incident) -> bool:
    if played.drill is not None and played.drill.kind is DrillKind.OUTAGE:
        return real.nature in {Nature.FAULT, Nature.STALENESS} and real.kind not in ABOUT_MONEY
    return True


def _services(incident: Incident, estate: Estate) -> frozenset[str]:
    """A matter of money is of those that it names, else as anything of that of its check."""
    named = frozenset(one.id for one in services_of(incident, estate))
    own = frozenset() if incident.service is None else frozenset({incident.service})
    return named or own
