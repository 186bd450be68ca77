"""What checks remember, as rows."""

from sqlalchemy import Connection, select

from checks.model import CheckId
from checks.plugin import Json
from watchdog.store.tables import memories


def load_memories(connection: Connection) -> dict[CheckId, dict[str, Json]]:
    kept: dict[CheckId, dict[str, Json]] = {}
    for row in connection.execute(select(memories).order_by(memories.c.check_id, memories.c.key)):
        kept.setdefault(CheckId(row.check_id), {})[row.key] = row.value
    return kept
