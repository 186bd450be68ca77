"""What the settings say of people and nothing goes by: allowed, and perhaps not meant."""

from collections.abc import Iterator

from alerts.route import every_route
from watchdog.settings.values import Settings


def unused_rotas(settings: Settings) -> Iterator[str]:
    """A line for every rota whose people nothing is told to."""
    named = {receiver for route in every_route(settings.routes) for receiver in route.to}
    named |= {one for escalation in settings.escalations.values() for step in escalation.steps for one in step.to}
    named |= {one.contact for one in settings.estate.departments.values() if one.contact is not None}
    named |= {receiver for digest in settings.digests for receiver in digest.to}
    for rota in settings.rotas:
        standing = [receiver.id for receiver in settings.receivers.values() if receiver.rota == rota]
        if not standing:
            yield f"rota {rota}: nobody is told by it; add a receiver with rota: {rota}, and a route to that receiver"
        elif named.isdisjoint(standing):
            yield f"rota {rota}: nobody is told by it; name {' or '.join(standing)} in a route or an escalation"
