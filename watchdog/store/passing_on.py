"""Rows whose way fails, and the rows that stand in for them over another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from alerts.fallback import RESTS_FOR, TRIES, UNDER_WAY, WITHIN, Standing, Step, step
from alerts.incident import EventKind, Incident
from alerts.message import Notification, NotificationState
from alerts.mute import Muted
from alerts.plan import URGENT
from watchdog.store.gathered import free, parts
from watchdog.store.of_fault import IS_OF_A_FAULT
from watchdog.store.rows import UNREADABLE, Row, incident_of, notification_columns, notification_of
from watchdog.store.tables import deliveries, incidents, outbox

#: Stands in the delivery log beside a row that goes another way; the detail names that way.
PASSED_ON = "passed on"

#: Rows of one event are written together, so they lie close to each other.
_NEAR = 500

#: From a row that fails, and its incident as it stands, to the rows that stand in for it.
Instead: TypeAlias = Callable[[Notification, Incident | None], Sequence[Notification]]

#: From a row that was refused, why, and whether its receiver hears of it otherwise, to the rows that say so.
Refused: TypeAlias = Callable[[Notification, str, bool], Sequence[Notification]]


class Divided(Enum):
    """Whether the rows that a digest told go other ways, each by its own incident."""

    WHOLLY = "wholly"
    IN_PART = "in part"
    NOT_AT_ALL = "not at all"


@dataclass(slots=True)
class PassedOn:
    """What became of rows that failed."""

    ways: list[tuple[str, str]] = field(default_factory=list)
    """Channels from which and to which."""
    looked_at: int = 0
    crowded: set[str] = field(default_factory=set)
    """Channels that got what had been one message elsewhere, row by row."""

    def __bool__(self) -> bool:
        return self.looked_at > 0


_PENDING = and_(outbox.c.ended_at.is_(None), outbox.c.passed_on.is_(None))
_TRIED_ENOUGH = or_(
    and_(outbox.c.attempts >= TRIES, outbox.c.claimed_at.is_(None)),
    outbox.c.attempts > TRIES,
    outbox.c.first_tried_at <= bindparam("tried_until"),
)
# SQLite takes a partial index only where its condition stands as it was written.
_REFUSED = text("state = 'rejected' AND passed_on IS NULL")
REFUSED_SEQS = select(outbox.c.seq).where(_REFUSED)
_ROW = select(outbox).where(outbox.c.seq == bindparam("of_seq"))
_SIBLINGS: Select[Any] = select(
    outbox.c.state, outbox.c.attempts, outbox.c.first_tried_at, outbox.c.passed_on, outbox.c.ended_at
).where(
    outbox.c.seq.between(bindparam("of_seq") - _NEAR, bindparam("of_seq") + _NEAR),
    outbox.c.seq != bindparam("of_seq"),
    outbox.c.event_id == bindparam("of_event"),
    outbox.c.receiver == bindparam("of_receiver"),
    outbox.c.channel == bindparam("of_channel"),
)
_BESIDE = select(
    exists().where(
        outbox.c.seq.between(bindparam("of_seq") - _NEAR, bindparam("of_seq") + _NEAR),
        outbox.c.event_id == bindparam("of_event"),
        outbox.c.receiver == bindparam("of_receiver"),
        outbox.c.channel != bindparam("of_channel"),
        outbox.c.state.in_((NotificationState.SENT, NotificationState.PENDING)),
    )
)
_INCIDENT = select(incidents).where(incidents.c.id == bindparam("of_incident"))
_MARK = update(outbox).where(outbox.c.seq == bindparam("of_seq"))
_KEEP = insert(outbox).on_conflict_do_nothing(index_elements=["id"])
_POINT_BACK = update(outbox).where(outbox.c.id == bindparam("of_row"), outbox.c.stands_for.is_(None))
_REST = _MARK.where(
    outbox.c.ended_at.is_(None), outbox.c.claimed_at.is_(None), outbox.c.due_at < bindparam("rests_until")
)
_WHY = (
    select(deliveries.c.reason, deliveries.c.detail)
    .where(deliveries.c.notification_id == bindparam("of_row"), deliveries.c.reason != PASSED_ON)
    .order_by(deliveries.c.seq.desc())
    .limit(1)
)


def failing(
    connection: Connection, now: datetime, out: Sequence[str], sends_since: datetime | None = None
) -> list[int]:
    """Rows that nobody has asked yet whether they go another way, in the order of time.

    `out` are channels that have been out for long enough: what waits for them need not be tried first. `sends_since`
    is since when anything may be sent at all: only then does a row wait for others in vain.
    """
    found = connection.execute(pending_in_vain(now, out, sends_since), {"tried_until": now - WITHIN}).scalars()
    return sorted([*found, *connection.execute(REFUSED_SEQS).scalars()])


def pending_in_vain(now: datetime, out: Sequence[str], sends_since: datetime | None = None) -> Select[tuple[int]]:
    """In no order: asked for one, SQLite reads the whole table in that order, not the few rows that are pending."""
    waits = outbox.c.channel.in_(out) if out else false()
    is_late = sends_since is not None and sends_since <= now - WITHIN
    in_vain = or_(
        _TRIED_ENOUGH,
        and_(waits, outbox.c.not_before <= now, outbox.c.claimed_at.is_(None)),
        _waited_behind_others(now) if is_late else false(),
    )
    return select(outbox.c.seq).where(_PENDING, in_vain)


def _waited_behind_others(now: datetime) -> ColumnElement[bool]:
    """What stands in for another row is due since it was put here, and once tried goes by its first try.

    A bill was known for days: it keeps its place, and takes no way that costs more or wakes somebody.
    """
    is_due = or_(
        and_(outbox.c.attempts == 0, outbox.c.due_at <= now - WITHIN),
        and_(outbox.c.attempts > 0, outbox.c.stands_for.is_(None), outbox.c.not_before <= now - WITHIN),
    )
    may_succeed = and_(outbox.c.claimed_at.is_not(None), outbox.c.claimed_at > now - UNDER_WAY)
    is_outage = or_(outbox.c.incident_id.is_(None), IS_OF_A_FAULT)
    return and_(outbox.c.urgency == URGENT, is_due, ~may_succeed, is_outage)


def pass_on(connection: Connection, seqs: Iterable[int], instead: Instead, refused: Refused, now: datetime) -> PassedOn:
    """Gives each row that failed the rows that stand in for it, once."""
    done = PassedOn()
    for seq in seqs:
        try:
            found = connection.execute(_ROW, {"of_seq": seq}).one()
            row = notification_of(found)
            incident = _incident(connection, row)
        except UNREADABLE:  # the queue sets it aside when its turn comes
            connection.execute(_MARK, {"of_seq": seq, "passed_on": ""})
            continue
        decided = step(_standing(found, now), _siblings(connection, found, now), now)
        if decided is Step.WAIT:
            continue
        if _is_under_way(found, row, now):
            continue
        divided = _pass_on_parts(connection, found, instead, now, done) if _is_digest(row) else Divided.NOT_AT_ALL
        others: Sequence[Notification] = ()
        if decided is Step.PASS_ON and divided is Divided.NOT_AT_ALL:
            others = _stand_in(connection, instead(row, incident), row.id, now)
        _record(connection, found, others, now, done)
        if found.state is NotificationState.REJECTED:
            goes_on = decided is Step.LEAVE or divided is Divided.WHOLLY or bool(others)
            was_told = goes_on or (divided is Divided.NOT_AT_ALL and _is_told_beside(connection, found))
            _stand_in(connection, refused(row, _why(connection, row.id), was_told), None, now)
    return done


def _is_digest(row: Notification) -> bool:
    return row.message.event is EventKind.DIGEST


def _is_under_way(found: Row, row: Notification, now: datetime) -> bool:
    """A digest whose try began just now is not taken apart: it may be getting through."""
    return _is_digest(row) and found.claimed_at is not None and found.claimed_at > now - UNDER_WAY


def _pass_on_parts(connection: Connection, digest: Row, instead: Instead, now: datetime, done: PassedOn) -> Divided:
    """Each row that a digest took the place of goes the way of its own receivers.

    A digest that waits is no more from then on, and its rows rest as others do; one that was refused stays so, for its
    address takes none of them either. NOT_AT_ALL where none of them has another way.
    """
    planned = [(part.seq, _instead_of(connection, part, instead)) for part in parts(connection, digest.id)]
    if not any(others for _, others in planned):
        return Divided.NOT_AT_ALL
    if digest.ended_at is None:
        free(connection, digest.id)
        _end_divided(connection, digest, now)
    for seq, rows in planned:
        part = connection.execute(_ROW, {"of_seq": seq}).one()
        others = _stand_in(connection, rows, part.id, now)
        _record(connection, part, others, now, done)
        done.crowded.update(other.channel for other in others)
    return Divided.WHOLLY if all(others for _, others in planned) else Divided.IN_PART


def _instead_of(connection: Connection, part: Row, instead: Instead) -> Sequence[Notification]:
    try:
        row = notification_of(part)
        return instead(row, _incident(connection, row))
    except UNREADABLE:  # set aside when its turn comes
        return ()


def _end_divided(connection: Connection, digest: Row, now: datetime) -> None:
    ended = {"state": NotificationState.DROPPED, "ended_at": now, "claimed_at": None, "passed_on": ""}
    connection.execute(_MARK, {"of_seq": digest.seq, **ended})
    line = _line(digest.id, NotificationState.DROPPED, "what it told goes other ways", now)
    connection.execute(insert(deliveries), {**line, "reason": Muted.SUPERSEDED.value})


def _record(connection: Connection, found: Row, others: Sequence[Notification], now: datetime, done: PassedOn) -> None:
    done.looked_at += 1
    connection.execute(_MARK, {"of_seq": found.seq, "passed_on": " ".join(other.id for other in others)})
    if others:
        rests_until = now + RESTS_FOR
        connection.execute(_REST.values(due_at=rests_until), {"of_seq": found.seq, "rests_until": rests_until})
    for other in others:
        done.ways.append((found.channel, other.channel))
        connection.execute(insert(deliveries), _line(found.id, found.state, f"to {other.channel}", now))


def _why(connection: Connection, row_id: str) -> str:
    found = connection.execute(_WHY, {"of_row": row_id}).first()
    return "no reason was given" if found is None else found.detail or found.reason


def _stand_in(
    connection: Connection, rows: Sequence[Notification], former: str | None, now: datetime
) -> Sequence[Notification]:
    """The end of an incident, too, goes to whoever the former row was for, whatever this way was told before."""
    for row in rows:
        is_new = connection.execute(_KEEP, notification_columns(row)).rowcount
        if is_new and former is not None:  # one that was there before is somebody's own
            connection.execute(_POINT_BACK.values(due_at=now), {"of_row": row.id, "stands_for": former})
    return rows


def _incident(connection: Connection, row: Notification) -> Incident | None:
    if row.incident_id is None:
        return None
    return incident_of(connection.execute(_INCIDENT, {"of_incident": row.incident_id}).one())


def _siblings(connection: Connection, found: Row, now: datetime) -> list[Standing]:
    return [_standing(one, now) for one in connection.execute(_SIBLINGS, _whose(found))]


def _is_told_beside(connection: Connection, found: Row) -> bool:
    """Whether the same receiver has it, or will, over another channel: all of them may be used at once."""
    beside: bool = connection.execute(_BESIDE, _whose(found)).scalar_one()
    return beside


def _whose(found: Row) -> dict[str, Any]:
    return {
        "of_seq": found.seq,
        "of_event": found.event_id,
        "of_receiver": found.receiver,
        "of_channel": found.channel,
    }


def _standing(found: Row, now: datetime) -> Standing:
    tried_for_long = found.first_tried_at is not None and found.first_tried_at <= now - WITHIN
    refused = found.state is NotificationState.REJECTED
    failed = refused or found.passed_on is not None or found.attempts >= TRIES or tried_for_long
    return Standing(state=found.state, failed=failed, ended_at=found.ended_at)


def _line(row_id: str, state: NotificationState, detail: str, at: datetime) -> dict[str, Any]:
    return {
        "notification_id": row_id,
        "at": at,
        "state": state,
        "reason": PASSED_ON,
        "detail": detail,
        "repeat": False,
    }
