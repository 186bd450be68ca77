"""The shapes that tables of history have."""

from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from checks.model import Status
from watchdog.store.columns import Instant, Seconds, StatusCode
from watchdog.store.metadata import Sequence, metadata


def looks(name: str) -> Table:
    """Plain observations. Cause NONE is NULL; `measured` is what watchdog.store.measured_codec makes of a look."""
    return Table(
        name,
        metadata,
        Column("observed_at", Instant, primary_key=True),
        Column("series_id", Integer, primary_key=True),
        Column("status", StatusCode, nullable=False),
        Column("cause", Text),
        Column("duration_us", Seconds, nullable=False),
        Column("measured", LargeBinary),
        sqlite_with_rowid=False,
    )


def by_span(name: str, *columns: Column[Any]) -> Table:
    """A row per span and series; `id` holds both (watchdog.store.spans), so that rows are appended in order of time."""
    return Table(name, metadata, Column("id", Sequence, primary_key=True), *columns)


def counts() -> tuple[Column[Any], ...]:
    """Looks by status, and how long they took."""
    return (
        *(Column(status.value, Integer, nullable=False) for status in Status),
        Column("shortest_us", Seconds, nullable=False),
        Column("mean_us", Seconds, nullable=False),
        Column("longest_us", Seconds, nullable=False),
    )
