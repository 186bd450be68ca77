"""The statements of one commit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, delete
from sqlalchemy.dialects.sqlite import Insert, insert

from alerts.incident import Incident
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
_FORGET_SUBJECT = delete(subjects).where(
    subjects.c.check_id == bindparam("gone_check"), subjects.c.subject == bindparam("gone_subject")
)


def write_changes(connection: Connection, changes: Changes) -> None:
    """Writes all but the observations. Incidents come first, since the rest points at them."""
    _each(connection, _UPSERT_INCIDENT, map(incident_columns, _ending_first(changes.incidents)))
    _each(connection, _INSERT_EVENT, map(event_columns, changes.events))
    _each(connection, _INSERT_NOTIFICATION, map(notification_columns, changes.notifications))
    _each(connection, _UPSERT_SUBJECT, map(record_columns, changes.records))
    _each(connection, _FORGET_SUBJECT, ({"gone_check": c, "gone_subject": s} for c, s in changes.forgotten))
    _each(
        connection,
        _UPSERT_MEMORY,
        ({"check_id": m.check_id, "key": m.key, "value": m.value} for m in changes.memories),
    )


def _each(connection: Connection, statement: Executable, rows: Iterable[Mapping[str, Any]]) -> None:
    if several := list(rows):
        connection.execute(statement, several)


def _ending_first(changed: Sequence[Incident]) -> list[Incident]:
    """The last word on each incident; those that end come before those that begin on the same subject."""
    latest = {incident.id: incident for incident in changed}
    return sorted(latest.values(), key=lambda incident: incident.closed_at is None)
