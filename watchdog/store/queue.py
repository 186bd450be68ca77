"""The statements of the outbox: who goes next, and how each try ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, select, update

from alerts.incident import EventKind
from alerts.message import Notification, NotificationState
from alerts.mute import Surroundings, worth_telling
from watchdog.store.rows import Row, notification_of
from watchdog.store.tables import deliveries, incidents, outbox


@dataclass(frozen=True, slots=True)
class Ending:
    """How one try ended, for the delivery log. PENDING: to be tried again."""

    at: datetime
    state: NotificationState
    reason: str
    detail: str


_other = outbox.alias("other")

_PENDING = outbox.c.ended_at.is_(None)
_SAME_THREAD = and_(
    _other.c.incident_id == outbox.c.incident_id,
    _other.c.channel == outbox.c.channel,
    _other.c.recipient == outbox.c.recipient,
)
# A claimed row still is pending, so it holds back the rest of its thread as well.
_FIRST_OF_THREAD = ~exists(
    select(_other.c.seq).where(_SAME_THREAD, _other.c.ended_at.is_(None), _other.c.seq < outbox.c.seq)
)


def _free_rows(channel: str) -> ColumnElement[bool]:
    return and_(outbox.c.channel == channel, _PENDING, outbox.c.claimed_at.is_(None), _FIRST_OF_THREAD)


def claim_next(connection: Connection, channel: str, now: datetime) -> Notification | None:
    """Claims the most urgent row that may go out, and drops on the way what nobody needs any more."""
    following = (
        select(outbox)
        .where(_free_rows(channel), outbox.c.due_at <= now)
        .order_by(outbox.c.urgency, outbox.c.seq)
        .limit(1)
    )
    while (row := connection.execute(following).first()) is not None:
        notification = notification_of(row)
        muted = worth_telling(notification, _surroundings(connection, row, now))
        if muted is None:
            return _claim(connection, notification, now)
        end(connection, row.id, Ending(now, NotificationState.DROPPED, muted.value, ""))
    return None


def _claim(connection: Connection, row: Notification, now: datetime) -> Notification:
    counted = row.attempts + 1
    connection.execute(update(outbox).where(outbox.c.id == row.id).values(claimed_at=now, attempts=counted))
    return replace(row, attempts=counted)


def next_due(connection: Connection, channel: str) -> datetime | None:
    due: datetime | None = connection.execute(select(func.min(outbox.c.due_at)).where(_free_rows(channel))).scalar_one()
    return due


def end(connection: Connection, notification_id: str, ending: Ending) -> None:
    """The last outcome of a row. A row that has one already keeps it: a repeated call changes nothing."""
    ended = connection.execute(
        update(outbox)
        .where(outbox.c.id == notification_id, _PENDING)
        .values(state=ending.state, ended_at=ending.at, claimed_at=None)
    )
    if ended.rowcount:
        _log(connection, notification_id, ending)


def postpone(connection: Connection, notification_id: str, until: datetime, ending: Ending) -> None:
    """A claimed row goes back into the queue; only claimed ones do, so that a repeated call changes nothing."""
    put_back = connection.execute(
        update(outbox)
        .where(outbox.c.id == notification_id, _PENDING, outbox.c.claimed_at.is_not(None))
        .values(claimed_at=None, due_at=until, crashes=0)
    )
    if put_back.rowcount:
        _log(connection, notification_id, ending)


def release_crashed(connection: Connection, at: datetime, limit: int) -> list[Notification]:
    """Takes back every claim, since whoever made it is gone; answers the rows that are quarantined for it.

    The recipient may have the message already, so the row is marked as a repeat. A postponement proves that
    the row does not kill us: it starts the count anew.
    """
    claimed = connection.execute(select(outbox).where(_PENDING, outbox.c.claimed_at.is_not(None))).all()
    quarantined = []
    for row in claimed:
        crashes = row.crashes + 1
        connection.execute(
            update(outbox).where(outbox.c.seq == row.seq).values(claimed_at=None, crashes=crashes, repeat=True)
        )
        if crashes < limit:
            detail = "the daemon ended while sending it"
            _log(connection, row.id, Ending(at, NotificationState.PENDING, "crashed", detail))
        else:
            detail = f"the daemon ended {crashes} times while sending it"
            end(connection, row.id, Ending(at, NotificationState.QUARANTINED, "crashed", detail))
            quarantined.append(row.id)
    return _by_ids(connection, quarantined)


def _by_ids(connection: Connection, ids: Sequence[str]) -> list[Notification]:
    rows = connection.execute(select(outbox).where(outbox.c.id.in_(ids)).order_by(outbox.c.seq))
    return [notification_of(row) for row in rows]


def _log(connection: Connection, notification_id: str, ending: Ending) -> None:
    repeat = select(outbox.c.repeat).where(outbox.c.id == notification_id).scalar_subquery()
    connection.execute(
        insert(deliveries).values(
            notification_id=notification_id,
            at=ending.at,
            state=ending.state,
            reason=ending.reason,
            detail=ending.detail,
            repeat=repeat,
        )
    )


def _surroundings(connection: Connection, row: Row, now: datetime) -> Surroundings:
    if row.incident_id is None:
        return Surroundings()
    thread = and_(
        outbox.c.incident_id == row.incident_id,
        outbox.c.channel == row.channel,
        outbox.c.recipient == row.recipient,
    )
    newer = and_(outbox.c.event == EventKind.REMINDER, _PENDING, outbox.c.due_at <= now)
    found = connection.execute(
        select(
            select(incidents.c.closed_at).where(incidents.c.id == row.incident_id).scalar_subquery(),
            exists(select(outbox.c.seq).where(thread, outbox.c.seq < row.seq, outbox.c.attempts > 0)),
            exists(select(outbox.c.seq).where(thread, outbox.c.seq > row.seq, newer)),
        )
    ).one()
    return Surroundings(incident_closed_at=found[0], told_before=found[1], newer_reminder=found[2])
