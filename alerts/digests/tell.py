"""The outbox rows of one list."""

from collections.abc import Iterable
from datetime import date, datetime

from alerts.digests.rule import DigestRule, event_id
from alerts.directory import Directory
from alerts.message import Message, Notification
from alerts.route import Receiver
from alerts.telling import Telling, first_ways, once_each, rows_of

#: Behind what is down or due: a list can wait a minute.
_URGENCY = 2


def list_rows(
    rule: DigestRule, day: date, letters: Iterable[tuple[Receiver, Message]], *, at: datetime, directory: Directory
) -> tuple[Notification, ...]:
    """One per address. The same list of the same day has the same ids, whenever and however often it is planned."""
    telling = Telling(event_id=event_id(rule, day), incident_id=None, at=at, not_before=at, urgency=_URGENCY)
    return once_each(
        row
        for receiver, message in letters
        for row in rows_of(receiver, first_ways(receiver), message, telling, directory)
    )
