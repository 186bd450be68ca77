"""Whether a proposal, its decision and what stands in the chain agree. Pure.

What can be compared is compared: the words with the id made of them, who decided with who may, each word that was
confirmed with the event it became. A proposal has no place in the chain of hashes: docs/ledger.md says what follows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, assert_never

from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.outcome import Became, Outcome
from checks.ledger.proposal import (
    Proposal,
    ProposalStanding,
    as_confirmed,
    person,
    persons,
    proposal_id,
    said_anew,
)

#: Of what was said of one instant the later is put down as a moment later, by so much at most.
_LATER_AT_MOST: Final = timedelta(seconds=1)


def why_wrong(proposal: Proposal, events: Mapping[str, LedgerEvent], others: Mapping[str, Proposal]) -> str:
    """What of `proposal` disagrees; "" for nothing. `events` and `others` are those its outcome names, by id."""
    return next(filter(None, _whys(proposal, events, others)), "")


def _whys(proposal: Proposal, events: Mapping[str, LedgerEvent], others: Mapping[str, Proposal]) -> Iterator[str]:
    if proposal.id not in {_plain_id(proposal), said_anew(proposal).id}:
        yield "its words, its author or its source are not those that its id was made of"
    if not proposal.is_waiting and (proposal.decided_at is None or not proposal.decided_by):
        yield "it is decided, and nothing says when, or by whom"
    match proposal.standing:
        case ProposalStanding.WAITING:
            yield _why_not_undecided(proposal)
        case ProposalStanding.CONFIRMED:
            yield _why_not_confirmed(proposal, events, others)
        case ProposalStanding.REPLACED:
            yield _why_not_replaced(proposal, others)
        case ProposalStanding.OVERTAKEN:
            yield _why_not_overtaken(proposal, events)
        case ProposalStanding.REFUSED:
            yield "it is refused, and yet something became of it" if proposal.outcome else ""
        case _:
            assert_never(proposal.standing)


def _plain_id(proposal: Proposal) -> str:
    return proposal_id(proposal.drafts, proposal.author, proposal.source)


def _why_not_undecided(proposal: Proposal) -> str:
    said = (proposal.decided_at, proposal.decided_by, proposal.reason, proposal.outcome)
    return "it waits, and yet something says how it was decided" if any(said) else ""


def _why_not_confirmed(proposal: Proposal, events: Mapping[str, LedgerEvent], others: Mapping[str, Proposal]) -> str:
    if proposal.is_word and person(proposal.decided_by) in persons(proposal.author):
        return f"{proposal.decided_by} said it, and also confirmed it"
    drafts = as_confirmed(proposal, proposal.decided_by)
    if len(drafts) != len(proposal.outcome):
        return "it does not say what became of each of its words"
    whys = (
        _why_not_so(draft, outcome, proposal, events, others)
        for draft, outcome in zip(drafts, proposal.outcome, strict=True)
    )
    return next(filter(None, whys), "")


def _why_not_so(  # a word, what became of it, and whose it is
    draft: Draft,
    outcome: Outcome,
    proposal: Proposal,
    events: Mapping[str, LedgerEvent],
    others: Mapping[str, Proposal],
) -> str:
    what = f"{draft.about} {draft.kind.value}"
    match outcome.became:
        case Became.RECORDED:
            return _why_not_recorded(draft, events.get(outcome.of), proposal, what, outcome.of)
        case Became.THERE:
            event = events.get(outcome.of)
            return "" if event and _says(event.draft, draft) else f"{what}: it stood there before, and does not now"
        case Became.WAITS:
            return _why_not_waiting(draft, others.get(outcome.of), proposal, what)
        case Became.LEFT_OUT:
            is_needless = draft.kind is LedgerEventKind.ACKNOWLEDGED
            return "" if is_needless else f"{what}: it was left out, and is none that can be"
        case _:
            return f"{what}: {outcome.became.value} is nothing that becomes of one word"


def _why_not_recorded(draft: Draft, event: LedgerEvent | None, proposal: Proposal, what: str, id_: str) -> str:
    if event is None:
        return f"{what}: the event {id_} that it became is not on record"
    if not _says(event.draft, draft):
        return f"{what}: the event {id_} says otherwise than was proposed"
    if (event.draft.author, event.draft.evidence) != (draft.author, draft.evidence):
        return f"{what}: the event {id_} names {event.draft.author}, not {draft.author}, or other evidence"
    if proposal.decided_at is not None and event.recorded_at < proposal.decided_at:
        return f"{what}: the event {id_} was written down before it was confirmed"
    return ""


def _says(on_record: Draft, said: Draft) -> bool:
    """The same of the same, perhaps a moment later; what named no amount has that of all that was left."""
    if said.details.amount is None:
        said = replace(said, details=replace(said.details, amount=on_record.details.amount))
    later = on_record.happened_at - said.happened_at
    is_same = (on_record.about, on_record.kind, on_record.details) == (said.about, said.kind, said.details)
    return is_same and timedelta(0) <= later < _LATER_AT_MOST


def _why_not_waiting(draft: Draft, other: Proposal | None, proposal: Proposal, what: str) -> str:
    asked = other is not None and any((one.about, one.kind) == (draft.about, draft.kind) for one in other.drafts)
    if other is None or not asked or not other.is_word:
        return f"{what}: the proposal in which it waits for one more person is not there"
    if other.author != proposal.decided_by:
        return f"{what}: it waits as the word of {other.author}, not of {proposal.decided_by}"
    return ""


def _why_not_replaced(proposal: Proposal, others: Mapping[str, Proposal]) -> str:
    if [one.became for one in proposal.outcome] != [Became.REPLACED]:
        return "it was put right, and nothing says what stands in its place"
    other = others.get(proposal.outcome[0].of)
    if other is None or (other.author, other.source) != (proposal.author, proposal.source):
        return f"the proposal {proposal.outcome[0].of} that stands in its place is not there"
    decided = (ProposalStanding.CONFIRMED, proposal.decided_by, proposal.decided_at)
    if (other.standing, other.decided_by, other.decided_at) != decided:
        return f"the proposal {other.id} that stands in its place was not confirmed with it"
    return ""


def _why_not_overtaken(proposal: Proposal, events: Mapping[str, LedgerEvent]) -> str:
    if [one.became for one in proposal.outcome] != [Became.OVERTAKEN]:
        return "it was overtaken, and nothing says by which event"
    event = events.get(proposal.outcome[0].of)
    if event is None or event.draft.about not in {draft.about for draft in proposal.drafts}:
        return f"the event {proposal.outcome[0].of} that overtook it is not on record"
    if (event.draft.author, event.recorded_at) != (proposal.decided_by, proposal.decided_at):
        return f"the event {event.id} that overtook it is of another author or time"
    return ""
