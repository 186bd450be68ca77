"""Whether the ledger is what was recorded: the chain from its first event, what its events add up to, and what was
proposed and confirmed (watchdog.store.ledger_audit_proposals).

Nothing of a row is believed, not even that its text is text: whoever changes rows by hand is who this is for. Two
passes over all events, some 0.1 ms for each of them; memory is that of the bill with the longest history.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from string import hexdigits
from typing import Any, Final

from sqlalchemy import Connection

from checks.ledger.chain import misfit
from checks.ledger.event import GENESIS, LedgerEvent
from checks.ledger.fold import folded, folded_payee
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store.ledger_audit_proposals import ProposalAudit, audit_proposals
from watchdog.store.ledger_raw import EVENT_COLUMNS, bytes_in, event_in, instant_in, text_in, unreadable_errors
from watchdog.store.ledger_rows import bill_form, payee_form, state_values

#: So many rows of states that are wrong are named; all are counted.
NAMED: Final = 20

#: As few characters of a head name it.
MIN_HEAD_CHARS: Final = 8

_IN_ORDER = f"SELECT seq, {EVENT_COLUMNS} FROM ledger_events ORDER BY seq"  # noqa: S608  # names of columns alone
_BY_SUBJECT = f"SELECT seq, {EVENT_COLUMNS} FROM ledger_events ORDER BY about, seq"  # noqa: S608  # as above
_STATES = (
    "SELECT CAST(about AS BLOB), CAST(vendor AS BLOB), is_open, changed_at, CAST(state AS BLOB) "
    "FROM ledger_states ORDER BY about"
)
_DIFFERS: Final = "its events add up to something else than its state"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRow:
    """The first event that is not what was recorded, or does not follow on the one before."""

    place: int
    """From 1, in the order of recording."""
    id: str
    about: str
    recorded_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongState:
    """A row that says other than its events add up to."""

    about: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAudit:
    events: int = 0
    bills: int = 0
    payees: int = 0
    head: str = GENESIS
    """Hash of the last event."""
    last_at: datetime | None = None
    """When that was recorded."""
    broken: BrokenRow | None = None
    wrong: Sequence[WrongState] = ()
    """The first of them."""
    wrong_count: int = 0
    words: ProposalAudit = field(default_factory=ProposalAudit)
    """Of what was proposed and confirmed."""
    asked: str = ""
    """The head that somebody kept from a digest, if they gave one."""
    asked_place: int | None = None
    """Where it stands in the chain; None: nowhere, so events that were there are gone or changed."""

    @property
    def is_sound(self) -> bool:
        is_head_there = not self.asked or self.asked_place is not None
        return self.broken is None and not self.wrong_count and self.words.is_sound and is_head_there


def head_asked(head: str) -> str:
    """As it stands in the chain, or the beginning of that; "" for none. Raises ValueError for what can be no head."""
    asked = head.strip().casefold()
    if asked and (len(asked) < MIN_HEAD_CHARS or not set(asked) <= set(hexdigits)):
        raise ValueError(f"a head is named by {MIN_HEAD_CHARS} characters or more of its hash, as digests print it")
    return asked


def audit(connection: Connection, asked: str) -> LedgerAudit:
    """All of it, within one transaction; `asked` by `head_asked`."""
    found = _with_states(connection, _of_chain(connection, asked))
    return replace(found, words=audit_proposals(connection))


def _of_chain(connection: Connection, asked: str) -> LedgerAudit:
    found = LedgerAudit(asked=asked, asked_place=0 if asked and GENESIS.startswith(asked) else None)
    last: LedgerEvent | None = None
    broken: BrokenRow | None = None
    place, head, at = 0, GENESIS, None
    for place, row in enumerate(connection.exec_driver_sql(_IN_ORDER), start=1):
        if asked and text_in(row[10]).startswith(asked):
            found = replace(found, asked_place=place)
        if broken is None:
            event, why = event_in(tuple(row)[1:])
            why = why or ("" if event is None else misfit(event, last))
            if why := why or ("" if row[0] == place else "its number is not its place in the order of recording"):
                broken = _broken(place, tuple(row), why)
            last = event
        head, at = text_in(row[10]), row[5]
    if place:
        found = replace(found, events=place, head=head, last_at=instant_in(at))
    return replace(found, broken=broken)


def _with_states(connection: Connection, found: LedgerAudit) -> LedgerAudit:
    wrong = _wrong_states(connection)
    named = list(islice(wrong, NAMED))
    count = len(named) + sum(1 for _ in wrong)
    bills, payees = (
        connection.exec_driver_sql(f"SELECT count(*) FROM ledger_states WHERE about {like} '%/%'").scalar_one()  # noqa: S608  # one of two words
        for like in ("LIKE", "NOT LIKE")
    )
    return replace(found, wrong=tuple(named), wrong_count=count, bills=bills, payees=payees)


def _wrong_states(connection: Connection) -> Iterator[WrongState]:
    """Both sides run by subject, side by side; what one of them lacks shows at once."""
    states = _Ahead(tuple(row) for row in connection.exec_driver_sql(_STATES))
    rows = (tuple(row) for row in connection.exec_driver_sql(_BY_SUBJECT))
    for about, history in groupby(rows, key=itemgetter(2)):
        while states.row is not None and bytes_in(states.row[0]) < bytes_in(about):
            yield WrongState(about=text_in(states.row[0]), why="nothing is on record of it, and yet it has a state")
            states.step()
        row = states.row if states.row is not None and states.row[0] == about else None
        if row is not None:
            states.step()
        if why := _why_wrong(row, [event_in(one[1:]) for one in history]):
            yield WrongState(about=text_in(about), why=why)
    while states.row is not None:
        yield WrongState(about=text_in(states.row[0]), why="nothing is on record of it, and yet it has a state")
        states.step()


class _Ahead:
    """Rows one at a time, the next one to be seen before it is taken."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self.row = next(rows, None)

    def step(self) -> None:
        self.row = next(self._rows, None)


def _why_wrong(row: tuple[Any, ...] | None, history: Sequence[tuple[LedgerEvent | None, str]]) -> str:
    events = [event for event, _ in history if event is not None]
    if len(events) < len(history):
        return "an event of it cannot be read, so nobody knows what it adds up to"
    state: BillOnRecord | PayeeOnRecord | None
    state = folded(events) if events[0].draft.is_of_bill else folded_payee(events)
    if state is None:
        return "" if row is None else _DIFFERS
    if row is None:
        return _DIFFERS
    about, vendor, is_open, changed_at, text = row
    kept = (text_in(about), text_in(vendor), is_open, changed_at)
    *expected, written = state_values(state)
    if kept == tuple(expected) and (text_in(text) == written or _state_of(state, text) == state):
        return ""
    return _DIFFERS


def _state_of(like: BillOnRecord | PayeeOnRecord, text: bytes) -> BillOnRecord | PayeeOnRecord | None:
    try:
        return bill_form.validate_json(text) if isinstance(like, BillOnRecord) else payee_form.validate_json(text)
    except unreadable_errors:
        return None


def _broken(place: int, row: tuple[Any, ...], why: str) -> BrokenRow:
    return BrokenRow(place=place, id=text_in(row[1]), about=text_in(row[2]), recorded_at=instant_in(row[5]), why=why)
