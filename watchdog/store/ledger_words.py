"""What people say to the ledger, and what becomes of it within one transaction: on record, or waiting for another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from checks.ledger.chain import id_of
from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.fold import folded
from checks.ledger.proposal import (
    SENDING,
    Answered,
    Decision,
    NotEnoughError,
    Proposal,
    ProposalStanding,
    WordError,
    as_confirmed,
    proposed,
    why_not_enough,
    why_not_theirs,
)
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from watchdog.store import ledger_proposals
from watchdog.store.ledger_writing import Histories, events_of_all, put

_A_WORD = "word of mouth"
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Whoever speaks of this evening, in the morning, means today.
_CLOCKS_DIFFER = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


def said(connection: Connection, drafts: Iterable[Draft], author: str, rules: BillingRules, at: datetime) -> Answered:
    """See LedgerRows.say."""
    return _taken(connection, [replace(draft, author=author) for draft in drafts], Speech(author, _A_WORD, rules, at))


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks, from what, by which rules, when."""

    author: str
    source: str
    rules: BillingRules
    at: datetime


def _taken(connection: Connection, drafts: Sequence[Draft], speech: Speech) -> Answered:
    histories = _histories(connection, drafts)
    bills = _bills(drafts, histories)
    _refuse_what_cannot_be(drafts, bills, speech.at)
    waits: dict[Draft, str] = {}
    for draft in _in_their_turn(drafts, histories):
        senders = {event.draft.author for event in histories.get(draft.about, ()) if event.draft.kind in SENDING}
        waits[draft] = why_not_enough(draft, speech.author, speech.rules, bills.get(draft.about), senders)
    ready = put(connection, [draft for draft, why in waits.items() if not why], speech.at, histories)
    there = {event.id for known in histories.values() for event in known}
    waiting = [draft for draft, why in waits.items() if why and id_of(draft) not in there]
    kept = _kept(connection, {draft: waits[draft] for draft in waiting}, speech) if waiting else None
    return Answered(events=ready.events, states=ready.states, proposal=kept)


def _kept(connection: Connection, waiting: Mapping[Draft, str], speech: Speech) -> Proposal:
    """What was said before is not asked for anew, be it that it waits or that somebody refused it."""
    before = ledger_proposals.said_before(connection, speech.author)
    new = [draft for draft in waiting if ledger_proposals.said_as(draft) not in before]
    if not new:
        return max((before[ledger_proposals.said_as(draft)] for draft in waiting), key=lambda one: one.is_waiting)
    note = "; ".join(dict.fromkeys(waiting[draft] for draft in new))
    one = proposed(new, speech.author, source=speech.source, note=note, at=speech.at, is_word=True)
    return ledger_proposals.keep(connection, one)


def confirmed(connection: Connection, id_: str, author: str, rules: BillingRules, at: datetime) -> Decision:
    """See LedgerRows.confirm."""
    proposal = ledger_proposals.named(connection, id_)
    if not proposal.is_waiting:
        return Decision(proposal=proposal, is_new=False)
    histories = _histories(connection, proposal.drafts)
    bills = _bills(proposal.drafts, histories)
    if why := why_not_theirs(proposal, author, rules, bills):
        raise NotEnoughError(why)
    _refuse_what_cannot_be(proposal.drafts, bills, at)
    decided = ledger_proposals.decide(
        connection, proposal, standing=ProposalStanding.CONFIRMED, author=author, at=at, reason=""
    )
    drafts = as_confirmed(proposal, author)
    if proposal.is_word:
        ready = put(connection, _in_their_turn(drafts, histories), at, histories)
        return Decision(proposal=decided, events=ready.events, states=ready.states, is_new=True)
    taken = _taken(connection, drafts, Speech(author, proposal.source, rules, at))
    return Decision(proposal=decided, events=taken.events, states=taken.states, is_new=True, next=taken.proposal)


def refused(connection: Connection, id_: str, author: str, reason: str, at: datetime) -> Decision:
    """See LedgerRows.refuse."""
    proposal = ledger_proposals.named(connection, id_)
    if not proposal.is_waiting:
        return Decision(proposal=proposal, is_new=False)
    decided = ledger_proposals.decide(
        connection, proposal, standing=ProposalStanding.REFUSED, author=author, at=at, reason=reason
    )
    return Decision(proposal=decided, is_new=True)


def _histories(connection: Connection, drafts: Sequence[Draft]) -> Histories:
    return events_of_all(connection, list(dict.fromkeys(draft.about for draft in drafts)))


def _bills(drafts: Sequence[Draft], histories: Histories) -> dict[str, BillOnRecord]:
    abouts = {draft.about for draft in drafts if draft.is_of_bill}
    found = {about: folded(histories.get(about, ())) for about in abouts}
    return {about: bill for about, bill in found.items() if bill is not None}


def _refuse_what_cannot_be(drafts: Sequence[Draft], bills: Mapping[str, BillOnRecord], now: datetime) -> None:
    """Raises WordError for the first slip of the keyboard that would lie in the ledger for ever."""
    received = {d.about: d.details.terms for d in drafts if d.kind is LedgerEventKind.RECEIVED}
    for draft in drafts:
        if not _EARLIEST <= draft.happened_at <= now + _CLOCKS_DIFFER:
            raise WordError(
                f"{draft.happened_at:%Y-%m-%d} is no day on which anything can have happened; say when it was"
            )
        if not draft.is_of_bill:
            continue
        bill, terms = bills.get(draft.about), received.get(draft.about)
        if bill is not None:
            terms = bill.terms
        if terms is None:
            raise WordError(f"there is no bill {draft.about} on record; add it first")
        amount = draft.details.amount
        if amount is not None and amount.currency != terms.amount.currency:
            raise WordError(
                f"the bill {draft.about} is in {terms.amount.currency}, not in {amount.currency}; say the amount in it"
            )


def _in_their_turn(drafts: Sequence[Draft], histories: Histories) -> list[Draft]:
    """Of two things said to have happened to a bill at one instant, what is said later comes later: by a moment."""
    taken = {(about, event.draft.happened_at): event.id for about, events in histories.items() for event in events}
    placed = []
    for draft in drafts:
        moved = draft
        while taken.get((moved.about, moved.happened_at), id_of(moved)) != id_of(moved):
            moved = replace(moved, happened_at=moved.happened_at + _MOMENT)
        taken[moved.about, moved.happened_at] = id_of(moved)
        placed.append(moved)
    return placed
