"""Outbox rows of one telling: to one receiver, over the channels that are used at first, or after one failed."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.address import address_of
from alerts.directory import Directory
from alerts.message import Message, Notification
from alerts.route import ChannelSpec, Order, Receiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What all rows of one event have in common, but for the words."""

    event_id: str
    incident_id: str | None
    at: datetime
    not_before: datetime
    urgency: int


def notification_id(event_id: str, address: str) -> str:
    """24 hexadecimal digits, the same for the same two texts for ever: dedup key and stem of the Message-ID."""
    whole = json.dumps([event_id, address]).encode()
    return hashlib.sha256(whole).hexdigest()[:24]


def rows_of(
    receiver: Receiver, ways: Iterable[ChannelSpec], message: Message, telling: Telling, directory: Directory
) -> list[Notification]:
    """One per recipient of `ways`, channels of `receiver`."""
    places = [
        (address_of(channel, recipient), recipient)
        for channel in ways
        for recipient in dict.fromkeys(channel.recipients)
    ]
    return [
        Notification(
            id=notification_id(telling.event_id, address),
            event_id=telling.event_id,
            incident_id=telling.incident_id,
            receiver=receiver.id,
            channel=directory.ways[address],
            recipient=recipient,
            address=address,
            message=message,
            urgency=telling.urgency,
            created_at=telling.at,
            not_before=telling.not_before,
        )
        for address, recipient in places
    ]


def first_ways(receiver: Receiver) -> Sequence[ChannelSpec]:
    """The channels over which a receiver is told at first."""
    return receiver.channels if receiver.order is Order.ALL else receiver.channels[:1]


def next_ways(receiver: Receiver, address: str) -> Sequence[ChannelSpec]:
    """The channel behind the one that leads to `address`, if there is one that leads elsewhere."""
    if receiver.order is Order.ALL:
        return ()
    places = [{address_of(channel, one) for one in channel.recipients} for channel in receiver.channels]
    tried = next((number for number, found in enumerate(places) if address in found), len(places))
    behind = range(tried + 1, len(places))
    return [receiver.channels[number] for number in behind if places[number] - {address}][:1]


def once_each(rows: Iterable[Notification]) -> tuple[Notification, ...]:
    """Nobody gets the same thing twice: of rows to one address the first stays, as early as the earliest."""
    kept: dict[str, Notification] = {}
    for row in rows:
        first = kept.setdefault(row.address, row)
        if row.not_before < first.not_before:
            kept[row.address] = replace(first, not_before=row.not_before)
    return tuple(kept.values())
