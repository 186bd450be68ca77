"""Bills on record, made from what happened to them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, BlockReason, Details, Draft, LedgerEvent, LedgerEventKind, Terms
from checks.ledger.fold import folded
from checks.ledger.state import BillOnRecord
from checks.units import parse_money

KEY = "acme/inv7"


def terms(
    amount: str = "134000.00 PKR",
    *,
    number: str = "INV-7",
    due: date = date(2026, 12, 1),
    suspends: date | None = date(2026, 12, 20),
    service: str | None = "official-email",
    office: str | None = None,
) -> Terms:
    return Terms(number=number, amount=parse_money(amount), due=due, suspends=suspends, service=service, office=office)


def happened(  # what an event says
    kind: LedgerEventKind,
    on: date | datetime,
    *,
    about: str = KEY,
    asks: Terms | None = None,
    stage: str = "",
    reason: str = "",
    block: BlockReason | None = None,
    until: date | None = None,
    amount: str | None = None,
    received_at: datetime | None = None,
) -> Draft:
    """An event on that day at 06:00 UTC, which is eleven in Peshawar."""
    at = on if isinstance(on, datetime) else datetime(on.year, on.month, on.day, 6, tzinfo=UTC)
    return Draft(
        about=about,
        kind=kind,
        happened_at=at,
        author="finance",
        details=Details(
            terms=asks,
            stage=stage,
            reason=reason,
            block=block,
            until=until,
            amount=None if amount is None else parse_money(amount),
            received_at=received_at,
        ),
    )


def received(on: date | datetime, *, asks: Terms | None = None, about: str = KEY) -> Draft:
    return happened(LedgerEventKind.RECEIVED, on, about=about, asks=terms() if asks is None else asks)


def recorded(drafts: Sequence[Draft]) -> list[LedgerEvent]:
    """Each written down when it happened."""
    events: list[LedgerEvent] = []
    for draft in drafts:
        events.append(linked(draft, draft.happened_at, events[-1].hash if events else GENESIS))
    return events


def bill_of(*drafts: Draft) -> BillOnRecord:
    bill = folded(recorded(drafts))
    assert bill is not None
    return bill
