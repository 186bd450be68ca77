"""What a signed link says of a bill: the word and the use of its link are one transaction, so that it is never used and
lost, and never said twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from checks.ledger.event import Draft
from checks.ledger.proposal import Answered
from checks.ledger.rules import BillingRules
from watchdog.store import link_uses
from watchdog.store.ledger_words import said
from watchdog.store.views import LinkUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    use: LinkUse
    """The one that counts: this, or an earlier one."""
    answered: Answered | None = None
    """None where the link was used before, and nothing was said now."""


def press(  # noqa: PLR0917  # as ledger_words.said, and the link
    connection: Connection, use: LinkUse, drafts: Sequence[Draft], author: str, rules: BillingRules, at: datetime
) -> Pressed:
    """See LedgerRows.press."""
    before = link_uses.found(connection, use.nonce)
    if before is not None:
        return Pressed(use=before)
    answered = said(connection, drafts, author, rules, at)
    return Pressed(use=link_uses.use(connection, use), answered=answered)
