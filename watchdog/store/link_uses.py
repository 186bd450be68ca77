"""Statements about signed links that were used: each once, whoever comes second learns who was first."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from watchdog.store.rows import Row
from watchdog.store.tables import link_uses
from watchdog.store.views import LinkUse

INSERT = insert(link_uses).on_conflict_do_nothing(index_elements=["nonce"])
_NAMED = select(link_uses).where(link_uses.c.nonce == bindparam("of_nonce"))


def use(connection: Connection, one: LinkUse) -> LinkUse:
    """Puts `one` on record; answers the use that stands: `one`, or the one that was before it."""
    connection.execute(INSERT, columns(one))
    return found(connection, one.nonce) or one


def columns(one: LinkUse) -> dict[str, object]:
    return {column.name: getattr(one, column.name) for column in link_uses.columns}


def found(connection: Connection, nonce: str) -> LinkUse | None:
    row = connection.execute(_NAMED, {"of_nonce": nonce}).first()
    return None if row is None else _use_of(row)


def of_incidents(connection: Connection, ids: Collection[str]) -> dict[str, list[LinkUse]]:
    """Oldest first, by incident."""
    uses: dict[str, list[LinkUse]] = {}
    rows = connection.execute(select(link_uses).where(link_uses.c.incident_id.in_(ids)).order_by(link_uses.c.at))
    for row in rows:
        uses.setdefault(row.incident_id, []).append(_use_of(row))
    return uses


def answers(connection: Connection, about: str) -> list[LinkUse]:
    """What was answered to the question `about`, oldest first."""
    rows = connection.execute(select(link_uses).where(link_uses.c.about == about).order_by(link_uses.c.at))
    return [_use_of(row) for row in rows]


def _use_of(row: Row) -> LinkUse:
    return LinkUse(
        nonce=row.nonce,
        at=row.at,
        action=row.action,
        incident_id=row.incident_id,
        receiver=row.receiver,
        about=row.about,
        answer=row.answer,
        already_by=row.already_by,
    )
