"""Roads to "paid" that one person must not go alone, and words that must not change what they meant."""

import asyncio
from datetime import timedelta

import pytest

from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.proposal import WordError
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillStanding
from checks.units import parse_money
from tests.support.ledgers import ACME_7, draft, hour, keeper_with, received
from watchdog.billing.keeper import LedgerKeeper

K = LedgerEventKind
ALL = parse_money("134000.00 PKR")
HALF = parse_money("67000.00 PKR")
TWO = BillingRules(two_persons=True)


@pytest.fixture
def keeper() -> LedgerKeeper:
    return keeper_with([received()])


def standing(keeper: LedgerKeeper) -> BillStanding:
    bill = keeper.rows.bill(ACME_7)
    assert bill is not None
    return bill.standing


@pytest.mark.parametrize(
    "settling",
    [draft(K.ACKNOWLEDGED, hour(60)), draft(K.WITHHELD, hour(60), amount=ALL), draft(K.CREDIT_NOTE, amount=ALL)],
    ids=lambda one: one.kind.value,
)
@pytest.mark.parametrize(
    "sending",
    [draft(K.CREDITED, hour(40)), draft(K.MOVED, hour(40), stage="confirmation")],
    ids=lambda one: one.kind.value,
)
def test_who_sent_the_money_settles_nothing_alone(keeper: LedgerKeeper, sending: Draft, settling: Draft) -> None:
    asyncio.run(keeper.say([sending], "ali by signed link"))
    assert asyncio.run(keeper.say([settling], "ali")).proposal is not None
    assert standing(keeper) is BillStanding.OPEN


def test_nor_in_one_breath_nor_when_it_was_sent_by_a_proposal(keeper: LedgerKeeper) -> None:
    both = [draft(K.CREDITED, hour(40)), draft(K.ACKNOWLEDGED, hour(60))]
    assert asyncio.run(keeper.say(both, "ali")).proposal is not None
    other = keeper_with([received()])
    sent = asyncio.run(other.propose([draft(K.AUTHORISED, hour(40))], "ali", "sheet", ""))
    asyncio.run(other.confirm(sent.id, "ali"))
    assert asyncio.run(other.say([draft(K.ACKNOWLEDGED, hour(60))], "ali")).proposal is not None
    assert {standing(keeper), standing(other)} == {BillStanding.OPEN}


def test_a_list_and_whoever_wrote_it_are_not_two_persons(keeper: LedgerKeeper) -> None:
    keeper.rules = lambda: TWO
    listed = asyncio.run(keeper.say([draft(K.ACKNOWLEDGED, hour(50))], "source share", is_word=False)).proposal
    assert listed is not None
    first = asyncio.run(keeper.confirm(listed.id, "ali"))
    assert (list(first.events), standing(keeper)) == ([], BillStanding.OPEN)
    assert first.next is not None
    asyncio.run(keeper.confirm(first.next.id, "sara"))
    assert standing(keeper) is BillStanding.PAID


def test_a_second_receipt_changes_no_terms(keeper: LedgerKeeper) -> None:
    other = received(at=hour(0) - timedelta(hours=5), amount="1.00 PKR")
    waits = asyncio.run(keeper.propose([other], "ali", "notice.pdf", ""))
    with pytest.raises(WordError, match="record it as corrected"):
        asyncio.run(keeper.say([other], "ali"))
    with pytest.raises(WordError, match="record it as corrected"):
        asyncio.run(keeper.confirm(waits.id, "ali"))
    asyncio.run(keeper.record([other]))
    bill = keeper.rows.bill(ACME_7)
    assert bill is not None
    assert bill.terms.amount == ALL


def test_the_same_payment_is_taken_once(keeper: LedgerKeeper) -> None:
    asyncio.run(keeper.say([draft(K.ACKNOWLEDGED, hour(50), amount=HALF, payment="CHQ-1")], "ali"))
    again = draft(K.ACKNOWLEDGED, hour(51), amount=HALF, payment="chq-1")
    with pytest.raises(WordError, match="on record of acme/inv7 already"):
        asyncio.run(keeper.say([again], "sara"))
    asyncio.run(keeper.record([again]))
    assert standing(keeper) is BillStanding.OPEN


def test_a_credit_that_came_back_takes_what_its_payment_brought(keeper: LedgerKeeper) -> None:
    of_one = [draft(kind, hour(41), amount=HALF, payment="P1") for kind in (K.CREDITED, K.ACKNOWLEDGED)]
    asyncio.run(keeper.record([*of_one, draft(K.CREDITED, hour(42), amount=HALF, payment="P2")]))
    asyncio.run(keeper.record([draft(K.CREDIT_RETURNED, hour(43), payment="P2")]))
    bill = keeper.rows.bill(ACME_7)
    assert bill is not None
    assert bill.remaining == HALF
    asyncio.run(keeper.record([draft(K.CREDIT_RETURNED, hour(44), payment="P1")]))
    bill = keeper.rows.bill(ACME_7)
    assert bill is not None
    assert bill.remaining == ALL


def test_all_that_is_left_means_what_was_left_when_it_was_said(keeper: LedgerKeeper) -> None:
    (event,) = asyncio.run(keeper.say([draft(K.ACKNOWLEDGED, hour(50), evidence="receipt")], "ali")).events
    assert event.draft.details.amount == ALL
    assert not asyncio.run(keeper.say([draft(K.ACKNOWLEDGED, hour(50), evidence="receipt")], "ali")).events


def test_a_cancelled_bill_is_opened_by_a_word(keeper: LedgerKeeper) -> None:
    asyncio.run(keeper.say([draft(K.CANCELLED, hour(50), reason="a slip")], "ali"))
    asyncio.run(keeper.say([draft(K.REOPENED, hour(51), reason="it was one")], "ali"))
    assert standing(keeper) is BillStanding.OPEN


@pytest.mark.parametrize("change", ["is_word = 0", "note = 'x'", "source = 'x'", "proposed_at = 0"])
def test_nobody_changes_what_waits(keeper: LedgerKeeper, change: str) -> None:
    keeper.rules = lambda: TWO
    asyncio.run(keeper.say([draft(K.ACKNOWLEDGED, hour(50))], "ali"))
    with pytest.raises(Exception, match="decided once"), keeper.rows._database.write() as connection:  # by hand
        connection.exec_driver_sql(f"UPDATE ledger_proposals SET {change}")  # noqa: S608  # above
    with pytest.raises(Exception, match="never replaced"), keeper.rows._database.write() as connection:  # by hand
        connection.exec_driver_sql("INSERT OR REPLACE INTO ledger_proposals SELECT * FROM ledger_proposals")
