"""What is said of bills and is not on record yet, since a person's word for it, or a second person's, is missing. Pure.

Whether somebody's word is enough is decided here alone.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Final

from checks.ledger.chain import id_of
from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.outcome import Outcome
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, PayeeOnRecord

_K = LedgerEventKind

#: What lessens what a bill still asks for, or ends it.
_CLOSING: Final = frozenset({_K.ACKNOWLEDGED, _K.WITHHELD, _K.CREDIT_NOTE, _K.CANCELLED})

#: What somebody says who sends the money.
SENDING: Final = frozenset({_K.SUBMITTED, _K.AUTHORISED, _K.CREDITED})

#: What lists say: it closes nothing, whoever reads them in.
OF_LISTS: Final = frozenset({_K.RECEIVED, _K.MISSING, _K.LISTED})

#: Added to the name of a receiver who presses a link (alerts.links).
BY_LINK: Final = " by signed link"
#: Between whoever said it and whoever confirmed it.
CONFIRMED_BY: Final = ", confirmed by "


class WordError(Exception):
    """What somebody said cannot be taken so; the text says to a person why, and what would be right."""


class UnknownProposalError(WordError):
    """There is none of this id."""


class NotEnoughError(WordError):
    """The word of this person is not enough for it."""


class ProposalStanding(Enum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"
    """Confirmed otherwise than it stood; its reason names the proposal that stands in its place."""
    OVERTAKEN = "overtaken"
    """Nobody need decide it any more, since something else went on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Drafts that go on record together once somebody confirms them."""

    id: str
    drafts: tuple[Draft, ...]
    author: str
    """Who said it, or handed it in."""
    source: str
    """Where it is from: a file, a message, a person's word."""
    note: str
    """Why it waits, or what the source says besides."""
    proposed_at: datetime
    is_word: bool = False
    """A person said it, whose word counts as the first of two: not a list, a source or a text."""
    standing: ProposalStanding = ProposalStanding.WAITING
    decided_at: datetime | None = None
    decided_by: str = ""
    """Of what was overtaken, the author of the event that overtook it."""
    reason: str = ""
    """Of a refusal, or why it was overtaken; of what was put right, what stands in its place."""
    outcome: tuple[Outcome, ...] = ()
    """What became of its drafts, one for each, once it was confirmed; one in all where it ended otherwise."""

    @property
    def is_waiting(self) -> bool:
        return self.standing is ProposalStanding.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of something that was said."""

    events: Sequence[LedgerEvent] = ()
    """What is on record by it; what was there before is not among them."""
    proposal: Proposal | None = None
    """What waits for somebody else; its note says why."""
    states: Mapping[str, BillOnRecord | PayeeOnRecord] = field(default_factory=dict)
    """What the bills and vendors of `events` add up to now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A proposal as it stands after somebody decided it."""

    proposal: Proposal
    events: Sequence[LedgerEvent] = ()
    is_new: bool
    """False: somebody had decided before, and this changed nothing."""
    next: Proposal | None = None
    """What of it waits for one more person."""
    states: Mapping[str, BillOnRecord | PayeeOnRecord] = field(default_factory=dict)
    """As of Answered."""


def proposal_id(drafts: Sequence[Draft], author: str, source: str, anew: str = "") -> str:
    """The same for the same proposal: handed in twice, it waits once. `anew` tells what is said once more, after the
    same was overtaken.
    """
    said = [part for draft in drafts for part in (id_of(draft), draft.evidence)] + ([anew] if anew else [])
    return hashlib.sha256("\0".join((author, source, *said)).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def proposed(
    drafts: Sequence[Draft], author: str, *, source: str, note: str, at: datetime, is_word: bool = False
) -> Proposal:
    kept = tuple(drafts)
    id_ = proposal_id(kept, author, source)
    return Proposal(id=id_, drafts=kept, author=author, source=source, note=note, proposed_at=at, is_word=is_word)


def said_anew(proposal: Proposal) -> Proposal:
    """The same, to wait once more."""
    anew = proposal.proposed_at.isoformat()
    return replace(proposal, id=proposal_id(proposal.drafts, proposal.author, proposal.source, anew))


def closes(draft: Draft, bill: BillOnRecord | None) -> bool:
    """Whether less is left to pay after it, or nothing."""
    if draft.kind is _K.CORRECTED and draft.details.terms is not None and bill is not None:
        was, asked = bill.terms.amount, draft.details.terms.amount
        return asked.currency != was.currency or asked.amount < was.amount
    return draft.kind in _CLOSING


def why_not_enough(
    draft: Draft, author: str, rules: BillingRules, bill: BillOnRecord | None, senders: Collection[str]
) -> str:
    """Why `author` alone cannot put `draft` on record; "" where that is enough.

    `bill` is as it stands just before, `senders` are those who sent its money: see `senders_of`.
    """
    if not closes(draft, bill):
        return ""
    who = persons(author)
    if rules.confirmers and not who & rules.confirmers:
        return f"{author} is none of those who may call a bill paid"
    if rules.two_persons:
        return "what closes a bill needs a second person"
    if who & set(senders) and _settles(draft, bill) and not draft.evidence.strip():
        return f"{author} also sent the money, and gives no evidence that the vendor has it"
    return ""


def _settles(draft: Draft, bill: BillOnRecord | None) -> bool:
    """Whether it says that the vendor has the money, or leaves nothing to pay."""
    asked, terms = draft.details.amount, draft.details.terms
    match draft.kind:
        case _K.ACKNOWLEDGED:
            return True
        case _K.WITHHELD | _K.CREDIT_NOTE if bill is not None and asked is not None:
            return asked.amount >= bill.remaining.amount
        case _K.CORRECTED if bill is not None and terms is not None:
            return replace(bill, terms=terms).remaining.amount <= 0
        case _:
            return False


def senders_of(drafts: Iterable[Draft], rules: BillingRules) -> frozenset[str]:
    """Persons who said of one bill that its money goes out, or that it stands where it has gone out."""
    return frozenset(name for draft in drafts if _sends(draft, rules) for name in persons(draft.author))


def _sends(draft: Draft, rules: BillingRules) -> bool:
    """Also by a move to a stage behind one of sending, to the last one, or to one that is none any more."""
    if draft.kind is not _K.MOVED:
        return draft.kind in SENDING
    places = [place for place, stage in enumerate(rules.path) if stage.id == draft.details.stage]
    if not places or places[0] == len(rules.path) - 1:
        return True
    return any(stage.ends_with in SENDING for stage in rules.path[: places[0]])


def why_not_theirs(proposal: Proposal, author: str, rules: BillingRules, bills: Mapping[str, BillOnRecord]) -> str:
    """Why `author` cannot confirm `proposal`; "" where they can."""
    closing = any(closes(draft, bills.get(draft.about)) for draft in proposal.drafts)
    if proposal.is_word and person(author) in persons(proposal.author):
        return f"{author} said it; somebody else must confirm it"
    if closing and rules.confirmers and person(author) not in rules.confirmers:
        return f"{author} is none of those who may call a bill paid: {', '.join(sorted(rules.confirmers))}"
    return ""


def as_confirmed(proposal: Proposal, author: str) -> list[Draft]:
    """Its drafts with both names, as they go on record."""
    return [replace(draft, author=f"{draft.author}{CONFIRMED_BY}{author}") for draft in proposal.drafts]


def persons(author: str) -> frozenset[str]:
    """Everybody whom the author of an event names."""
    return frozenset(person(name) for name in author.split(CONFIRMED_BY))


def person(author: str) -> str:
    """The same whether they speak at the machine or press a link."""
    return author.removesuffix(BY_LINK)
