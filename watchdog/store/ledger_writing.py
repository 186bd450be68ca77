"""How events go on record: appended to the chain together with what they add up to, or not at all."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from checks.ledger.chain import id_of, linked
from checks.ledger.event import GENESIS, Draft, LedgerEvent
from watchdog.store.ledger_rows import event_columns, event_of, state_columns
from watchdog.store.ledger_tables import ledger_events, ledger_states

#: Names in one statement; SQLite takes some 32,000.
_AT_ONCE = 500


def append(connection: Connection, drafts: Iterable[Draft], at: datetime) -> Sequence[LedgerEvent]:
    """As LedgerRows.append, within a transaction of somebody else."""
    fresh = _not_on_record(connection, drafts)
    if not fresh:
        return ()
    events: list[LedgerEvent] = []
    previous = head_of(connection)
    for draft in fresh.values():
        events.append(linked(draft, at, previous))
        previous = events[-1].hash
    connection.execute(insert(ledger_events), [event_columns(event) for event in events])
    _fold_anew(connection, events)
    return events


def events_of(connection: Connection, abouts: Sequence[str]) -> dict[str, list[LedgerEvent]]:
    """By bill or payee, in the order of recording."""
    found: dict[str, list[LedgerEvent]] = {}
    rows = select(ledger_events).where(ledger_events.c.about.in_(abouts)).order_by(ledger_events.c.seq)
    for row in connection.execute(rows):
        found.setdefault(row.about, []).append(event_of(row))
    return found


def head_of(connection: Connection) -> str:
    last = select(ledger_events.c.hash).order_by(ledger_events.c.seq.desc()).limit(1)
    return connection.execute(last).scalar() or GENESIS


def _not_on_record(connection: Connection, drafts: Iterable[Draft]) -> dict[str, Draft]:
    by_id = {id_of(draft): draft for draft in drafts}
    ids = list(by_id)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for id_ in connection.execute(select(ledger_events.c.id).where(ledger_events.c.id.in_(some))).scalars():
            del by_id[id_]
    return by_id


def _fold_anew(connection: Connection, events: Sequence[LedgerEvent]) -> None:
    touched = list(dict.fromkeys(event.draft.about for event in events))
    for start in range(0, len(touched), _AT_ONCE):
        histories = events_of(connection, touched[start : start + _AT_ONCE])
        states = [row for about, history in histories.items() if (row := state_columns(about, history)) is not None]
        if states:
            statement = insert(ledger_states)
            changed = {name: statement.excluded[name] for name in ("is_open", "changed_at", "state")}
            connection.execute(statement.on_conflict_do_update(index_elements=["about"], set_=changed), states)
