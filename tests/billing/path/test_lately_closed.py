"""What the store hands out for learning."""

import asyncio

from checks.ledger.event import LedgerEventKind
from tests.support.ledgers import draft, hour, keeper_with, received, rows_with

PAID, CANCELLED, OPEN = "acme/paid", "acme/cancelled", "acme/open"
EVENTS = [
    received(PAID),
    received(CANCELLED),
    received(OPEN),
    draft(LedgerEventKind.ACKNOWLEDGED, hour(1), PAID),
    draft(LedgerEventKind.CANCELLED, hour(2), CANCELLED, reason="sent twice"),
]


def test_bills_that_are_closed_are_handed_out_and_no_open_ones() -> None:
    assert {bill.key for bill in rows_with(EVENTS).lately_closed(10)} == {PAID, CANCELLED}


def test_those_that_changed_last_go_first_where_there_are_too_many() -> None:
    rows = rows_with(EVENTS[:4])
    rows.append([EVENTS[4]], hour(3))
    assert [bill.key for bill in rows.lately_closed(1)] == [CANCELLED]


def test_checks_get_them_too() -> None:
    ledger = keeper_with(EVENTS).beside(())
    assert {bill.key for bill in asyncio.run(ledger.lately_closed())} == {PAID, CANCELLED}
