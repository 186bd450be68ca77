"""From an event to the outbox rows that tell it: to whom, over which channel, and not before when."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.message import Message, Notification
from alerts.render import render, render_plain
from alerts.route import ChannelSpec, Receiver, receivers_for
from alerts.scene import routing_labels
from checks.model import Status

_URGENT, _SOON, _REST = 0, 1, 2


def plan(event: IncidentEvent, directory: Directory) -> tuple[Notification, ...]:
    """One row per channel and recipient of every receiver the routes name; () where no route matches.

    The same event planned again gives the same ids.
    """
    named = receivers_for(routing_labels(event.incident), directory.routes)
    rows: list[Notification] = []
    for receiver in _receivers(named, directory):
        rows += _rows(
            receiver,
            render(event, receiver, directory),
            event_id=event.id,
            incident_id=event.incident.id,
            at=event.at,
            not_before=_not_before(event, receiver, directory),
            urgency=_urgency(event),
        )
    return _once_each(rows, directory)


def plan_notice(
    *, event_id: str, at: datetime, subject: str, text: str, directory: Directory, labels: Mapping[str, str]
) -> tuple[Notification, ...]:
    """Rows for what the daemon has to say of itself.

    `labels` go through the routes like those of an incident, so {} takes the catch-all route. Where no route
    matches, every receiver is told: our own distress is never nobody's business. It waits for no office.
    """
    named = receivers_for(labels, directory.routes) or tuple(directory.receivers)
    message = render_plain(EventKind.NOTICE, subject, text, at=at, directory=directory, fields=labels)
    urgency = _urgency_of(labels.get("severity", Status.WARNING.value))
    rows: list[Notification] = []
    for receiver in _receivers(named, directory):
        rows += _rows(receiver, message, event_id=event_id, at=at, not_before=at, urgency=urgency)
    return _once_each(rows, directory)


def plan_test(receiver_id: str, *, event_id: str, at: datetime, directory: Directory) -> tuple[Notification, ...]:
    """Rows that try every channel of one receiver, at once. Raises KeyError for an unknown receiver."""
    receiver = directory.receivers[receiver_id]
    message = render_plain(
        EventKind.TEST,
        f"message to {receiver_id} of {directory.estate.name}",
        f"This is a test; nothing is wrong. It shows that Nigehban can reach {receiver_id} this way.",
        at=at,
        directory=directory,
        fields={"receiver": receiver_id},
    )
    return tuple(_rows(receiver, message, event_id=event_id, at=at, not_before=at, urgency=_URGENT))


def notification_id(event_id: str, channel: str, recipient: str) -> str:
    """24 hexadecimal digits, the same for the same three texts for ever: dedup key and stem of the Message-ID."""
    whole = json.dumps([event_id, channel, recipient]).encode()
    return hashlib.sha256(whole).hexdigest()[:24]


def _receivers(named: Iterable[str], directory: Directory) -> list[Receiver]:
    return [directory.receivers[id_] for id_ in dict.fromkeys(named)]


def _rows(
    receiver: Receiver,
    message: Message,
    *,
    event_id: str,
    incident_id: str | None = None,
    at: datetime,
    not_before: datetime,
    urgency: int,
) -> list[Notification]:
    return [
        Notification(
            id=notification_id(event_id, channel.name, recipient),
            event_id=event_id,
            incident_id=incident_id,
            receiver=receiver.id,
            channel=channel.name,
            recipient=recipient,
            message=message,
            urgency=urgency,
            created_at=at,
            not_before=not_before,
        )
        for channel in receiver.channels
        for recipient in dict.fromkeys(channel.recipients)
    ]


def _once_each(rows: Sequence[Notification], directory: Directory) -> tuple[Notification, ...]:
    """Nobody gets the same thing twice: of rows to one address the first stays, as early as the earliest."""
    channels = {channel.name: channel for receiver in directory.receivers.values() for channel in receiver.channels}
    kept: dict[tuple[str, str], Notification] = {}
    for row in rows:
        address = _address(channels[row.channel], row.recipient)
        first = kept.setdefault(address, row)
        kept[address] = replace(first, not_before=min(first.not_before, row.not_before))
    return tuple(kept.values())


def _address(channel: ChannelSpec, recipient: str) -> tuple[str, str]:
    """Mail to one address is one mail, whichever receiver names it. Elsewhere only the channel itself is known."""
    return ("mail", recipient.casefold()) if channel.kind == "mail" else (channel.name, recipient)


def _not_before(event: IncidentEvent, receiver: Receiver, directory: Directory) -> datetime:
    at = event.at
    if event.kind is EventKind.OPENED and event.incident.nature is Nature.FAULT:
        at += timedelta(seconds=directory.settle_s.get(event.incident.check_id, 0.0))
    if receiver.hold_for_office_hours and not _wakes(event.incident):
        return directory.calendars.of(receiver.office).next_open(at)
    return at


def _wakes(incident: Incident) -> bool:
    """A critical fault disturbs anybody at any hour; a deadline never does, it was known for days."""
    return incident.nature is Nature.FAULT and incident.severity is Status.CRITICAL


def _urgency(event: IncidentEvent) -> int:
    """Good news can wait behind bad news; it never overtakes the bad news it ends (alerts.outbox)."""
    return _REST if event.kind is EventKind.RESOLVED else _urgency_of(event.incident.severity.value)


def _urgency_of(severity: str) -> int:
    return {Status.CRITICAL.value: _URGENT, Status.WARNING.value: _SOON}.get(severity, _REST)
