"""Which lists of fixed times are on their way to an address, or went there."""

from collections.abc import Collection

from sqlalchemy import and_, bindparam, select

from alerts.digests.rule import LISTS
from watchdog.store.database import Database
from watchdog.store.tables import outbox

_TOLD = select(outbox.c.address, outbox.c.event_id).where(
    outbox.c.incident_id.is_(None),
    outbox.c.address.in_(bindparam("addresses", expanding=True)),
    and_(outbox.c.event_id >= LISTS, outbox.c.event_id < f"{LISTS}~"),
)


class ListsTold:
    """Reads on the reading connection. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told(self, addresses: Collection[str]) -> dict[str, set[str]]:
        """Ids of their events, by address."""
        found: dict[str, set[str]] = {}
        with self._database.read() as connection:
            for address, event in connection.execute(_TOLD, {"addresses": list(addresses)}):
                found.setdefault(address, set()).add(event)
        return found
