"""Deadlines without the records that hold them: of thousands of bills each has forty rungs that no list shows."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select

from alerts.drills.drill import DRILL_CHECK
from checks.model import CheckId
from watchdog.store.columns import from_us
from watchdog.store.database import Database
from watchdog.store.tables import subjects
from watchdog.store.views import Dated

_AT = func.json_extract(subjects.c.deadline, "$.at")

#: By check and name. SQLite reads the two instants out of a deadline far quicker than we do.
_DATED: Final = (
    select(
        subjects.c.check_id,
        subjects.c.subject,
        subjects.c.status,
        subjects.c.cause,
        subjects.c.summary,
        _AT.label("at_us"),
        func.json_extract(subjects.c.deadline, "$.act_by").label("act_by_us"),
    )
    .where(_AT.is_not(None), subjects.c.check_id != DRILL_CHECK)
    .order_by(subjects.c.check_id, subjects.c.subject)
)


def load_dated(database: Database) -> list[Dated]:
    """Of all that is watched; drills are not. Raises StoreError."""
    with database.read() as connection:
        return [_dated_of(row) for row in connection.execute(_DATED)]


def _dated_of(row: Sequence[Any]) -> Dated:
    check_id, subject, status, cause, summary, at_us, act_by_us = row
    act_by = None if act_by_us is None else from_us(act_by_us)
    return Dated(CheckId(check_id), subject, status, cause, summary, from_us(at_us), act_by)
