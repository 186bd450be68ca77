"""How events go on record: appended to the chain together with what they add up to, or not at all.

All that costs time is done beforehand, from what is on record then: hashes, folds, texts. Within the transaction it is
only written, so that a list of a hundred thousand bills keeps nobody waiting; where something was recorded meanwhile,
it is prepared anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from checks.ledger.chain import id_of, linked
from checks.ledger.event import GENESIS, Draft, LedgerEvent
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store.ledger_histories import Histories, histories_of
from watchdog.store.ledger_overtaking import overtaking
from watchdog.store.ledger_rows import event_values, state_values
from watchdog.store.ledger_tables import ledger_events
from watchdog.store.portions import AT_ONCE, portions

#: Rows handed to SQLite at once.
_ROWS_AT_ONCE: Final = 10_000

#: Filled in by the database's own means: SQLAlchemy's would take thrice the time under the write lock. A row that does
#: not fit ends the whole transaction, as the trigger before it does (ledger_tables).
_INSERT_EVENT: Final = (
    "INSERT OR ROLLBACK INTO ledger_events "
    "(id, about, kind, happened_at, recorded_at, author, evidence, details, previous, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PUT_STATE: Final = (
    "INSERT INTO ledger_states (about, vendor, is_open, changed_at, state) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (about) DO UPDATE SET is_open = excluded.is_open, changed_at = excluded.changed_at, "
    "state = excluded.state"
)

Reading = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Events that follow on `head`, with all their rows."""

    head: str
    events: Sequence[LedgerEvent] = ()
    states: Mapping[str, BillOnRecord | PayeeOnRecord] = field(default_factory=dict)
    """What the bills and payees they are about add up to then."""
    event_rows: Sequence[tuple[Any, ...]] = ()
    state_rows: Sequence[tuple[Any, ...]] = ()


def prepared(reading: Reading, drafts: Sequence[Draft], at: datetime, known: Histories | None = None) -> Prepared:
    """Reads shortly and often, so that nobody waits for it long."""
    with reading() as connection:
        head, latest = end_of(connection)
    return following(reading, drafts, at if latest is None else max(at, latest), head, known)


def following(
    reading: Reading, drafts: Sequence[Draft], at: datetime, head: str, known: Histories | None = None
) -> Prepared:
    """As `prepared`, behind the event whose hash is `head`, and which is not later than `at`."""
    fresh = _not_on_record(reading, drafts, known)
    events = list(_chained(fresh, at, head))
    states = _states(reading, events, known)
    return Prepared(
        head=head,
        events=events,
        states=states,
        event_rows=[event_values(event) for event in events],
        state_rows=[state_values(state) for state in states.values()],
    )


def written(connection: Connection, ready: Prepared, deciding: str = "") -> bool:
    """False, and nothing is done, where something went on record since. What waits and is overtaken by it ends, but
    for the proposal `deciding`.
    """
    if head_of(connection) != ready.head:
        return False
    if ready.events:
        with overtaking(connection, {event.draft.about for event in ready.events}, deciding):
            put_rows(connection, ready.event_rows, ready.state_rows)
    return True


def put_rows(
    connection: Connection, event_rows: Sequence[tuple[Any, ...]], state_rows: Sequence[tuple[Any, ...]]
) -> None:
    """As they are."""
    for statement, rows in ((_INSERT_EVENT, event_rows), (_PUT_STATE, state_rows)):
        for some in portions(rows, _ROWS_AT_ONCE):
            connection.exec_driver_sql(statement, list(some))


def put(  # within a transaction of somebody else
    connection: Connection, drafts: Sequence[Draft], at: datetime, known: Histories | None = None, *, deciding: str = ""
) -> Prepared:
    """Prepared and written within a transaction of somebody else, who may have read the histories of all `drafts`."""
    ready = prepared(lambda: nullcontext(connection), drafts, at, known)
    written(connection, ready, deciding)
    return ready


def head_of(connection: Connection) -> str:
    return end_of(connection)[0]


def end_of(connection: Connection) -> tuple[str, datetime | None]:
    """The hash and the time of what was recorded last."""
    columns = select(ledger_events.c.hash, ledger_events.c.recorded_at)
    row = connection.execute(columns.order_by(ledger_events.c.seq.desc()).limit(1)).first()
    return (GENESIS, None) if row is None else (row.hash, row.recorded_at)


def _chained(drafts: Mapping[str, Draft], at: datetime, head: str) -> Iterator[LedgerEvent]:
    for id_, draft in drafts.items():
        event = linked(draft, at, head, id_)
        head = event.hash
        yield event


def _not_on_record(reading: Reading, drafts: Iterable[Draft], known: Histories | None) -> dict[str, Draft]:
    by_id: dict[str, Draft] = {}
    for draft in drafts:
        by_id.setdefault(id_of(draft), draft)
    if known is not None:
        for event in (event for history in known.values() for event in history.events):
            by_id.pop(event.id, None)
        return by_id
    for some in portions(tuple(by_id), AT_ONCE):
        with reading() as connection:
            there = connection.execute(select(ledger_events.c.id).where(ledger_events.c.id.in_(some))).scalars().all()
        for id_ in there:
            del by_id[id_]
    return by_id


def _states(
    reading: Reading, events: Sequence[LedgerEvent], known: Histories | None
) -> dict[str, BillOnRecord | PayeeOnRecord]:
    news: dict[str, list[LedgerEvent]] = {}
    for event in events:
        news.setdefault(event.draft.about, []).append(event)
    found: dict[str, BillOnRecord | PayeeOnRecord] = {}
    for some in portions(tuple(news), AT_ONCE):
        histories = known if known is not None else _read(reading, some)
        for about in some:
            history = histories[about].copy()
            history.events += news[about]
            if (state := history.state) is not None:
                found[about] = state
    return found


def _read(reading: Reading, abouts: Sequence[str]) -> Histories:
    with reading() as connection:
        return histories_of(connection, abouts)
