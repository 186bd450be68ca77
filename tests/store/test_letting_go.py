"""What is packed leaves the tail, wherever it stands, and at little cost."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from checks.model import Cause, CheckId, Finding, Observation, Status
from watchdog.store.changes import Changes
from watchdog.store.database import Database, open_memory
from watchdog.store.packing import drop_oldest
from watchdog.store.spans import hour_of
from watchdog.store.store import Store
from watchdog.store.tables import observations

START = datetime(2026, 11, 2, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def kept_looks(*times: datetime) -> tuple[Database, Store]:
    database = open_memory()
    store = Store(database)
    finding = Finding(subject="mx1", status=Status.OK, cause=Cause.NONE, summary="seen")
    looks = (Observation(check_id=CheckId("mx"), finding=finding, observed_at=at, duration_s=0.25) for at in times)
    store.commit(Changes(observations=tuple(looks)))
    return database, store


def left(database: Database) -> int:
    with database.read() as connection:
        number: int = connection.execute(select(func.count()).select_from(observations)).scalar_one()
        return number


def test_packed_hours_are_swept_though_an_older_one_is_not_packed_yet() -> None:
    database, store = kept_looks(*(START + number * HOUR for number in range(6)))
    for number in (1, 2, 4):
        store.attic.mark_packed(hour_of(START) + number, ZoneInfo("UTC"))
    while store.attic.sweep():
        pass
    assert store.attic.shut_hour(START + 9 * HOUR) == hour_of(START)
    assert left(database) == 4


def test_letting_go_of_a_few_looks_costs_what_they_are_and_not_what_their_hour_holds() -> None:
    costs = [steps_of_dropping(100, of=looks) for looks in (1_000, 20_000)]
    assert costs[1] < 2 * costs[0]


def steps_of_dropping(few: int, *, of: int) -> int:
    database, _ = kept_looks(*(START + number * timedelta(milliseconds=100) for number in range(of)))
    with database.write() as connection:
        steps = steps_of(connection, lambda: drop_oldest(connection, observations, START, START + HOUR, few))
    assert left(database) == of - few
    return steps


def steps_of(connection: Connection, work: Callable[[], object]) -> int:
    """Tens of instructions of SQLite's machine."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    file = connection.connection.driver_connection
    assert isinstance(file, sqlite3.Connection)
    file.set_progress_handler(count, 10)
    work()
    file.set_progress_handler(None, 10)
    return steps
