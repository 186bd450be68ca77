"""What people and metrics ask of the store. Every call is one consistent view."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Text, func, or_, select, type_coerce

from alerts.drills.drill import DRILL_CHECK
from alerts.incident import Incident
from alerts.mutes.mute import Mute
from alerts.record import SubjectRecord
from checks.model import CheckId, Status
from checks.plugin import Json
from watchdog.store import link_uses, mutes
from watchdog.store.database import Database
from watchdog.store.dated_rows import load_dated
from watchdog.store.delivery_lines import DeliveryLines
from watchdog.store.history import newest_looks
from watchdog.store.ledger import LedgerRows
from watchdog.store.lists_told import ListsTold
from watchdog.store.memory_rows import load_memories
from watchdog.store.rows import incident_of, record_of, subject_of
from watchdog.store.tables import deliveries, events, incidents, memories, outbox, subjects
from watchdog.store.taxpayers import TaxpayerRows
from watchdog.store.views import (
    Dated,
    DeliveryLine,
    EventLine,
    IncidentHistory,
    LinkUse,
    NoticeLine,
    ToldLine,
    Waiting,
    WaitingLine,
)

#: SQLite takes so many variables in any build.
_IDS_AT_ONCE = 500
_IS_REAL, _TURNS = incidents.c.check_id != DRILL_CHECK, (incidents.c.opened_at, incidents.c.closed_at)


class Listings:
    """Reads on the reading connection, so that the longest listing delays no commit. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.ledger = LedgerRows(database)
        self.taxpayers = TaxpayerRows(database)
        self.lists = ListsTold(database)

    def subjects(self) -> list[SubjectRecord]:
        """Every subject that is watched, by check and name, with its last look."""
        with self._database.read() as connection:
            return [record for record in load_records(connection) if record.check_id != DRILL_CHECK]

    def memories(self) -> dict[CheckId, dict[str, Json]]:
        with self._database.read() as connection:
            return load_memories(connection)

    def dated(self) -> list[Dated]:
        """Subjects that have a deadline, by check and name. 4 µs each, where a whole record takes 100."""
        return load_dated(self._database)

    def remembered(self, key: str) -> list[Json]:
        """What checks keep under this name, by check."""
        asked = select(memories.c.value).where(memories.c.key == key).order_by(memories.c.check_id)
        with self._database.read() as connection:
            return list(connection.execute(asked).scalars())

    def open_incidents(self) -> list[Incident]:
        """Oldest first."""
        with self._database.read() as connection:
            return list(_open_incidents(connection))

    def recent_incidents(self, limit: int, since: datetime | None = None) -> list[Incident]:
        """Open or closed, the newest first; with `since` those that began or ended then or later. No drills."""
        meant = (_IS_REAL,) if since is None else (_IS_REAL, or_(*(of >= since for of in _TURNS)))
        newest = select(incidents).where(*meant).order_by(incidents.c.opened_at.desc(), incidents.c.id).limit(limit)
        with self._database.read() as connection:
            return list(map(incident_of, connection.execute(newest)))

    def incidents_named(self, beginning: str, limit: int) -> list[Incident]:
        """Those whose id is `beginning`, else those whose id begins with it, the newest first."""
        begins = incidents.c.id.startswith(beginning, autoescape=True)
        named = select(incidents).where(begins).order_by(incidents.c.id != beginning, incidents.c.opened_at.desc())
        with self._database.read() as connection:
            found = [incident_of(row) for row in connection.execute(named.limit(limit))]
        return found[:1] if found and found[0].id == beginning else found

    def mutes(self, since: datetime) -> list[Mute]:
        """Silences and windows that are not settled, and those that were after `since`, the last to start first."""
        with self._database.read() as connection:
            return mutes.recent(connection, since)

    def history(self, incident_id: str) -> IncidentHistory | None:
        """None where there is no such incident."""
        return self.histories([incident_id]).get(incident_id)

    def histories(self, incident_ids: Sequence[str]) -> dict[str, IncidentHistory]:
        """All that happened to each of them, by id; one that is not stored is missing. Four questions per 500."""
        with self._database.read() as connection:
            return {
                history.incident.id: history
                for at in range(0, len(incident_ids), _IDS_AT_ONCE)
                for history in _histories(connection, incident_ids[at : at + _IDS_AT_ONCE])
            }

    def deliveries(self, incident_id: str) -> list[DeliveryLine]:
        """Oldest first."""
        with self._database.read() as connection:
            return _deliveries_of(connection, [incident_id]).get(incident_id, [])

    def notices(self, limit: int) -> list[NoticeLine]:
        """What the daemon said of itself, newest first: over the outbox, and straight from memory in distress."""
        with self._database.read() as connection:
            return list(_notices(connection, limit))

    def told(self, limit: int) -> list[ToldLine]:
        """What came of telling people, about incidents or of itself, newest first."""
        newest = _WITH_SUBJECT.add_columns(outbox.c.incident_id).order_by(deliveries.c.seq.desc()).limit(limit)
        with self._database.read() as connection:
            lines = DeliveryLines(connection)
            return [
                ToldLine(subject=subject_of(row.raw_message), incident_id=row.incident_id, delivery=lines.line(row))
                for row in connection.execute(newest)
            ]

    def told_of(self, incident_ids: Collection[str]) -> dict[str, list[DeliveryLine]]:
        """Who was told of each of these incidents, oldest first; one of which nobody was told is missing."""
        with self._database.read() as connection:
            return _deliveries_of(connection, incident_ids)

    def link_use(self, nonce: str) -> LinkUse | None:
        """What was done by a signed link; None while it was not used."""
        with self._database.read() as connection:
            return link_uses.found(connection, nonce)

    def answers(self, about: str) -> list[LinkUse]:
        """What people answered by link to the question `about`, oldest first."""
        with self._database.read() as connection:
            return link_uses.answers(connection, about)

    def incidents_of(self, check_id: CheckId, limit: int) -> list[Incident]:
        """Open or closed, the newest first."""
        newest = select(incidents).where(incidents.c.check_id == check_id).order_by(incidents.c.opened_at.desc())
        with self._database.read() as connection:
            return list(map(incident_of, connection.execute(newest.order_by(incidents.c.id).limit(limit))))

    def parts_of(self, incident_id: str) -> list[Incident]:
        """Incidents that are part of this one, open or closed, the oldest first."""
        parts = select(incidents).where(incidents.c.root == incident_id)
        with self._database.read() as connection:
            return list(map(incident_of, connection.execute(parts.order_by(incidents.c.opened_at, incidents.c.id))))

    def outbox_pending(self) -> dict[str, Waiting]:
        """What waits, by channel; a channel with nothing to send is not named."""
        waiting = (
            select(outbox.c.channel, func.count(), func.min(outbox.c.not_before))
            .where(outbox.c.ended_at.is_(None))
            .group_by(outbox.c.channel)
        )
        with self._database.read() as connection:
            return {name: Waiting(count=count, oldest=oldest) for name, count, oldest in connection.execute(waiting)}


def load_records(connection: Connection) -> list[SubjectRecord]:
    """Every record, its last look brought up to the newest observation.

    A look that changes status or cause is written with its record, so those after it differ in time alone.
    """
    standing = {incident.id: incident for incident in _named_incidents(connection)}
    looks = newest_looks(connection)
    rows = connection.execute(select(subjects).order_by(subjects.c.check_id, subjects.c.subject))
    return [
        _seen(record, looks.get((record.check_id, record.subject)))
        for record in (record_of(row, standing) for row in rows)
    ]


def _seen(record: SubjectRecord, at: datetime | None) -> SubjectRecord:
    if at is None or at <= record.seen_at:
        return record
    judged_at = record.judged_at if record.status is Status.UNKNOWN else at
    return replace(
        record, seen_at=at, judged_at=judged_at, good_at=at if record.status is Status.OK else record.good_at
    )


def _open_incidents(connection: Connection) -> Iterable[Incident]:
    standing = select(incidents).where(incidents.c.closed_at.is_(None), _IS_REAL)
    rows = connection.execute(standing.order_by(incidents.c.opened_at, incidents.c.id))
    return map(incident_of, rows)


def _named_incidents(connection: Connection) -> Iterable[Incident]:
    """The incidents that records name: open ones, and any that a record still holds on to."""
    named = select(subjects.c.fault_incident).union(
        select(subjects.c.deadline_incident), select(subjects.c.stale_incident)
    )
    return map(incident_of, connection.execute(select(incidents).where(incidents.c.id.in_(named))))


def _histories(connection: Connection, ids: Collection[str]) -> Iterable[IncidentHistory]:
    happened, told, waits = _events(connection, ids), _deliveries_of(connection, ids), _waiting(connection, ids)
    answers, parts = link_uses.of_incidents(connection, ids), _parts(connection, ids)
    for row in connection.execute(select(incidents).where(incidents.c.id.in_(ids))):
        yield IncidentHistory(
            incident=incident_of(row),
            events=tuple(happened.get(row.id, ())),
            deliveries=tuple(told.get(row.id, ())),
            waiting=tuple(waits.get(row.id, ())),
            answers=tuple(answers.get(row.id, ())),
            parts=tuple(parts.get(row.id, ())),
        )


def _parts(connection: Connection, ids: Collection[str]) -> dict[str, list[Incident]]:
    """Incidents that others explain, by the id of that one."""
    found: dict[str, list[Incident]] = {}
    rows = connection.execute(select(incidents).where(incidents.c.root.in_(ids)).order_by(incidents.c.opened_at))
    for row in rows:
        found.setdefault(row.root, []).append(incident_of(row))
    return found


def _events(connection: Connection, ids: Collection[str]) -> dict[str, list[EventLine]]:
    found: dict[str, list[EventLine]] = {}
    for row in connection.execute(select(events).where(events.c.incident_id.in_(ids)).order_by(events.c.seq)):
        line = EventLine(
            id=row.id,
            kind=row.kind,
            at=row.at,
            rung=row.rung,
            severity=row.severity,
            cause=row.cause,
            summary=row.summary,
            by=row.author,
            note=row.note,
            until=row.until,
        )
        found.setdefault(row.incident_id, []).append(line)
    return found


_ADDRESS = (outbox.c.event, outbox.c.receiver, outbox.c.channel, outbox.c.recipient)
_DELIVERIES = select(deliveries, *_ADDRESS, outbox.c.stands_for).join(outbox)


def _deliveries_of(connection: Connection, ids: Collection[str]) -> dict[str, list[DeliveryLine]]:
    """Oldest first."""
    told: dict[str, list[DeliveryLine]] = {}
    lines = DeliveryLines(connection)
    found = _DELIVERIES.add_columns(outbox.c.incident_id).where(outbox.c.incident_id.in_(ids))
    for row in connection.execute(found.order_by(deliveries.c.seq)):
        told.setdefault(row.incident_id, []).append(lines.line(row))
    return told


_WITH_SUBJECT = _DELIVERIES.add_columns(type_coerce(outbox.c.message, Text).label("raw_message"))


def _notices(connection: Connection, limit: int) -> Iterable[NoticeLine]:
    newest = (
        _WITH_SUBJECT.where(outbox.c.incident_id.is_(None))
        .order_by(deliveries.c.at.desc(), deliveries.c.seq.desc())
        .limit(limit)
    )
    lines = DeliveryLines(connection)
    for row in connection.execute(newest):
        yield NoticeLine(subject=subject_of(row.raw_message), delivery=lines.line(row))


def _waiting(connection: Connection, ids: Collection[str]) -> dict[str, list[WaitingLine]]:
    waits: dict[str, list[WaitingLine]] = {}
    columns = (outbox.c.id, outbox.c.incident_id, *_ADDRESS, outbox.c.due_at)
    found = select(*columns).where(outbox.c.incident_id.in_(ids), outbox.c.ended_at.is_(None))
    for row in connection.execute(found.order_by(outbox.c.seq)):
        line = WaitingLine(
            notification_id=row.id,
            event=row.event,
            receiver=row.receiver,
            channel=row.channel,
            recipient=row.recipient,
            due_at=row.due_at,
        )
        waits.setdefault(row.incident_id, []).append(line)
    return waits
