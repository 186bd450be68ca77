"""Two who speak of a bill at once: each is judged by what is on record when it is written, not when it was read."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.proposal import Proposal, WordError
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, BillStanding
from checks.units import parse_money
from tests.support.ledgers import ACME_7, draft, hour, keeper_with, received, terms
from watchdog.billing.keeper import LedgerKeeper

K = LedgerEventKind
HALF = parse_money("67000.00 PKR")
WHOLE = parse_money("134000.00 PKR")
KARACHI = BillingRules(zones=((None, ZoneInfo("Asia/Karachi")),))


@pytest.fixture
def keeper() -> LedgerKeeper:
    made = keeper_with([received()])
    made.rules = lambda: KARACHI
    return made


def spoken(keeper: LedgerKeeper, minute: float, kind: LedgerEventKind = K.ACKNOWLEDGED, **details: object) -> None:
    """Said of that very minute, and written whenever it is its turn."""
    now = hour(90) + timedelta(minutes=minute)
    author = f"clerk-{minute:g}"
    asyncio.run(keeper.say([draft(kind, now, author=author, **details)], author, spoken_at=now))  # type: ignore[arg-type]


def of(keeper: LedgerKeeper, kind: LedgerEventKind = K.ACKNOWLEDGED) -> Sequence[LedgerEvent]:
    return [event for event in keeper.rows.events_of(ACME_7) if event.draft.kind is kind]


def bill(keeper: LedgerKeeper) -> BillOnRecord:
    found = keeper.rows.bill(ACME_7)
    assert found is not None
    return found


@pytest.mark.parametrize("minute", [1, 3], ids=["whose clock was read before", "whose clock was read after"])
@pytest.mark.parametrize("amount", [None, WHOLE], ids=["of all that is left", "of the whole amount"])
def test_the_second_of_two_who_pay_a_bill_hears_who_was_first(
    keeper: LedgerKeeper, amount: object, minute: float
) -> None:
    spoken(keeper, 2, amount=amount)
    with pytest.raises(WordError) as refused:
        spoken(keeper, minute, amount=amount)
    assert str(refused.value) == (
        "acme/inv7 is paid since Fri 6 Nov 2026: clerk-2 put acknowledged Rs 134,000 on record at 13:00 on Fri 6 Nov "
        "2026; only cancelled, corrected, credit-returned, noted, reopened can follow; another payment is named by its "
        "reference and amount (--payment REF --amount AMOUNT)"
    )
    assert len(of(keeper)) == 1


@pytest.mark.parametrize("kind", [K.WITHHELD, K.CREDIT_NOTE])
def test_nor_is_anything_else_taken_off_a_bill_that_was_paid_meanwhile(
    keeper: LedgerKeeper, kind: LedgerEventKind
) -> None:
    spoken(keeper, 2)
    with pytest.raises(WordError, match="is paid since"):
        spoken(keeper, 1, kind, amount=HALF)
    assert bill(keeper).overpaid == 0


def test_a_second_part_of_the_same_sum_is_taken_and_pays_the_bill(keeper: LedgerKeeper) -> None:
    spoken(keeper, 2, amount=HALF)
    spoken(keeper, 1, amount=HALF)
    assert (bill(keeper).standing, bill(keeper).overpaid) == (BillStanding.PAID, Decimal(0))


def test_all_that_is_left_is_what_is_left_when_it_is_written(keeper: LedgerKeeper) -> None:
    spoken(keeper, 2, amount=HALF)
    spoken(keeper, 1)
    assert [event.draft.details.amount for event in of(keeper)] == [HALF, HALF]


def test_of_a_day_before_a_bill_was_paid_it_is_not_paid_once_more(keeper: LedgerKeeper) -> None:
    spoken(keeper, 2)
    with pytest.raises(WordError, match="is paid since"):
        asyncio.run(keeper.say([draft(K.ACKNOWLEDGED, hour(50), amount=WHOLE)], "sara"))


def test_another_payment_by_name_is_taken_and_shown_as_too_much(keeper: LedgerKeeper) -> None:
    spoken(keeper, 2, payment="UTR-1")
    spoken(keeper, 3, payment="UTR-2", amount=HALF)
    assert bill(keeper).overpaid == Decimal(67000)


def test_another_payment_of_no_sum_is_none(keeper: LedgerKeeper) -> None:
    spoken(keeper, 2, payment="UTR-1")
    with pytest.raises(WordError, match="is paid since"):
        spoken(keeper, 3, payment="UTR-2")


def test_money_sent_before_a_bill_was_paid_is_written_down_with_its_sum(keeper: LedgerKeeper) -> None:
    spoken(keeper, 2)
    sent = draft(K.CREDITED, hour(50))
    with pytest.raises(WordError, match=r"^nothing is left to pay of acme/inv7; say how much it was"):
        asyncio.run(keeper.say([sent], "sara"))
    asyncio.run(keeper.say([replace(sent, details=replace(sent.details, amount=WHOLE))], "sara"))
    assert [event.draft.details.amount for event in of(keeper, K.CREDITED)] == [WHOLE]


def test_the_same_said_twice_is_on_record_once(keeper: LedgerKeeper) -> None:
    spoken(keeper, 2)
    spoken(keeper, 2)
    assert len(of(keeper)) == 1


def test_what_a_cancelled_bill_cannot_take_names_who_cancelled_it(keeper: LedgerKeeper) -> None:
    spoken(keeper, 2, K.CANCELLED, reason="sent twice")
    with pytest.raises(WordError, match=r"is cancelled since Fri 6 Nov 2026: clerk-2 put cancelled on record at "):
        spoken(keeper, 1, K.VERIFIED)


def late_receipt(keeper: LedgerKeeper) -> tuple[Draft, Proposal]:
    """A lower amount and a later day of receipt, which wait for a second person."""
    day = datetime(2026, 11, 4, 19, tzinfo=UTC)
    said = draft(K.CORRECTED, hour(80), terms=terms("9000.00 PKR"), received_at=day, reason="misread")
    waits = asyncio.run(keeper.say([said], "ali")).proposal
    assert waits is not None
    return said, waits


def test_a_day_of_receipt_is_judged_again_when_it_is_confirmed(keeper: LedgerKeeper) -> None:
    keeper.rules = lambda: replace(KARACHI, two_persons=True)
    _, waits = late_receipt(keeper)
    asyncio.run(keeper.say([draft(K.VERIFIED, hour(10))], "sara"))
    with pytest.raises(WordError, match=r"^received: acme/inv7 was there by 2026-11-02: verified is on record"):
        asyncio.run(keeper.confirm(waits.id, "sara"))
    assert keeper.rows.proposal(waits.id).is_waiting


def test_a_day_of_receipt_that_still_can_be_is_confirmed(keeper: LedgerKeeper) -> None:
    keeper.rules = lambda: replace(KARACHI, two_persons=True)
    said, waits = late_receipt(keeper)
    asyncio.run(keeper.confirm(waits.id, "sara"))
    assert bill(keeper).received_at == said.details.received_at
