"""How long nothing can come of looking at open incidents again. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from alerts.directory import Directory
from alerts.incident import Incident
from alerts.people.escalation import due_at

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def rests_until(incidents: Iterable[Incident], directory: Directory, now: datetime) -> datetime:
    """When passing time alone may change what `chase` makes of `incidents`, once it made nothing new of them at `now`.

    Any word of people and any other incident, directory or mute may change it before.
    """
    return min((at for incident in incidents for at in _turns(incident, directory) if at > now), default=_NEVER)


def _turns(incident: Incident, directory: Directory) -> Iterator[datetime]:
    if incident.acknowledged is not None and incident.acknowledged.until is not None:
        yield incident.acknowledged.until
    for chase in incident.chases:
        escalation = directory.escalations.get(chase.escalation)
        at = None if escalation is None else due_at(chase, escalation)
        if at is not None:
            yield at
