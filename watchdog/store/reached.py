"""To whom a way was found that took what they were to be told of an incident."""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, case, func, literal, or_, select

from alerts.message import NotificationState
from watchdog.store.database import Database
from watchdog.store.tables import outbox

#: Nothing follows it: it was refused, and no other way stands in, or it was set aside.
_IN_VAIN = or_(
    and_(outbox.c.state == NotificationState.REJECTED, outbox.c.passed_on.is_not(None)),
    outbox.c.state == NotificationState.QUARANTINED,
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
