"""The statements of one commit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, delete, or_, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from alerts.incident import EventKind, Incident
from alerts.message import Notification
from watchdog.store import link_uses
from watchdog.store.changes import Changes
from watchdog.store.rows import event_columns, incident_columns, notification_columns, record_columns
from watchdog.store.tables import events, incidents, memories, outbox, subjects


def _upsert(table: Table) -> Insert:
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    values = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=values)


_UPSERT_INCIDENT = _upsert(incidents)
_UPSERT_SUBJECT = _upsert(subjects)
_UPSERT_MEMORY = _upsert(memories)
_INSERT_EVENT = insert(events).on_conflict_do_nothing(index_elements=["id"])
_INSERT_NOTIFICATION = insert(outbox).on_conflict_do_nothing(index_elements=["id"])
#: What waits for office hours must not hold up what cannot wait for them (alerts.mute judges it then).
_HURRY = (
    update(outbox)
    .where(
        outbox.c.incident_id == bindparam("of_incident"),
        outbox.c.address == bindparam("of_address"),
        outbox.c.ended_at.is_(None),
        outbox.c.attempts == 0,
        outbox.c.due_at > bindparam("no_later", type_=outbox.c.due_at.type),
    )
    .values(due_at=bindparam("no_later", type_=outbox.c.due_at.type))
)
#: Who may know of an incident: whoever was tried, and whoever still is to be.
_THREADS = select(outbox.c.address).where(
    outbox.c.incident_id == bindparam("of_incident"),
    outbox.c.event != EventKind.RESOLVED,
    or_(outbox.c.attempts > 0, outbox.c.ended_at.is_(None)),
)
#: An incident whose check was renamed makes room first: another one may come to its former place in the same commit.
_LEAVE_PLACE = (
    update(incidents)
    .where(incidents.c.id == bindparam("of_incident"), incidents.c.check_id != bindparam("present_check"))
    .values(check_id=incidents.c.id)
)
_FORGET_SUBJECT = delete(subjects).where(
    subjects.c.check_id == bindparam("gone_check"), subjects.c.subject == bindparam("gone_subject")
)


def write_changes(connection: Connection, changes: Changes) -> None:
    """Writes all but the observations. Incidents come first, since the rest points at them."""
    _each(
        connection, _LEAVE_PLACE, ({"of_incident": one.id, "present_check": one.check_id} for one in changes.incidents)
    )
    _each(connection, _UPSERT_INCIDENT, map(incident_columns, _ending_first(changes.incidents)))
    _each(connection, _INSERT_EVENT, map(event_columns, changes.events))
    write_notifications(connection, changes.notifications)
    _each(connection, link_uses.INSERT, (link_uses.columns(use) for _, use in changes.uses))
    _each(connection, _UPSERT_SUBJECT, map(record_columns, changes.records))
    _each(connection, _FORGET_SUBJECT, ({"gone_check": c, "gone_subject": s} for c, s in changes.forgotten))
    _each(
        connection,
        _UPSERT_MEMORY,
        ({"check_id": m.check_id, "key": m.key, "value": m.value} for m in changes.memories),
    )


def write_notifications(connection: Connection, rows: Sequence[Notification]) -> None:
    """Inserts rows that are not there yet. The end of an incident is kept only for those who may know of it."""
    _each(connection, _INSERT_NOTIFICATION, (notification_columns(row) for row in rows if not _is_end(row)))
    ends = [row for row in rows if _is_end(row)]
    threads = {incident_id: _threads(connection, incident_id) for incident_id in {row.incident_id for row in ends}}
    awaited = (row for row in ends if row.address in threads[row.incident_id])
    _each(connection, _INSERT_NOTIFICATION, map(notification_columns, awaited))
    _each(connection, _HURRY, (_hurry(row) for row in rows if _is_turn(row)))


def _is_turn(row: Notification) -> bool:
    return row.message.event is EventKind.SEVERITY and row.incident_id is not None


def _hurry(row: Notification) -> Mapping[str, Any]:
    return {"of_incident": row.incident_id, "of_address": row.address, "no_later": row.not_before}


def _is_end(row: Notification) -> bool:
    return row.message.event is EventKind.RESOLVED and row.incident_id is not None


def _threads(connection: Connection, incident_id: str | None) -> frozenset[str]:
    return frozenset(connection.execute(_THREADS, {"of_incident": incident_id}).scalars())


def _each(connection: Connection, statement: Executable, rows: Iterable[Mapping[str, Any]]) -> None:
    if several := list(rows):
        connection.execute(statement, several)


def _ending_first(changed: Sequence[Incident]) -> list[Incident]:
    """The last word on each incident; those that end come before those that begin on the same subject."""
    latest = {incident.id: incident for incident in changed}
    return sorted(latest.values(), key=lambda incident: incident.closed_at is None)
