"""What a signed link says of a bill, or decides of a proposal: that and the use of its link are one transaction, so
that it is never used and lost, and never said twice.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import TypeAlias

from sqlalchemy import Connection, select

from checks.ledger.event import Details, Draft, LedgerEvent, LedgerEventKind
from checks.ledger.fold import folded
from checks.ledger.proposal import BY_LINK, Answered, Decision, NotEnoughError, Proposal, WordError, person
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from watchdog.store import ledger_proposals, link_uses
from watchdog.store.ledger_histories import events_of, events_of_all
from watchdog.store.ledger_tables import ledger_events
from watchdog.store.ledger_words import bills_of, confirmed, refused, said
from watchdog.store.views import LinkUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    use: LinkUse
    """The one that counts: this, or an earlier one."""
    answered: Answered | None = None
    """None where the link was used before, and nothing was said now."""
    is_repeated: bool = False
    """They said so before, and it still waits for somebody else."""
    confirms: Proposal | None = None
    """What somebody else had said before, and is on record now in both names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    use: LinkUse
    """As of Pressed."""
    decision: Decision | None = None
    """None where the link was used before, and nothing was decided now."""


IsMeant: TypeAlias = Callable[[BillOnRecord], bool]
"""Whether what a link says can still be meant of the bill, as it stands when it is written."""


def always(_bill: BillOnRecord) -> bool:
    return True


def press(  # noqa: PLR0917  # as ledger_words.said, and the link
    connection: Connection,
    use: LinkUse,
    drafts: Sequence[Draft],
    author: str,
    rules: BillingRules,
    at: datetime,
    *,
    is_meant: IsMeant = always,
) -> Pressed:
    """See LedgerRows.press."""
    before = link_uses.found(connection, use.nonce)
    if before is not None:
        return Pressed(use=before)
    if not all(is_meant(bill) for bill in bills_of(connection, drafts).values()):
        raise WordError("the bill has moved on since this message was written")
    waiting = _same_words(connection, drafts)
    for one in waiting:
        with suppress(NotEnoughError):
            came = confirmed(connection, one.id, author, rules, at)
            answered = Answered(events=came.events, states=came.states)
            _keep_proof(connection, drafts[0], author, rules, at)
            return Pressed(use=link_uses.use(connection, use), answered=answered, confirms=one)
    for one in waiting:
        if person(one.author) == person(author):
            return Pressed(use=link_uses.use(connection, use), answered=Answered(proposal=one), is_repeated=True)
    answered = said(connection, drafts, author, rules, at, spoken_at=use.at)
    return Pressed(use=link_uses.use(connection, use), answered=answered)


def decide(  # noqa: PLR0917  # as press
    connection: Connection, use: LinkUse, id_: str, author: str, rules: BillingRules, at: datetime, reason: str | None
) -> Decided:
    """See LedgerRows.decide."""
    before = link_uses.found(connection, use.nonce)
    if before is not None:
        return Decided(use=before)
    if reason is None:
        decision = confirmed(connection, id_, author, rules, at)
    else:
        decision = refused(connection, id_, author, reason, at)
    return Decided(use=link_uses.use(connection, use), decision=decision)


def _keep_proof(connection: Connection, draft: Draft, author: str, rules: BillingRules, at: datetime) -> None:
    """What the second person gives as proof; the first one's words stay as they were said."""
    if draft.evidence:
        proof = replace(
            draft, kind=LedgerEventKind.NOTED, details=Details(reason="what the second person gives as proof")
        )
        said(connection, [proof], author, rules, at)


def _same_words(connection: Connection, drafts: Sequence[Draft]) -> Sequence[Proposal]:
    """What people said before and waits, where it is this and nothing besides; oldest first."""
    if len(drafts) != 1:
        return ()
    (asked,) = drafts
    bill = folded(events_of(connection, [asked.about]).get(asked.about, ()))
    alone = (one for one in ledger_proposals.waiting(connection) if one.is_word and len(one.drafts) == 1)
    return [one for one in alone if bill is not None and _is_same(one.drafts[0], asked, bill)]


def _is_same(before: Draft, asked: Draft, bill: BillOnRecord) -> bool:
    """Whoever says it, whenever, for whatever reason; what names no amount means all that is left."""
    if (before.about, before.kind, before.details.stage) != (asked.about, asked.kind, asked.details.stage):
        return False
    left = {None, bill.remaining}
    return before.details.amount == asked.details.amount or {before.details.amount, asked.details.amount} <= left


def questions(connection: Connection, since: datetime) -> Sequence[LedgerEvent]:
    """See LedgerRows.questions."""
    columns = ledger_events.c
    is_asked = (columns.kind == LedgerEventKind.NOTED) & columns.author.endswith(BY_LINK) & (columns.evidence == "")
    asked = select(columns.about).where(is_asked, columns.recorded_at >= since).distinct()
    histories = events_of_all(connection, list(connection.execute(asked).scalars()))
    open_ones = [event for events in histories.values() for event in _unanswered(events)]
    return sorted((one for one in open_ones if one.recorded_at >= since), key=lambda one: one.recorded_at)


def _unanswered(events: Sequence[LedgerEvent]) -> Sequence[LedgerEvent]:
    """Questions at the end of what is on record of a bill."""
    return list(takewhile(_is_question, reversed(events)))


def _is_question(event: LedgerEvent) -> bool:
    draft = event.draft
    return draft.kind is LedgerEventKind.NOTED and draft.author.endswith(BY_LINK) and not draft.evidence
