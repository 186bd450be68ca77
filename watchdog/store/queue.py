"""The statements of the outbox: who goes next, and how each try ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection, Text, and_, bindparam, case, exists, func, insert, or_, select, type_coerce, update

from alerts.incident import EventKind, Incident
from alerts.message import Notification, NotificationState
from alerts.misdated import Believable
from alerts.mute import Muted, Surroundings, worth_telling
from alerts.mutes.answered import is_answered
from alerts.mutes.mute import Mute, first_muting
from alerts.words.escape import one_line
from alerts.words.scene import routing_labels
from checks.model import Status
from watchdog.store.mutes import by_whom
from watchdog.store.proofs import is_replaced
from watchdog.store.rows import UNREADABLE, incident_of, notification_of
from watchdog.store.tables import deliveries, events, incidents, outbox
from watchdog.store.told_otherwise import is_told
from watchdog.store.told_with_bill import count_as_told, is_told_with_bill

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ending:
    """How one try ended, for the delivery log. PENDING: to be tried again."""

    at: datetime
    state: NotificationState
    reason: str
    detail: str


_other = outbox.alias("other")

_PENDING = outbox.c.ended_at.is_(None)
_IN_THREAD = (_other.c.incident_id == outbox.c.incident_id, _other.c.address == outbox.c.address)
# A claimed row still is pending, so it holds back the rest of its thread as well.
_IS_FREE = and_(
    outbox.c.channel == bindparam("of_channel"),
    _PENDING,
    outbox.c.claimed_at.is_(None),
    ~exists(select(_other.c.seq).where(*_IN_THREAD, _other.c.ended_at.is_(None), _other.c.seq < outbox.c.seq)),
)

# Of the rows that were under way when the daemon ended any may be what ended it. They go out one at a time, over all
# channels, so that a second end tells which: else one poisoned row would have its neighbours quarantined with it.
_SUSPECT_IS_OUT = exists(
    select(_other.c.seq).where(_other.c.ended_at.is_(None), _other.c.claimed_at.is_not(None), _other.c.crashes > 0)
)

# Statements are built once: building one costs more than running it.
_IS_NEXT = (_IS_FREE, outbox.c.due_at <= bindparam("now"), or_(outbox.c.crashes == 0, ~_SUSPECT_IS_OUT))
_NEXT = select(outbox).where(*_IS_NEXT).order_by(outbox.c.urgency, outbox.c.seq).limit(1)
_NEXT_SEQ = select(outbox.c.seq).where(*_IS_NEXT).order_by(outbox.c.urgency, outbox.c.seq).limit(1)
_NEXT_DUE = select(func.min(outbox.c.due_at)).where(_IS_FREE)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(
        claimed_at=bindparam("claimed_at", type_=outbox.c.claimed_at.type),
        attempts=bindparam("attempts"),
        first_tried_at=func.coalesce(outbox.c.first_tried_at, bindparam("claimed_at", type_=outbox.c.claimed_at.type)),
    )
)
_CLOSED_AT = select(incidents.c.closed_at).where(incidents.c.id == outbox.c.incident_id)
# Who was reached another way was not told here; and by that other way goes what was begun here.
_former = outbox.alias("former")
_FORMER_ADDRESS = (
    select(_former.c.address).where(_former.c.id == outbox.c.stands_for).correlate(outbox).scalar_subquery()
)
_HERE_OR_FORMERLY = or_(
    _other.c.address == outbox.c.address,
    _other.c.address == _FORMER_ADDRESS,
)
_TOLD_BEFORE = select(_other.c.seq).where(
    _other.c.incident_id == outbox.c.incident_id,
    _HERE_OR_FORMERLY,
    _other.c.seq < outbox.c.seq,
    _other.c.attempts > 0,
    or_(outbox.c.stands_for.is_(None), _other.c.id != outbox.c.stands_for),
    or_(
        func.coalesce(_other.c.passed_on, "") == "",
        and_(_other.c.state != NotificationState.DROPPED, _other.c.state != NotificationState.REJECTED),
    ),
)
_NEWER_REMINDER = select(_other.c.seq).where(
    *_IN_THREAD,
    _other.c.seq > outbox.c.seq,
    _other.c.event == EventKind.REMINDER,
    _other.c.ended_at.is_(None),
    _other.c.due_at <= bindparam("now"),
)
_OVERTAKING = select(_other.c.seq).where(
    *_IN_THREAD,
    _other.c.seq > outbox.c.seq,
    _other.c.event == EventKind.SEVERITY,
    _other.c.ended_at.is_(None),
    _other.c.not_before < outbox.c.not_before,
)
_ANSWERED = select(incidents.c.acknowledged).where(incidents.c.id == outbox.c.incident_id)
_AROUND = select(
    _CLOSED_AT.scalar_subquery(),
    exists(_TOLD_BEFORE),
    exists(_NEWER_REMINDER),
    _ANSWERED.scalar_subquery(),
    exists(_OVERTAKING),
).where(outbox.c.id == bindparam("row_id"))
_SEVERITY_OF_STEP = select(events.c.severity).where(events.c.id == bindparam("event"), events.c.rung.is_not(None))
_SEVERITY_ANSWERED = (
    select(events.c.severity)
    .where(events.c.incident_id == bindparam("incident"), events.c.kind == EventKind.ACKNOWLEDGED)
    .order_by(events.c.seq.desc())
    .limit(1)
)
_ABOUT = select(incidents).where(incidents.c.id == bindparam("incident"))
_END = update(outbox).where(outbox.c.id == bindparam("row_id"), _PENDING)
_POSTPONE = _END.where(outbox.c.claimed_at.is_not(None))
_FROM_ANOTHER_CLOCK = outbox.c.created_at > bindparam("created_until")
_IS_MISDATED = and_(
    _PENDING,
    or_(
        _FROM_ANOTHER_CLOCK,
        and_(outbox.c.due_at > outbox.c.not_before, outbox.c.due_at > bindparam("retried_until")),
    ),
)
_MISDATED = select(exists(select(outbox.c.seq).where(_IS_MISDATED)))
_NOW = bindparam("now", type_=outbox.c.due_at.type)
_REDATE = (
    update(outbox)
    .where(_IS_MISDATED)
    .values(
        created_at=case((_FROM_ANOTHER_CLOCK, _NOW), else_=outbox.c.created_at),
        not_before=case((_FROM_ANOTHER_CLOCK, _NOW), else_=outbox.c.not_before),
        due_at=case((_FROM_ANOTHER_CLOCK, _NOW), (outbox.c.not_before > _NOW, outbox.c.not_before), else_=_NOW),
    )
)
_LOG = insert(deliveries)
_REPEAT = select(outbox.c.repeat).where(outbox.c.id == bindparam("row_id"))


def claim_next(
    connection: Connection,
    channel: str,
    now: datetime,
    held: Sequence[tuple[datetime, datetime]] = (),
    mutes: Sequence[Mute] = (),
) -> Notification | None:
    """Claims the most urgent row that may go out; `held` is as in alerts.mute.Surroundings, `mutes` are in force.

    On the way it drops what nobody needs any more, and quarantines what cannot be read.
    """
    turn = {"of_channel": channel, "now": now}
    while True:
        try:
            row = connection.execute(_NEXT, turn).first()
            if row is None:
                return None
            notification = notification_of(row)
            around = replace(surroundings(connection, notification, now, mutes), held=held)
            muted = Muted.REACHED if is_told(connection, row) else worth_telling(notification, around)
        except UNREADABLE as error:
            quarantine_unreadable(connection, connection.execute(_NEXT_SEQ, turn).scalar_one(), now, error)
            continue
        if muted is None:
            return _claim(connection, notification, now)
        end(connection, row.id, Ending(now, NotificationState.DROPPED, muted.value, by_whom(muted, around)))
        if muted is Muted.WITH_BILL:
            count_as_told(connection, row.id)


def quarantine_unreadable(connection: Connection, seq: int, at: datetime, error: Exception) -> None:
    """Ends the row `seq` unread, so that it holds back nobody. Who hears of it: see watchdog.store.own_notices."""
    why = one_line(f"it cannot be read back: {error}", 200)
    raw_id, raw_event = connection.execute(
        select(type_coerce(outbox.c.id, Text), type_coerce(outbox.c.event, Text)).where(outbox.c.seq == seq)
    ).one()
    values: dict[str, object] = {"state": NotificationState.QUARANTINED, "ended_at": at, "claimed_at": None}
    if raw_event not in {kind.value for kind in EventKind}:
        values["event"] = EventKind.NOTICE  # what listings read must be readable; the log line keeps the word
    connection.execute(update(outbox).where(outbox.c.seq == seq).values(values))
    ending = Ending(at, NotificationState.QUARANTINED, "unreadable", why)
    connection.execute(_LOG, _line(raw_id, ending, repeat=False))
    log.error("a row of the outbox was set aside", notification=raw_id, why=why)


def _claim(connection: Connection, row: Notification, now: datetime) -> Notification:
    counted = row.attempts + 1
    connection.execute(_CLAIM, {"row_id": row.id, "claimed_at": now, "attempts": counted})
    return replace(row, attempts=counted)


def next_due(connection: Connection, channel: str) -> datetime | None:
    due: datetime | None = connection.execute(_NEXT_DUE, {"of_channel": channel}).scalar_one()
    return due


def is_misdated(connection: Connection, limits: Believable) -> bool:
    """Whether a row waits for a time that only a wrong clock knew."""
    found: bool = connection.execute(_MISDATED, _dates(limits)).scalar_one()
    return found


def redate(connection: Connection, limits: Believable) -> int:
    """Such rows are due now, but for what was held back until later before that clock was wrong. Answers how many."""
    return connection.execute(_REDATE, _dates(limits) | {"now": limits.now}).rowcount


def _dates(limits: Believable) -> dict[str, datetime]:
    return {"created_until": limits.created_until, "retried_until": limits.retried_until}


def end(connection: Connection, notification_id: str, ending: Ending) -> None:
    """The last outcome of a row. A row that has one already keeps it: a repeated call changes nothing."""
    values = {"row_id": notification_id, "state": ending.state, "ended_at": ending.at, "claimed_at": None}
    if connection.execute(_END, values).rowcount:
        _log(connection, notification_id, ending)


def postpone(connection: Connection, notification_id: str, until: datetime, ending: Ending) -> None:
    """A claimed row goes back into the queue; only claimed ones do, so that a repeated call changes nothing."""
    values = {"row_id": notification_id, "claimed_at": None, "due_at": until, "crashes": 0}
    if connection.execute(_POSTPONE, values).rowcount:
        _log(connection, notification_id, ending)


def release_crashed(connection: Connection, at: datetime, limit: int) -> Sequence[str]:
    """Takes back every claim, since whoever made it is gone; answers the ids of those that are quarantined for it.

    The recipient may have the message already, so the row is marked as a repeat. A postponement proves that
    the row does not kill us: it starts the count anew.
    """
    # Not the whole rows: one that cannot be read must not keep the daemon from starting.
    begun = select(outbox.c.seq, outbox.c.id, outbox.c.crashes).where(_PENDING, outbox.c.claimed_at.is_not(None))
    claimed = connection.execute(begun.order_by(outbox.c.seq)).all()
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
    return quarantined


def _log(connection: Connection, notification_id: str, ending: Ending) -> None:
    repeat: bool = connection.execute(_REPEAT, {"row_id": notification_id}).scalar_one()
    connection.execute(_LOG, _line(notification_id, ending, repeat=repeat))


def _line(notification_id: str, ending: Ending, *, repeat: bool) -> dict[str, object]:
    return {
        "notification_id": notification_id,
        "at": ending.at,
        "state": ending.state,
        "reason": ending.reason,
        "detail": ending.detail,
        "repeat": repeat,
    }


def surroundings(connection: Connection, row: Notification, now: datetime, mutes: Sequence[Mute]) -> Surroundings:
    if row.incident_id is None:
        return Surroundings(is_overtaken=is_replaced(connection, row))
    if is_told_with_bill(connection, row):
        return Surroundings(is_told_with_bill=True)
    found = connection.execute(_AROUND, {"row_id": row.id, "now": now}).one()
    may_be_answered = found[3] is not None and row.message.event is EventKind.REMINDER
    incident = _incident(connection, row.incident_id) if mutes or may_be_answered else None
    return Surroundings(
        incident_closed_at=found[0],
        told_before=found[1],
        newer_reminder=found[2],
        is_overtaken=found[4],
        mute=None if incident is None else first_muting(routing_labels(incident), mutes),
        is_answered=incident is not None and is_answered(incident, now) and not _is_graver(connection, row),
    )


def _incident(connection: Connection, incident_id: str) -> Incident:
    return incident_of(connection.execute(_ABOUT, {"incident": incident_id}).one())


def _is_graver(connection: Connection, row: Notification) -> bool:
    """Whether the row tells of a step of a ladder that is graver than what somebody said to be at."""
    told: Status | None = connection.execute(_SEVERITY_OF_STEP, {"event": row.event_id}).scalar_one_or_none()
    then: Status | None = connection.execute(_SEVERITY_ANSWERED, {"incident": row.incident_id}).scalar_one_or_none()
    return told is Status.CRITICAL and then is not None and then is not Status.CRITICAL
