"""What a clock that was ahead left in the tables, once it is set right. For messages see watchdog.store.queue."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, update

from watchdog.store.tables import deliveries, events, incidents, late_observations, observations

_NOW = bindparam("now", type_=events.c.at.type)

# Nobody knows when such looks were. Hours of theirs that are packed stay: looks of that hour come late then.
_DROPS = tuple(delete(table).where(table.c.observed_at > _NOW) for table in (observations, late_observations))

# What they tell of has happened, and each column keeps its order among the others.
_CLAMPS = tuple(
    update(column.table).where(column > _NOW).values({column: _NOW})
    for column in (incidents.c.opened_at, incidents.c.since, incidents.c.closed_at, events.c.at, deliveries.c.at)
)


def let_nothing_lie_after(connection: Connection, now: datetime) -> None:
    """Looks dated later than `now` go; incidents, their events and deliveries of later happened now. Reads all rows."""
    for statement in (*_DROPS, *_CLAMPS):
        connection.execute(statement, {"now": now})
