"""What those are told whose service is down because of something else: of that one incident, in words of theirs."""

from collections.abc import Mapping
from dataclasses import replace

from alerts.directory import Directory
from alerts.incident import EventKind, IncidentEvent, Part
from alerts.route import receivers_for
from alerts.words.scene import named_for

#: What begins for whoever stands behind an incident, and what ends.
_TOLD_BEHIND = frozenset({EventKind.OPENED, EventKind.SEVERITY, EventKind.RESOLVED})


def told_behind(event: IncidentEvent, directory: Directory) -> Mapping[str, IncidentEvent]:
    """By id of a receiver that routes name for parts of `event` and not for itself: `event` as it is told there.

    It is about their service, and of its parts has theirs. Those who were told of a part before hear of its own end.
    """
    if event.kind not in _TOLD_BEHIND or event.to:
        return {}
    named = named_for(event.incident, directory)
    parts: dict[str, list[Part]] = {}
    for part in event.parts:
        if not part.was_told and not part.still_fails:
            for receiver in receivers_for(part.labels, directory.routes):
                parts.setdefault(receiver, []).append(part)
    behind = [receiver for receiver in parts if receiver not in named]
    return {receiver: _about(event, parts[receiver], (*named, *behind)) for receiver in behind}


def _about(event: IncidentEvent, parts: list[Part], named: tuple[str, ...]) -> IncidentEvent:
    service = next((part.service for part in parts if part.service is not None), event.incident.service)
    told = () if event.kind is EventKind.RESOLVED else tuple(parts)
    return replace(event, incident=replace(event.incident, service=service), parts=told, to=named)
