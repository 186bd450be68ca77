"""A proposal that is put right and confirmed: what stands in its place, its own end and the events, or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from checks.ledger.event import Draft
from checks.ledger.outcome import Became, Outcome
from checks.ledger.proposal import Decision, Proposal, ProposalStanding, WordError, proposed
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from watchdog.store import ledger_proposals
from watchdog.store.ledger_words import bills_of, confirmed, kept_proposal

Edit: TypeAlias = Callable[[Sequence[Draft], Mapping[str, BillOnRecord]], Sequence[Draft]]
"""What was proposed, and the open bills it is about as they stand now, by key; what is meant instead. What it raises
leaves everything as it was.
"""

_AS_SAID = "somebody said this, so it stands as it is: confirm it, or refuse it and say it anew"


def put_right(  # noqa: PLR0917  # as ledger_words.confirmed, and the edit
    connection: Connection, id_: str, edit: Edit, author: str, rules: BillingRules, at: datetime
) -> Decision:
    """See LedgerRows.put_right."""
    former = ledger_proposals.named(connection, id_)
    if not former.is_waiting:
        return Decision(proposal=former, is_new=False)
    if former.is_word:
        raise WordError(_AS_SAID)
    bills = bills_of(connection, former.drafts)
    drafts = edit(former.drafts, {key: bill for key, bill in bills.items() if bill.is_open})
    instead = _in_its_place(connection, former, drafts, f"put right by {author}", at)
    if instead.id != former.id:
        ledger_proposals.decide(
            connection,
            former,
            standing=ProposalStanding.REPLACED,
            author=author,
            at=at,
            reason=f"see {instead.id}",
            outcome=[Outcome(Became.REPLACED, instead.id)],
        )
    return confirmed(connection, instead.id, author, rules, at)


def _in_its_place(
    connection: Connection, former: Proposal, drafts: Sequence[Draft], note: str, at: datetime
) -> Proposal:
    theirs = [replace(draft, author=former.author) for draft in drafts]
    anew = proposed(theirs, former.author, source=former.source, note=note, at=at)
    kept = kept_proposal(connection, anew)
    if not kept.is_waiting:
        raise WordError(
            f"just that is proposal {kept.id}, {kept.standing.value} by {kept.decided_by}; "
            f"refuse {former.id}, or put it right otherwise"
        )
    return kept
