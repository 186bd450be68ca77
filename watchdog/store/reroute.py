"""Rows whose way is gone: new settings may have renamed, moved or taken out the channel they wait for."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update

from alerts.incident import EventKind, Incident
from alerts.message import Notification, NotificationState
from watchdog.store.queue import Ending, end, quarantine_unreadable
from watchdog.store.rows import UNREADABLE, incident_of, notification_of
from watchdog.store.tables import incidents, outbox
from watchdog.store.writes import write_notifications

#: From a row and its incident as it stands (None for a notice) to rows for those who are to be told now.
Replan: TypeAlias = Callable[[Notification, Incident | None], Sequence[Notification]]


@dataclass(slots=True)
class Rerouted:
    """What became of rows whose way was gone."""

    moved: int = 0
    """Still go to the same address, over another channel."""
    dropped: Counter[str] = field(default_factory=Counter)
    """By channel: nothing leads to the address any more. Who is to be told instead has rows of their own."""
    untold: int = 0
    """Of those dropped, the ones that nobody is to be told instead."""

    def __bool__(self) -> bool:
        return bool(self.moved or self.dropped)


# A row on its way keeps its own outcome; if that is a postponement, the row is met here the next time.
_WAITS = and_(outbox.c.ended_at.is_(None), outbox.c.claimed_at.is_(None))
_WAYS = select(outbox.c.channel, outbox.c.address).where(_WAITS).distinct()
_SEQS = (
    select(outbox.c.seq)
    .where(_WAITS, outbox.c.channel == bindparam("of_channel"), outbox.c.address == bindparam("of_address"))
    .order_by(outbox.c.seq)
)
_ROW = select(outbox).where(outbox.c.seq == bindparam("of_seq"))
_INCIDENT = select(incidents).where(incidents.c.id == bindparam("of_incident"))
_MOVE = update(outbox).where(outbox.c.id == bindparam("row_id"))
# It may not go another way for having waited before it came here.
_DUE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.first_tried_at.is_(None), outbox.c.due_at < bindparam("now"))
    .values(due_at=bindparam("now", type_=outbox.c.due_at.type))
)
_HAS_ENDED = select(
    exists().where(
        outbox.c.incident_id == bindparam("of_incident"),
        outbox.c.address == bindparam("of_address"),
        outbox.c.event == EventKind.RESOLVED,
    )
)
_TOLD_SOME = select(
    exists().where(
        outbox.c.event_id == bindparam("of_event"),
        or_(outbox.c.ended_at.is_(None), outbox.c.state == NotificationState.SENT),
    )
)


def strays(connection: Connection, ways: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of (channel, address) that rows wait for and `ways` (address to channel) does not have."""
    waiting = connection.execute(_WAYS).all()
    return sorted((channel, address) for channel, address in waiting if ways.get(address) != channel)


def reroute(connection: Connection, ways: Mapping[str, str], replan: Replan, at: datetime) -> Rerouted:
    """Takes every row that waits for a way that is gone to those `replan` names now, each event once per address."""
    found = Rerouted()
    seqs = sorted(
        seq
        for channel, address in strays(connection, ways)
        for seq in connection.execute(_SEQS, {"of_channel": channel, "of_address": address}).scalars()
    )
    for seq in seqs:  # in the order of time, so that bad news keeps going before good
        try:
            row = notification_of(connection.execute(_ROW, {"of_seq": seq}).one())
            instead = replan(row, _incident(connection, row))
        except UNREADABLE as error:
            quarantine_unreadable(connection, seq, at, error)
            continue
        _reroute(connection, row, instead, at, found)
    return found


def _incident(connection: Connection, row: Notification) -> Incident | None:
    if row.incident_id is None:
        return None
    return incident_of(connection.execute(_INCIDENT, {"of_incident": row.incident_id}).one())


def _reroute(
    connection: Connection, row: Notification, instead: Sequence[Notification], at: datetime, found: Rerouted
) -> None:
    write_notifications(connection, [one for one in instead if one.id != row.id and _is_news(connection, one)])
    for one in instead:
        connection.execute(_DUE, {"row_id": one.id, "now": at})
    same = next((one for one in instead if one.id == row.id), None)
    if same is not None:
        _move(connection, same, at)
        found.moved += 1
        return
    detail = f"{row.channel} no longer leads to {row.recipient or 'where it did'}: the settings have changed"
    end(connection, row.id, Ending(at, NotificationState.DROPPED, "channel_removed", detail))
    found.dropped[row.channel] += 1
    found.untold += not connection.execute(_TOLD_SOME, {"of_event": row.event_id}).scalar_one()


def _is_news(connection: Connection, row: Notification) -> bool:
    """Who heard of the end of an incident is not told of its beginning any more."""
    if row.incident_id is None or row.message.event is EventKind.RESOLVED:
        return True
    thread = {"of_incident": row.incident_id, "of_address": row.address}
    return not connection.execute(_HAS_ENDED, thread).scalar_one()


def _move(connection: Connection, row: Notification, at: datetime) -> None:
    """The other way is tried at once, however long the former one failed, and before any other that costs more."""
    connection.execute(
        _MOVE,
        {
            "row_id": row.id,
            "receiver": row.receiver,
            "channel": row.channel,
            "recipient": row.recipient,
            "not_before": row.not_before,
            "due_at": max(row.not_before, at),
        },
    )
