"""The ledger in the store: events are appended together with what they add up to, or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from checks.ledger.chain import id_of, linked
from checks.ledger.codec import details_json, details_of
from checks.ledger.event import GENESIS, Draft, LedgerEvent
from checks.ledger.fold import folded, folded_payee
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store.database import Database
from watchdog.store.ledger_tables import ledger_events, ledger_states
from watchdog.store.rows import Row

_bills_form = TypeAdapter(BillOnRecord)
_payees_form = TypeAdapter(PayeeOnRecord)

#: Names in one statement; SQLite takes some 32,000.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The end of the chain: with it, a cut tail shows."""

    hash: str
    events: int


class LedgerRows:
    """Every verb is one transaction. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, drafts: Iterable[Draft], at: datetime) -> Sequence[LedgerEvent]:
        """Those that were not on record before, in their order; `at` is when they are written down."""
        with self._database.write() as connection:
            return append(connection, drafts, at)

    def head(self) -> ChainHead:
        with self._database.read() as connection:
            count = connection.execute(select(func.count()).select_from(ledger_events)).scalar_one()
            return ChainHead(hash=_head(connection), events=count)

    def open_bills(self) -> list[BillOnRecord]:
        rows = select(ledger_states.c.state).where(ledger_states.c.is_open, ledger_states.c.about.contains("/"))
        with self._database.peek() as connection:
            return [_bills_form.validate_json(state) for state in connection.execute(rows).scalars()]

    def bill(self, key: str) -> BillOnRecord | None:
        with self._database.read() as connection:
            state = connection.execute(select(ledger_states.c.state).where(ledger_states.c.about == key)).scalar()
        return None if state is None else _bills_form.validate_json(state)

    def keys_of_number(self, plain: str) -> list[str]:
        """Bills of all vendors whose number, as Invoice.key spells it, is `plain`."""
        about = ledger_states.c.about
        with self._database.read() as connection:
            found = connection.execute(select(about).where(about.endswith(f"/{plain}", autoescape=True))).scalars()
            return [key for key in found if key.partition("/")[2] == plain]

    def bills(self) -> Iterator[BillOnRecord]:
        """Of all, open or not, by key. The whole ledger is read first."""
        rows = select(ledger_states.c.state).where(ledger_states.c.about.contains("/")).order_by(ledger_states.c.about)
        with self._database.read() as connection:
            states = list(connection.execute(rows).scalars())
        return map(_bills_form.validate_json, states)

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        """By vendor."""
        rows = select(ledger_states.c.state).where(~ledger_states.c.about.contains("/"))
        with self._database.peek() as connection:
            found = [_payees_form.validate_json(state) for state in connection.execute(rows).scalars()]
        return {one.vendor: one for one in found}

    def events_of(self, about: str) -> list[LedgerEvent]:
        """Of one bill or payee, in the order of recording."""
        with self._database.read() as connection:
            return _events_of(connection, [about]).get(about, [])

    def events(self) -> Iterator[LedgerEvent]:
        """All, in the order of recording."""
        with self._database.read() as connection:
            for row in connection.execute(select(ledger_events).order_by(ledger_events.c.seq)):
                yield _event_of(row)


def append(connection: Connection, drafts: Iterable[Draft], at: datetime) -> Sequence[LedgerEvent]:
    """As LedgerRows.append, within a transaction of somebody else."""
    fresh = _not_on_record(connection, drafts)
    if not fresh:
        return ()
    events: list[LedgerEvent] = []
    previous = _head(connection)
    for draft in fresh.values():
        events.append(linked(draft, at, previous))
        previous = events[-1].hash
    connection.execute(insert(ledger_events), [_columns(event) for event in events])
    _fold_anew(connection, events)
    return events


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
        histories = _events_of(connection, touched[start : start + _AT_ONCE])
        states = [row for about, history in histories.items() if (row := _state_columns(about, history)) is not None]
        if states:
            statement = insert(ledger_states)
            changed = {name: statement.excluded[name] for name in ("is_open", "changed_at", "state")}
            connection.execute(statement.on_conflict_do_update(index_elements=["about"], set_=changed), states)


def _state_columns(about: str, history: Sequence[LedgerEvent]) -> dict[str, object] | None:
    if "/" not in about:
        payee = folded_payee(history)
        if payee is None:
            return None
        state, is_open, changed_at = _payees_form.dump_json(payee), True, payee.recorded_at
    else:
        bill = folded(history)
        if bill is None:
            return None
        state, is_open, changed_at = _bills_form.dump_json(bill), bill.is_open, bill.recorded_at
    vendor = about.partition("/")[0]
    return {"about": about, "vendor": vendor, "is_open": is_open, "changed_at": changed_at, "state": state.decode()}


def _events_of(connection: Connection, abouts: Sequence[str]) -> dict[str, list[LedgerEvent]]:
    found: dict[str, list[LedgerEvent]] = {}
    rows = select(ledger_events).where(ledger_events.c.about.in_(abouts)).order_by(ledger_events.c.seq)
    for row in connection.execute(rows):
        found.setdefault(row.about, []).append(_event_of(row))
    return found


def _head(connection: Connection) -> str:
    last = select(ledger_events.c.hash).order_by(ledger_events.c.seq.desc()).limit(1)
    return connection.execute(last).scalar() or GENESIS


def _columns(event: LedgerEvent) -> dict[str, object]:
    draft = event.draft
    return {
        "id": event.id,
        "about": draft.about,
        "kind": draft.kind,
        "happened_at": draft.happened_at,
        "recorded_at": event.recorded_at,
        "author": draft.author,
        "evidence": draft.evidence,
        "details": details_json(draft.details),
        "previous": event.previous,
        "hash": event.hash,
    }


def _event_of(row: Row) -> LedgerEvent:
    draft = Draft(
        about=row.about,
        kind=row.kind,
        happened_at=row.happened_at,
        author=row.author,
        evidence=row.evidence,
        details=details_of(row.details),
    )
    return LedgerEvent(draft=draft, id=row.id, recorded_at=row.recorded_at, previous=row.previous, hash=row.hash)
