"""Proposals in the store: each waits until one person has decided it, and stays on record with that."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, Text, insert, or_, select, type_coerce, update

from checks.ledger.chain import id_of
from checks.ledger.codec import draft_json, draft_of
from checks.ledger.event import Draft
from checks.ledger.outcome import Became, Outcome
from checks.ledger.proposal import Proposal, ProposalStanding, UnknownProposalError, said_anew
from watchdog.store.ledger_tables import ledger_proposals
from watchdog.store.rows import Row

#: As few are looked for by name.
_NAMED_AT_ONCE: Final = 50


def keep(connection: Connection, proposal: Proposal, *, is_needed: bool = False) -> Proposal:
    """The one that stands: `proposal`, or the same that was handed in before. Where that was overtaken and yet
    `is_needed` now, or where now somebody gives their word for what they only handed in before, it waits anew.
    """
    there = _found(connection, proposal.id)
    if there is not None and _is_no_answer(there, proposal, is_needed=is_needed):
        proposal = said_anew(proposal)
        there = _found(connection, proposal.id)
    if there is None:
        connection.execute(insert(ledger_proposals).values(_columns(proposal)))
    return there or named(connection, proposal.id)


def _is_no_answer(there: Proposal, proposal: Proposal, *, is_needed: bool) -> bool:
    if there.standing is ProposalStanding.OVERTAKEN and is_needed:
        return True
    return proposal.is_word and not there.is_word


def named(connection: Connection, id_: str) -> Proposal:
    """Raises UnknownProposalError."""
    proposal = _found(connection, id_)
    if proposal is None:
        raise UnknownProposalError(f"there is no proposal {id_[:40]!r}; `nigehban invoices proposals` lists them")
    return proposal


def _found(connection: Connection, id_: str) -> Proposal | None:
    row = connection.execute(select(ledger_proposals).where(ledger_proposals.c.id == id_)).first()
    return None if row is None else _proposal_of(row)


def waiting(connection: Connection) -> list[Proposal]:
    """Oldest first."""
    rows = select(ledger_proposals).where(ledger_proposals.c.standing == ProposalStanding.WAITING)
    ordered = rows.order_by(ledger_proposals.c.proposed_at, ledger_proposals.c.id)
    return [_proposal_of(row) for row in connection.execute(ordered)]


def waiting_of(connection: Connection, abouts: Collection[str]) -> list[Proposal]:
    """Those that wait of any of `abouts`, oldest first."""
    rows = select(ledger_proposals).where(ledger_proposals.c.standing == ProposalStanding.WAITING)
    ordered = _narrowed(rows, abouts).order_by(ledger_proposals.c.proposed_at, ledger_proposals.c.id)
    found = map(_proposal_of, connection.execute(ordered))
    return [one for one in found if any(draft.about in abouts for draft in one.drafts)]


def _narrowed(rows: Select[Any], abouts: Collection[str]) -> Select[Any]:
    """To those that may name one of `abouts`, where these are few; all others need not be read."""
    if len(abouts) > _NAMED_AT_ONCE:
        return rows
    drafts = type_coerce(ledger_proposals.c.drafts, Text)  # as codec.draft_json and JsonText write it
    return rows.where(or_(*(drafts.contains(f'"about":{json.dumps(one)}', autoescape=True) for one in abouts)))


def latest(connection: Connection, limit: int) -> Sequence[Proposal]:
    """Waiting or decided, newest first."""
    rows = select(ledger_proposals).order_by(ledger_proposals.c.proposed_at.desc(), ledger_proposals.c.id)
    return [_proposal_of(row) for row in connection.execute(rows.limit(limit))]


def said_before(connection: Connection, author: str, abouts: Collection[str], *, is_word: bool) -> dict[str, Proposal]:
    """What `author` said of `abouts` that waits or was refused, by the id of each draft with its evidence. Words
    (`is_word`) are looked for among words alone, and what was handed in among that, also where a first person confirmed
    it and it is asked of a second one now: what somebody hands in says nothing in their own name.
    """
    undone = ledger_proposals.c.standing.in_([ProposalStanding.WAITING, ProposalStanding.REFUSED])
    passed_on = ledger_proposals.c.is_word.is_(False)
    theirs = (ledger_proposals.c.author == author) & ledger_proposals.c.is_word.is_(is_word)
    rows = select(ledger_proposals).where(or_(undone, passed_on), theirs)
    ordered = _narrowed(rows, abouts).order_by(ledger_proposals.c.proposed_at)
    found = map(_proposal_of, connection.execute(ordered))
    return {said_as(draft): one for one in found for draft in one.drafts}


def said_as(draft: Draft) -> str:
    """With other evidence it is another word."""
    return f"{id_of(draft)} {draft.evidence}"


def decide(  # what a decision is
    connection: Connection,
    proposal: Proposal,
    *,
    standing: ProposalStanding,
    author: str,
    at: datetime,
    reason: str = "",
    outcome: Sequence[Outcome] = (),
) -> Proposal:
    decided = replace(
        proposal, standing=standing, decided_by=author, decided_at=at, reason=reason, outcome=tuple(outcome)
    )
    kept = _columns(decided)
    values = {name: kept[name] for name in ("standing", "decided_by", "decided_at", "reason", "outcome")}
    connection.execute(update(ledger_proposals).where(ledger_proposals.c.id == proposal.id).values(values))
    return decided


def _columns(proposal: Proposal) -> dict[str, object]:
    plain = {column.name: getattr(proposal, column.name) for column in ledger_proposals.columns}
    outcome = [[one.became.value, one.of] for one in proposal.outcome]
    return {**plain, "drafts": [draft_json(draft) for draft in proposal.drafts], "outcome": outcome}


def _proposal_of(row: Row) -> Proposal:
    return Proposal(
        id=row.id,
        drafts=tuple(draft_of(draft) for draft in row.drafts),
        author=row.author,
        source=row.source,
        note=row.note,
        proposed_at=row.proposed_at,
        is_word=row.is_word,
        standing=row.standing,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        outcome=tuple(Outcome(Became(became), of) for became, of in row.outcome),
    )
