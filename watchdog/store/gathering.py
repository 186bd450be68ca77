"""Rows that waited for a channel that was held up: drained at once, or gathered into one message per address."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from alerts.drills.drill import DRILL_URGENCY
from alerts.incident import EventKind
from alerts.message import Notification, NotificationState
from alerts.mute import Muted, Surroundings, worth_telling
from alerts.mutes.mute import Mute, first_muting
from alerts.return_digest import HANDFUL, IN_DIGEST, NEVER_GATHERED, Gathered, Waiting
from alerts.words.scene import routing_labels
from watchdog.store.gathered import free
from watchdog.store.mutes import by_whom
from watchdog.store.of_fault import IS_OF_A_FAULT
from watchdog.store.rows import UNREADABLE, Row, incident_of, notification_of
from watchdog.store.tables import deliveries, incidents, outbox
from watchdog.store.told_otherwise import is_told
from watchdog.store.writes import write_notifications

#: From rows that wait for one address to the one that tells them all.
Compose: TypeAlias = Callable[[Sequence[Waiting], datetime], Notification]

#: What else is known of a row whose turn comes: see watchdog.store.queue.
Around: TypeAlias = Callable[[Connection, Notification, datetime], Surroundings]

# A row that may be what ended the daemon goes alone, so that it takes no others with it.
_WAITS = and_(
    outbox.c.channel == bindparam("of_channel"),
    outbox.c.ended_at.is_(None),
    outbox.c.claimed_at.is_(None),
    outbox.c.crashes == 0,
)
_POSTPONED = select(outbox.c.id).where(
    _WAITS, outbox.c.due_at > bindparam("now"), outbox.c.not_before <= bindparam("now")
)
_HURRY = (
    update(outbox).where(outbox.c.id == bindparam("row_id")).values(due_at=bindparam("now", type_=outbox.c.due_at.type))
)
# Nor is a drill ever told in one message with what is real.
_IS_GATHERED = and_(
    _WAITS,
    outbox.c.due_at <= bindparam("now"),
    outbox.c.event.not_in(NEVER_GATHERED),
    outbox.c.urgency < DRILL_URGENCY,
    or_(bindparam("what") == Gathered.ALL.value, func.coalesce(outbox.c.passed_on, "") == ""),
    or_(bindparam("what") != Gathered.FAULTS.value, IS_OF_A_FAULT),
)
_CROWDED = select(outbox.c.address).where(_IS_GATHERED).group_by(outbox.c.address).having(func.count() > HANDFUL)
_ROWS = (
    select(outbox, incidents.c.opened_at.label("incident_opened_at"), incidents.c.closed_at.label("incident_closed_at"))
    .outerjoin(incidents, incidents.c.id == outbox.c.incident_id)
    .where(_IS_GATHERED, outbox.c.address == bindparam("of_address"))
    .order_by(outbox.c.seq)
)
_END = update(outbox).where(outbox.c.id == bindparam("row_id"))
_DIGESTS = select(outbox).where(
    outbox.c.channel == bindparam("of_channel"),
    outbox.c.ended_at.is_(None),
    outbox.c.claimed_at.is_(None),
    outbox.c.event == EventKind.DIGEST,
    outbox.c.due_at <= bindparam("now"),
)
_ABOUT = select(incidents).where(incidents.c.id == bindparam("incident"))
_LOG = insert(deliveries)


def hurry(connection: Connection, channel: str, now: datetime, but: AbstractSet[str]) -> int:
    """What waits for its next try is due now, `but` for those ids: the channel works again. Answers how many rows."""
    postponed = connection.execute(_POSTPONED, {"of_channel": channel, "now": now}).scalars()
    return sum(connection.execute(_HURRY, {"row_id": id_, "now": now}).rowcount for id_ in postponed if id_ not in but)


def gather(
    connection: Connection, channel: str, now: datetime, around: Around, compose: Compose, *, what: Gathered
) -> int:
    """Where more than a handful waits for one address, one message takes their place. Answers how many it took."""
    whole = {"of_channel": channel, "now": now, "what": what.value}
    crowded = connection.execute(_CROWDED, whole).scalars().all()
    return sum(_gather(connection, whole | {"of_address": address}, around, compose) for address in crowded)


def dissolve(connection: Connection, channel: str, now: datetime, mutes: Sequence[Mute]) -> int:
    """Frees what was gathered into messages that may not be said as they are, since one of `mutes` covers a part of
    them by now. Answers how many rows wait anew.
    """
    return sum(
        _dissolve(connection, found, now)
        for found in connection.execute(_DIGESTS, {"of_channel": channel, "now": now}).all()
        if _is_muted(connection, found, mutes)
    )


def _is_muted(connection: Connection, digest: Row, mutes: Sequence[Mute]) -> bool:
    try:
        told_of = notification_of(digest).message.fields.get("incidents", "").split()
        standing = [connection.execute(_ABOUT, {"incident": incident_id}).one() for incident_id in told_of]
        return any(first_muting(routing_labels(incident_of(one)), mutes) is not None for one in standing)
    except UNREADABLE:
        return False  # set aside when its turn comes


def _dissolve(connection: Connection, digest: Row, now: datetime) -> int:
    freed = 0
    for row_id in filter(None, (digest.id, digest.stands_for)):
        freed += free(connection, row_id)
    if freed:
        _end(connection, notification_of(digest), now, Muted.SUPERSEDED.value, "a part of it may not be said any more")
    return freed


def _gather(connection: Connection, whole: Mapping[str, Any], around: Around, compose: Compose) -> int:
    now = whole["now"]
    kept: list[Waiting] = []
    due: list[datetime] = []
    for found in connection.execute(_ROWS, whole).all():
        try:
            row = notification_of(found)
            known = around(connection, row, now)
            muted = _muted(connection, found, row, known, kept)
        except UNREADABLE:
            continue  # set aside when its turn comes
        if muted is None:
            opened_at, closed_at = found.incident_opened_at, found.incident_closed_at
            kept.append(Waiting(row=row, opened_at=opened_at, closed_at=closed_at))
            due.append(found.first_tried_at or found.due_at)
        else:
            _end(connection, row, now, muted.value, by_whom(muted, known))
    if len(kept) <= HANDFUL:
        return 0
    told = compose(kept, now)
    if whole["what"] != Gathered.ALL.value:
        # It has waited as long as the first of them, and goes another way when that would.
        told = replace(told, not_before=min(due))
    write_notifications(connection, [told])
    for one in kept:
        _end(connection, one.row, now, IN_DIGEST, told.id)
    return len(kept)


def _muted(
    connection: Connection, found: Row, row: Notification, around: Surroundings, kept: Sequence[Waiting]
) -> Muted | None:
    if is_told(connection, found):
        return Muted.REACHED
    told_here = any(one.row.incident_id == row.incident_id for one in kept)
    if row.message.event is EventKind.RESOLVED and told_here:
        return None
    return worth_telling(row, around)


def _end(connection: Connection, row: Notification, at: datetime, reason: str, detail: str) -> None:
    """Who is told in a digest knows of the incident, so such a row counts as tried."""
    values: dict[str, Any] = {"row_id": row.id, "state": NotificationState.DROPPED, "ended_at": at}
    if reason in {IN_DIGEST, Muted.WITH_BILL.value}:
        values |= {"attempts": max(row.attempts, 1), "passed_on": ""}
    connection.execute(_END, values)
    line = {"notification_id": row.id, "at": at, "state": NotificationState.DROPPED, "reason": reason}
    connection.execute(_LOG, {**line, "detail": detail, "repeat": row.repeat})
