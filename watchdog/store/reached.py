"""To whom a way was found that took what they were to be told of an incident."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, case, exists, func, literal, or_, select

from alerts.message import NotificationState
from alerts.return_digest import IN_DIGEST
from watchdog.store.database import Database
from watchdog.store.passing_on import PASSED_ON
from watchdog.store.tables import deliveries, outbox

_digest = outbox.alias("digest")


def _is_in_vain(row: FromClause) -> ColumnElement[bool]:
    """Nothing follows it: it was refused, and no other way stands in, or it was set aside."""
    refused = and_(row.c.state == NotificationState.REJECTED, row.c.passed_on.is_not(None))
    return or_(refused, row.c.state == NotificationState.QUARANTINED)


_line = deliveries.alias("line")
_LAST_LINE = (
    select(func.max(_line.c.seq))
    .where(_line.c.notification_id == outbox.c.id, _line.c.reason != PASSED_ON)
    .correlate(outbox)
    .scalar_subquery()
)
# What was told in one message with others fares as that one does.
_IS_IN_ONE_IN_VAIN = exists(
    select(deliveries.c.seq)
    .join(_digest, _digest.c.id == deliveries.c.detail)
    .where(deliveries.c.seq == _LAST_LINE, deliveries.c.reason == IN_DIGEST, _is_in_vain(_digest))
    .correlate(outbox)
)
_IN_VAIN = or_(
    _is_in_vain(outbox),
    and_(outbox.c.state == NotificationState.DROPPED, _IS_IN_ONE_IN_VAIN),
)
_REACHED = (
    select(
        outbox.c.incident_id,
        outbox.c.receiver,
        func.max(case((_IN_VAIN, literal(0)), else_=literal(1))).label("is_reached"),
    )
    .where(outbox.c.incident_id.in_(bindparam("incidents", expanding=True)))
    .group_by(outbox.c.incident_id, outbox.c.receiver)
)


class Reach:
    """Reads on the reading connection. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reached(self, incident_ids: Sequence[str]) -> dict[str, dict[str, bool]]:
        """By incident and receiver, whether anything reached them or still may; who was never to be told is missing.

        Of at most 500 incidents.
        """
        found: dict[str, dict[str, bool]] = {}
        with self._database.read() as connection:
            for row in connection.execute(_REACHED, {"incidents": list(incident_ids)}):
                found.setdefault(row.incident_id, {})[row.receiver] = bool(row.is_reached)
        return found
