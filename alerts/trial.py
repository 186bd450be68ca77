"""Messages that try the ways to one receiver: every channel, at once, marked as a test."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from alerts.directory import Directory
from alerts.incident import EventKind
from alerts.message import Message, Notification
from alerts.route import Receiver
from alerts.telling import Telling, notification_id, rows_of
from alerts.words.framed import Said, in_language, render_plain
from alerts.words.urdu import notices

#: As urgent as what is critical: whoever tries a way waits for the answer.
_URGENCY: Final = 0


def plan_test(receiver_id: str, *, event_id: str, at: datetime, directory: Directory) -> tuple[Notification, ...]:
    """Rows that try every channel of one receiver, at once; of a rota, those of whoever is on duty.

    Each reads it as it would read an outage: in its language, by the clock of its office. Raises KeyError for an
    unknown receiver.
    """
    english = Said(
        f"message to {receiver_id} of {directory.estate.name}",
        f"This is a test; nothing is wrong. It shows that Nigehban can reach {receiver_id} this way.",
    )
    urdu = notices.trial(receiver_id, directory.estate.name)

    def told(receiver: Receiver) -> Message:
        said = in_language(english, urdu, receiver)
        return render_plain(
            EventKind.TEST,
            said.subject,
            said.text,
            at=at,
            directory=directory,
            fields={"receiver": receiver_id},
            receiver=receiver,
        )

    telling = Telling(event_id=event_id, incident_id=None, at=at, not_before=at, urgency=_URGENCY)
    return tuple(
        row
        for receiver in directory.people((receiver_id,), at)
        for row in _trials(receiver, told(receiver), telling, directory)
    )


def _trials(receiver: Receiver, message: Message, telling: Telling, directory: Directory) -> Iterator[Notification]:
    """Here each channel is on trial, also where two of them lead to one address."""
    rows = rows_of(receiver, receiver.channels, message, telling, directory)
    ways = [channel.name for channel in receiver.channels for _ in dict.fromkeys(channel.recipients)]
    for row, way in zip(rows, ways, strict=True):
        yield replace(row, id=notification_id(telling.event_id, f"{way} {row.address}"), channel=way)
