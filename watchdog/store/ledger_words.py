"""What people say to the ledger, and what becomes of it within one transaction: on record, or waiting for another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from checks.ledger.chain import id_of
from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.outcome import Became, Outcome
from checks.ledger.overtaken import Ground, Overtaken, names_another_payment, was_paid, why_needless
from checks.ledger.proposal import (
    Answered,
    Decision,
    NotEnoughError,
    Proposal,
    ProposalStanding,
    WordError,
    as_confirmed,
    proposal_id,
    proposed,
    senders_of,
    why_not_enough,
    why_not_theirs,
)
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, BillStanding, PayeeOnRecord
from checks.ledger.too_late import why_behind, why_over
from watchdog.store import ledger_proposals
from watchdog.store.ledger_histories import Histories, History, histories_of
from watchdog.store.ledger_overtaking import end
from watchdog.store.ledger_slips import refuse_what_cannot_be
from watchdog.store.ledger_turns import as_if, in_their_turn, with_amounts
from watchdog.store.ledger_writing import put

_A_WORD = "word of mouth"
_PAID: Final = Outcome(Became.LEFT_OUT, "the bill was paid meanwhile")


def said(  # who says what, by which rules, when
    connection: Connection,
    drafts: Iterable[Draft],
    author: str,
    rules: BillingRules,
    at: datetime,
    *,
    is_word: bool = True,
    spoken_at: datetime | None = None,
) -> Answered:
    """See LedgerRows.say."""
    speech = Speech(author, _A_WORD if is_word else author, rules, at, is_word=is_word, spoken_at=spoken_at)
    return _taken(connection, [replace(draft, author=author) for draft in drafts], speech).answered


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks, from what, by which rules, when."""

    author: str
    source: str
    rules: BillingRules
    at: datetime
    is_word: bool = True
    """False for a list: its word is nobody's."""
    deciding: str = ""
    """The proposal that is decided by it."""
    spoken_at: datetime | None = None
    """What happened then happened as it was said; None: `at`."""

    def why_late(self, draft: Draft, bill: BillOnRecord, events: Sequence[LedgerEvent]) -> str:
        """What waited, or stands in a list, was said before: it may be of a bill that is over now."""
        why = why_behind(draft, bill, events, self.rules)
        if why or self.deciding or not self.is_word:
            return why
        return why_over(draft, bill, events, self.rules, self.spoken_at or self.at)


@dataclass(frozen=True, slots=True)
class _Taken:
    answered: Answered
    outcome: Sequence[Outcome]
    """Of each draft."""


def _taken(connection: Connection, drafts: Sequence[Draft], speech: Speech) -> _Taken:
    histories = _histories(connection, drafts)
    placed = in_their_turn(drafts, histories, speech.at)
    refuse_what_cannot_be(placed, histories, speech.at, speech.why_late)
    waits = _waiting(placed, histories, speech)
    there = _ids(histories)
    going = [draft for draft, why in waits.items() if not why]
    ready = put(connection, going, speech.at, histories, deciding=speech.deciding)
    waiting = {draft: why for draft, why in waits.items() if why and id_of(draft) not in there}
    bills = {**_bills(placed, histories), **ready.states}
    kept, proposal = _kept(connection, waiting, speech, bills) if waiting else ({}, None)
    outcome = [Outcome(Became.WAITS, kept[draft].id) if draft in kept else _on_record(draft, there) for draft in placed]
    return _Taken(Answered(events=ready.events, states=ready.states, proposal=proposal), outcome)


def at_once(draft: Draft, history: History, speech: Speech) -> Draft | None:
    """As it goes on record behind `history`, that of its bill; None where `said` makes something else of it: it waits,
    or it cannot be.
    """
    histories = {draft.about: history}
    placed = in_their_turn([draft], histories, speech.at)
    try:
        refuse_what_cannot_be(placed, histories, speech.at, speech.why_late)
    except WordError:
        return None
    return None if any(_whys(placed, histories, speech)) else placed[0]


def _on_record(draft: Draft, there: set[str]) -> Outcome:
    """By this, or from before, as `there` has it, which then has it."""
    id_ = id_of(draft)
    became = Became.THERE if id_ in there else Became.RECORDED
    there.add(id_)
    return Outcome(became, id_)


def _waiting(drafts: Sequence[Draft], histories: Histories, speech: Speech) -> dict[Draft, str]:
    """Why each of them waits; "" where it need not."""
    return dict(zip(drafts, _whys(drafts, histories, speech), strict=True))


def _whys(drafts: Sequence[Draft], histories: Histories, speech: Speech) -> list[str]:
    """What goes before it in the same breath counts for each, too."""
    whys: list[str] = []
    senders: dict[str, frozenset[str]] = {}
    for about in {draft.about for draft in drafts}:
        theirs = [*(event.draft for event in histories[about].events), *(one for one in drafts if one.about == about)]
        senders[about] = senders_of(theirs, speech.rules)
    taken = {about: history.copy() for about, history in histories.items()}
    last: dict[str, Draft] = {}
    for draft in drafts:
        before = taken[draft.about]
        if (one := last.pop(draft.about, None)) is not None:
            before.events.append(as_if(one, speech.at))
        bill = before.bill if draft.is_of_bill else None
        why = why_not_enough(draft, speech.author, speech.rules, bill, senders[draft.about])
        whys.append(why)
        if not why:
            last[draft.about] = draft
    return whys


def _kept(
    connection: Connection,
    waiting: Mapping[Draft, str],
    speech: Speech,
    bills: Mapping[str, BillOnRecord | PayeeOnRecord],
) -> tuple[Mapping[Draft, Proposal], Proposal]:
    """Where each of them waits, and what is asked for by this. What was said before is not asked for anew, be it that
    it waits or that somebody refused it.
    """
    before = ledger_proposals.said_before(
        connection, speech.author, {draft.about for draft in waiting}, is_word=speech.is_word
    )
    kept = {draft: one for draft in waiting if (one := before.get(ledger_proposals.said_as(draft))) is not None}
    new = [draft for draft in waiting if draft not in kept]
    if not new:
        return kept, max(kept.values(), key=lambda one: one.is_waiting)
    note = "; ".join(dict.fromkeys(waiting[draft] for draft in new))
    asked = proposed(new, speech.author, source=speech.source, note=note, at=speech.at, is_word=speech.is_word)
    ground = Ground(bills={key: bill for key, bill in bills.items() if isinstance(bill, BillOnRecord)})
    is_needed = speech.is_word and not all(why_needless(draft, ground) for draft in new)
    asked = ledger_proposals.keep(connection, asked, is_needed=is_needed)
    if asked.is_waiting and all(_is_paid_meanwhile(draft, ground.bills) for draft in new):
        about = new[0].about
        asked = end(connection, asked, Overtaken(about=about, why=was_paid(new[0], ground.bills.get(about))))
    return {**kept, **dict.fromkeys(new, asked)}, asked


def confirmed(connection: Connection, id_: str, author: str, rules: BillingRules, at: datetime) -> Decision:
    """See LedgerRows.confirm."""
    proposal = ledger_proposals.named(connection, id_)
    if not proposal.is_waiting:
        return Decision(proposal=proposal, is_new=False)
    histories = _histories(connection, proposal.drafts)
    bills = _bills(proposal.drafts, histories)
    if why := why_not_theirs(proposal, author, rules, bills):
        raise NotEnoughError(why)
    drafts = as_confirmed(proposal, author)
    going = [draft for draft in drafts if not _is_paid_meanwhile(draft, bills)]
    speech = Speech(author, proposal.source, rules, at, deciding=proposal.id)
    taken = _put_all(connection, going, histories, speech) if proposal.is_word else _taken(connection, going, speech)
    each = iter(taken.outcome)
    outcome = [_PAID if _is_paid_meanwhile(draft, bills) else next(each) for draft in drafts]
    decided = ledger_proposals.decide(
        connection, proposal, standing=ProposalStanding.CONFIRMED, author=author, at=at, outcome=outcome
    )
    answered = taken.answered
    return Decision(
        proposal=decided, events=answered.events, states=answered.states, is_new=True, next=answered.proposal
    )


def _put_all(connection: Connection, drafts: Sequence[Draft], histories: Histories, speech: Speech) -> _Taken:
    placed = in_their_turn(drafts, histories, speech.at)
    refuse_what_cannot_be(placed, histories, speech.at, speech.why_late)
    there = _ids(histories)
    ready = put(connection, placed, speech.at, histories, deciding=speech.deciding)
    return _Taken(Answered(events=ready.events, states=ready.states), [_on_record(draft, there) for draft in placed])


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
    return histories_of(connection, list(dict.fromkeys(draft.about for draft in drafts)))


def _ids(histories: Histories) -> set[str]:
    return {event.id for history in histories.values() for event in history.events}


def bills_of(connection: Connection, drafts: Sequence[Draft]) -> Mapping[str, BillOnRecord]:
    """Those that `drafts` are about, open or not, by key."""
    return _bills(drafts, _histories(connection, drafts))


def _bills(drafts: Sequence[Draft], histories: Histories) -> dict[str, BillOnRecord]:
    abouts = {draft.about for draft in drafts if draft.is_of_bill}
    found = {about: histories[about].bill for about in abouts}
    return {about: bill for about, bill in found.items() if bill is not None}


def _is_paid_meanwhile(draft: Draft, bills: Mapping[str, BillOnRecord]) -> bool:
    """Two may have waited that say the same: one of them has paid it. One that names another payment says more."""
    bill = bills.get(draft.about)
    if bill is None or bill.standing is not BillStanding.PAID or draft.kind is not LedgerEventKind.ACKNOWLEDGED:
        return False
    return not names_another_payment(draft, bill)


def kept_proposal(connection: Connection, proposal: Proposal) -> Proposal:
    """See LedgerRows.propose. What it says of "all that is left" means what is left now."""
    histories = _histories(connection, proposal.drafts)
    drafts = tuple(with_amounts(proposal.drafts, histories, proposal.proposed_at))
    id_ = proposal_id(drafts, proposal.author, proposal.source)
    return ledger_proposals.keep(connection, replace(proposal, id=id_, drafts=drafts))
