"""Silences and times of maintenance: on record from their start to what was told at their end, and never deleted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from alerts.message import NotificationState
from alerts.mute import Muted, Surroundings
from alerts.mutes.matcher import matcher_of
from alerts.mutes.mute import Mute
from watchdog.store.former_ids import load_former_ids
from watchdog.store.rows import Columns, Row
from watchdog.store.tables import deliveries, mutes, outbox

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_KEEP = insert(mutes).on_conflict_do_nothing(index_elements=["id"])
_END = update(mutes).where(mutes.c.id == bindparam("of"), mutes.c.ended_at.is_(None), mutes.c.settled_at.is_(None))
_SETTLE = update(mutes).where(mutes.c.id == bindparam("of"), mutes.c.settled_at.is_(None))
_IS_STANDING = mutes.c.settled_at.is_(None)
_WAS_MUTED = select(
    exists(
        select(deliveries.c.seq)
        .join(outbox, outbox.c.id == deliveries.c.notification_id)
        .where(outbox.c.incident_id == bindparam("of_incident"), deliveries.c.detail.like(bindparam("by_mute")))
    )
)
# What was told in a digest was dropped for that, and points nowhere.
_WAS_HEARD_OF = select(
    exists(
        select(outbox.c.seq).where(
            outbox.c.incident_id == bindparam("of_incident"),
            or_(
                outbox.c.ended_at.is_(None),
                outbox.c.state == NotificationState.SENT,
                and_(outbox.c.state == NotificationState.DROPPED, outbox.c.attempts > 0, outbox.c.passed_on == ""),
            ),
        )
    )
)


def mark_of(mute: Mute) -> str:
    """Begins the detail of a row that was dropped for it."""
    return f"{mute.kind.value} {mute.id} "


def by_whom(muted: Muted, around: Surroundings) -> str:
    """The detail of a row that is dropped: whose word it was, where it was somebody's."""
    if around.mute is None or muted not in {Muted.SILENCED, Muted.MAINTENANCE}:
        return ""
    return f"{mark_of(around.mute)}by {around.mute.author}: {around.mute.reason}"


def keep(connection: Connection, mute: Mute) -> None:
    """Once: one that is there already stays as it is."""
    connection.execute(_KEEP, _columns(mute))


def end(connection: Connection, mute: Mute) -> bool:
    """Writes its end; False where it was ended or settled before."""
    ended = {"ended_at": mute.ended_at, "ended_by": mute.ended_by, "ended_why": mute.ended_why}
    return bool(connection.execute(_END, {"of": mute.id, **ended}).rowcount)


def settle(connection: Connection, mute_id: str, at: datetime) -> None:
    connection.execute(_SETTLE, {"of": mute_id, "settled_at": at})


def standing(connection: Connection, now: datetime) -> list[Mute]:
    """Those whose end was not told yet, and those that were ended before a time that is still to come."""
    wanted = or_(_IS_STANDING, mutes.c.ends_at > now)
    rows = connection.execute(select(mutes).where(wanted).order_by(mutes.c.starts_at, mutes.c.id)).all()
    return _readable(rows)


def recent(connection: Connection, since: datetime) -> list[Mute]:
    """Standing ones and those that were over after `since`, the last to start first."""
    wanted = or_(_IS_STANDING, mutes.c.settled_at > since)
    rows = connection.execute(select(mutes).where(wanted).order_by(mutes.c.starts_at.desc(), mutes.c.id)).all()
    known = load_former_ids(connection) if rows else {}
    return [replace(mute, former_ids=known) for mute in _readable(rows)]


def named(connection: Connection, word: str) -> Mute | None:
    row = connection.execute(select(mutes).where(mutes.c.id == word)).first()
    return None if row is None else _mute_of(row)


def was_muted(connection: Connection, mute: Mute, incident_id: str) -> bool:
    """Whether something about the incident was dropped for `mute`."""
    pattern = mark_of(mute).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    found: bool = connection.execute(_WAS_MUTED, {"of_incident": incident_id, "by_mute": pattern}).scalar_one()
    return found


def was_heard_of(connection: Connection, incident_id: str) -> bool:
    """Whether somebody was told of the incident, or will be by what waits; what was tried in vain is not told."""
    found: bool = connection.execute(_WAS_HEARD_OF, {"of_incident": incident_id}).scalar_one()
    return found


def _columns(mute: Mute) -> Columns:
    return {
        "id": mute.id,
        "kind": mute.kind,
        "matchers": [str(matcher) for matcher in mute.matchers],
        "author": mute.author,
        "reason": mute.reason,
        "starts_at": mute.starts_at,
        "ends_at": mute.ends_at,
        "until_ok": mute.until_ok,
        "ended_at": mute.ended_at,
        "ended_by": mute.ended_by,
        "ended_why": mute.ended_why,
        "settled_at": mute.settled_at,
    }


def _readable(rows: Sequence[Row]) -> list[Mute]:
    """One that cannot be read mutes nothing, and keeps the daemon from nothing."""
    found = []
    for row in rows:
        try:
            found.append(_mute_of(row))
        except (ValueError, LookupError, TypeError) as error:
            log.error("a silence or window cannot be read back, so it is not in force", id=row.id, error=str(error))
    return found


def _mute_of(row: Row) -> Mute:
    return Mute(
        id=row.id,
        kind=row.kind,
        matchers=tuple(matcher_of(text) for text in row.matchers),
        author=row.author,
        reason=row.reason,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        until_ok=row.until_ok,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        ended_why=row.ended_why,
        settled_at=row.settled_at,
    )
