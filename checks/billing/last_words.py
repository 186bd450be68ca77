"""The last word on a matter of a bill whose check does not tell of it any more: what became of the bill."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from checks.billing import labels
from checks.billing.path.position import position
from checks.billing.path.subjects import ended
from checks.invoice import bill_key
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, BillStanding
from checks.model import Finding
from checks.plugin import CheckContext

NOT_LOOKED_AT = "is over: the bill is not looked at by this check any more"

OpenNow: TypeAlias = Callable[[BillOnRecord, str], str]
"""What is said of a bill that is open still, by what stands behind its subject: a stage, a cut-off."""


async def ends_of(subjects: Sequence[str], ctx: CheckContext, of_open: OpenNow) -> Sequence[Finding]:
    """Of subjects "acme/INV-7 something" that a check told of before, each by what the ledger says now."""
    if not subjects:
        return ()
    keys = {subject: bill_key(*_named(subject)) for subject in subjects}
    known = {bill.key: bill for bill in ctx.ledger.on_record()} | dict(await ctx.ledger.closed(list(keys.values())))
    return [ended(one, _became(known.get(key), one.rpartition(" ")[2], of_open)) for one, key in keys.items()]


def lies_in(bill: BillOnRecord, rules: BillingRules) -> str:
    """Like "the bill lies in pre-audit, not paid yet"."""
    return f"the bill {labels.LIES_NOW} {position(bill, rules).stage.title}, {labels.NOT_PAID_YET}"


def _named(subject: str) -> tuple[str, str]:
    """Vendor and number, without what stands behind them."""
    vendor, _, number = subject.rpartition(" ")[0].partition("/")
    return vendor, number


def _became(bill: BillOnRecord | None, what: str, of_open: OpenNow) -> str:
    match None if bill is None else bill.standing:
        case BillStanding.PAID:
            return f"is over: {labels.IS_PAID}"
        case BillStanding.CANCELLED:
            return f"is over: {labels.IS_CANCELLED}"
        case BillStanding.OPEN if bill is not None:
            return of_open(bill, what)
        case _:
            return NOT_LOOKED_AT
