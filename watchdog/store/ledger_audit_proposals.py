"""Whether every word that was confirmed stands in the chain as it was proposed, and none that nobody proposed.

Nothing of a row is believed. Proposals are read one by one with the events they name; events and proposals are then
laid side by side, both by the id of the event. Memory is that of the longest proposal.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from checks.ledger.codec import draft_of
from checks.ledger.event import LedgerEvent
from checks.ledger.outcome import Became, Outcome
from checks.ledger.proposal import CONFIRMED_BY, Proposal, ProposalStanding
from checks.ledger.proposal_audit import why_wrong
from watchdog.store.columns import from_us
from watchdog.store.ledger_raw import EVENT_COLUMNS, as_blob, bytes_in, event_in, instant_in, text_in, unreadable_errors
from watchdog.store.portions import AT_ONCE, portions

_COLUMNS: Final = ", ".join(
    name if name.endswith("_at") or name == "is_word" else as_blob(name)
    for name in (
        *("id", "proposed_at", "author", "source", "note", "drafts", "is_word"),
        *("standing", "decided_at", "decided_by", "reason", "outcome"),
    )
)
_ALL: Final = f"SELECT {_COLUMNS} FROM ledger_proposals ORDER BY proposed_at, id"  # noqa: S608  # names of columns
_NAMED: Final = f"SELECT {_COLUMNS} FROM ledger_proposals WHERE id IN ({{}})"  # noqa: S608  # as above
_EVENTS: Final = f"SELECT {EVENT_COLUMNS} FROM ledger_events WHERE id IN ({{}})"  # noqa: S608  # as above

_NAMES_TWO: Final = f"instr(CAST(author AS TEXT), '{CONFIRMED_BY}')"
_CLOSES: Final = "kind IN ('acknowledged', 'withheld', 'credit-note', 'cancelled')"
_OF_TWO: Final = (
    f"SELECT CAST(id AS BLOB), CAST(about AS BLOB), {_CLOSES}, recorded_at FROM ledger_events "  # noqa: S608  # ours
    f"WHERE {_NAMES_TWO} ORDER BY 1"
)
_ALONE: Final = f"SELECT count(*), max(recorded_at) FROM ledger_events WHERE {_CLOSES} AND NOT {_NAMES_TWO}"  # noqa: S608  # ours
#: Whatever stands there instead of what we write is none of them.
_OUTCOME: Final = "CASE WHEN typeof(outcome) = 'text' AND json_valid(outcome) THEN outcome ELSE '[]' END"
_PAIR: Final = "CASE one.type WHEN 'array' THEN one.value ELSE '[]' END"
_BROUGHT: Final = (
    f"SELECT CAST(json_extract({_PAIR}, '$[1]') AS BLOB), is_word FROM ledger_proposals, json_each({_OUTCOME}) AS one "  # noqa: S608  # ours
    f"WHERE standing = 'confirmed' AND json_extract({_PAIR}, '$[0]') = 'recorded' ORDER BY 1"
)
_UNREADABLE: Final = "it cannot be read: it is not what was written"
_IN_OUTCOMES_OF_EVENTS: Final = frozenset({Became.RECORDED, Became.THERE, Became.OVERTAKEN})
_IN_OUTCOMES_OF_PROPOSALS: Final = frozenset({Became.WAITS, Became.REPLACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongProposal:
    """One that disagrees with itself, or with the chain."""

    id: str
    proposed_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrayEvent:
    """One that names who confirmed it, and that no proposal brought, or more than one."""

    id: str
    about: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAudit:
    proposals: int = 0
    wrong: WrongProposal | None = None
    """The first, by when it was proposed."""
    wrong_count: int = 0
    stray: StrayEvent | None = None
    stray_count: int = 0
    closed_alone: int = 0
    """How many events that close a bill, or a part of it, are one person's word alone."""
    closed_alone_at: datetime | None = None
    """When the last of them was written down."""

    @property
    def is_sound(self) -> bool:
        return not self.wrong_count and not self.stray_count


def audit_proposals(connection: Connection) -> ProposalAudit:
    count, wrong_count, stray_count = 0, 0, 0
    wrong: WrongProposal | None = None
    for row in connection.exec_driver_sql(_ALL):
        count += 1
        if why := _why_wrong(connection, tuple(row)):
            wrong_count += 1
            wrong = wrong or WrongProposal(id=text_in(row[0]), proposed_at=instant_in(row[1]), why=why)
    stray: StrayEvent | None = None
    alone, latest = connection.exec_driver_sql(_ALONE).one()
    alone_at: int = latest if isinstance(latest, int) else 0
    for found in _side_by_side(connection):
        if isinstance(found, StrayEvent):
            stray_count += 1
            stray = stray or found
        else:
            alone, alone_at = alone + 1, max(alone_at, found)
    return ProposalAudit(
        proposals=count,
        wrong=wrong,
        wrong_count=wrong_count,
        stray=stray,
        stray_count=stray_count,
        closed_alone=alone,
        closed_alone_at=instant_in(alone_at) if alone else None,
    )


def _side_by_side(connection: Connection) -> Iterator[StrayEvent | int]:
    """What is astray, and when something was closed by one person who confirmed what no person had said."""
    brought = iter(connection.exec_driver_sql(_BROUGHT))
    one = next(brought, None)
    for id_, about, is_closing, recorded_at in connection.exec_driver_sql(_OF_TWO):
        while one is not None and bytes_in(one[0]) < id_:
            one = next(brought, None)  # of an event that is not there; its proposal was told to be wrong
        by: list[object] = []
        while one is not None and bytes_in(one[0]) == id_:
            by.append(one[1])
            one = next(brought, None)
        if len(by) != 1:
            why = "more than one proposal brought it" if by else "no proposal brought it"
            yield StrayEvent(id=text_in(id_), about=text_in(about), why=f"it names who confirmed it, and {why}")
        elif is_closing and not by[0] and isinstance(recorded_at, int):
            yield recorded_at


def _why_wrong(connection: Connection, row: tuple[Any, ...]) -> str:
    proposal = _proposal_in(row)
    if proposal is None:
        return _UNREADABLE
    events = _events(connection, _named(proposal, _IN_OUTCOMES_OF_EVENTS))
    others = _proposals(connection, _named(proposal, _IN_OUTCOMES_OF_PROPOSALS))
    try:
        return why_wrong(proposal, events, others)
    except unreadable_errors:
        return _UNREADABLE


def _named(proposal: Proposal, became: frozenset[Became]) -> Sequence[str]:
    return list({one.of for one in proposal.outcome if one.became in became})


def _events(connection: Connection, ids: Sequence[str]) -> dict[str, LedgerEvent]:
    rows = _rows(connection, _EVENTS, ids)
    return {event.id: event for row in rows if (event := event_in(row)[0]) is not None}


def _proposals(connection: Connection, ids: Sequence[str]) -> dict[str, Proposal]:
    rows = _rows(connection, _NAMED, ids)
    return {one.id: one for row in rows if (one := _proposal_in(row)) is not None}


def _rows(connection: Connection, statement: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for some in portions(ids, AT_ONCE):
        asked = statement.format(", ".join("?" * len(some)))
        yield from (tuple(row) for row in connection.exec_driver_sql(asked, tuple(some)))


def _proposal_in(row: tuple[Any, ...]) -> Proposal | None:
    try:
        values: Sequence[Any] = tuple(one.decode() if isinstance(one, bytes) else one for one in row)
        id_, proposed_at, author, source, note, drafts, is_word, standing, decided_at, *rest = values
        decided_by, reason, outcome = rest
        return Proposal(
            id=id_,
            drafts=tuple(draft_of(draft) for draft in json.loads(drafts)),
            author=author,
            source=source,
            note=note,
            proposed_at=from_us(proposed_at),
            is_word=bool(is_word),
            standing=ProposalStanding(standing),
            decided_at=None if decided_at is None else from_us(decided_at),
            decided_by=decided_by,
            reason=reason,
            outcome=tuple(Outcome(Became(became), str(of)) for became, of in json.loads(outcome)),
        )
    except unreadable_errors:
        return None
