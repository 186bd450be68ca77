"""Histories that somebody makes by hand to have a bill called paid that is not, or lost that is open."""

import random
from collections.abc import Sequence
from decimal import Decimal

import pytest

from checks.ledger.event import Draft, LedgerEvent, LedgerEventKind
from checks.ledger.fold import MAX_CHANGES, after, folded, in_order
from checks.ledger.payments import Sums
from checks.ledger.state import BillOnRecord, BillStanding
from checks.units import parse_money
from tests.support.ledgers import draft, hour, received, terms
from watchdog.store.ledger_turns import as_if

K = LedgerEventKind
OPEN, PAID, CANCELLED = BillStanding.OPEN, BillStanding.PAID, BillStanding.CANCELLED
HUNDRED = received(amount="100.00 PKR")


def said(kind: LedgerEventKind, at: float, amount: str = "", payment: str = "", reason: str = "") -> Draft:
    money = parse_money(amount if " " in amount else f"{amount}.00 PKR") if amount else None
    return draft(kind, hour(at), amount=money, payment=payment, reason=reason)


def asks(at: float, amount: str, number: str = "INV-7") -> Draft:
    return draft(K.CORRECTED, hour(at), terms=terms(amount, number=number), reason="a slip")


def bill(*drafts: Draft) -> BillOnRecord:
    found = folded([as_if(one, hour(100)) for one in (HUNDRED, *drafts)])
    assert found is not None
    return found


CASES = {
    "a credit note above the bill": ([said(K.CREDIT_NOTE, 1, "150")], PAID, "0", "50"),
    "tax, then all that is left": ([said(K.WITHHELD, 1, "10"), said(K.ACKNOWLEDGED, 2)], PAID, "0", "0"),
    "corrected to more after a part": ([said(K.ACKNOWLEDGED, 1, "40"), asks(2, "120.00 PKR")], OPEN, "80", "0"),
    "corrected to less than a part": ([said(K.ACKNOWLEDGED, 1, "40"), asks(2, "30.00 PKR")], PAID, "0", "10"),
    "and back again": (
        [said(K.ACKNOWLEDGED, 1, "40"), asks(2, "30.00 PKR"), asks(3, "100.00 PKR")], OPEN, "60", "0"),
    "another currency settles nothing": ([said(K.ACKNOWLEDGED, 1, "100.00 USD")], OPEN, "100", "0"),
    "until the bill is in it": ([said(K.ACKNOWLEDGED, 1, "100.00 USD"), asks(2, "100.00 USD")], PAID, "0", "0"),
    "paid before it was received": ([said(K.ACKNOWLEDGED, -5, "100")], PAID, "0", "0"),
    "came back before it was received": (
        [said(K.ACKNOWLEDGED, -5, "100"), said(K.CREDIT_RETURNED, -4)], OPEN, "100", "0"),
    "disputed, cancelled, opened": (
        [said(K.DISPUTED, 1, reason="twice"), said(K.CANCELLED, 2, reason="twice"), said(K.REOPENED, 3, reason="no")],
        OPEN, "100", "0"),
    "acknowledged while cancelled, then opened": (
        [said(K.CANCELLED, 1, reason="x"), said(K.ACKNOWLEDGED, 2, "100"), said(K.REOPENED, 3, reason="no")],
        PAID, "0", "0"),
    "opened while it is paid": ([said(K.ACKNOWLEDGED, 1, "100"), said(K.REOPENED, 2, reason="no")], PAID, "0", "0"),
    "what came back was known as tax alone": (
        [said(K.WITHHELD, 1, "10", "P1"), said(K.ACKNOWLEDGED, 2, "90"), said(K.CREDIT_RETURNED, 3, "90", "P1")],
        OPEN, "90", "0"),
    "and names no amount": (
        [said(K.WITHHELD, 1, "10", "P1"), said(K.ACKNOWLEDGED, 2, "90"), said(K.CREDIT_RETURNED, 3, "", "P1")],
        OPEN, "90", "0"),
    "what nobody knows came back, told twice": (
        [said(K.ACKNOWLEDGED, 1, "100"), said(K.CREDIT_RETURNED, 2, "40", "P9"),
         said(K.CREDIT_RETURNED, 3, "40", "p 9")],
        OPEN, "40", "0"),
    "and once more of another amount": (
        [said(K.ACKNOWLEDGED, 1, "100"), said(K.CREDIT_RETURNED, 2, "40", "P9"),
         said(K.CREDIT_RETURNED, 3, "30", "P9")],
        OPEN, "70", "0"),
    "a part came back, and the old word is repeated": (
        [said(K.ACKNOWLEDGED, 1, "100", "P1"), said(K.CREDIT_RETURNED, 2, "40", "P1"),
         said(K.ACKNOWLEDGED, 3, "100", "P1")],
        OPEN, "40", "0"),
    "a part came back, and that part is sent again": (
        [said(K.ACKNOWLEDGED, 1, "60", "P1"), said(K.ACKNOWLEDGED, 2, "40", "P1"),
         said(K.CREDIT_RETURNED, 3, "60", "P1"), said(K.ACKNOWLEDGED, 4, "60", "P1")],
        PAID, "0", "0"),
    "all came back without a name, and is sent again": (
        [said(K.ACKNOWLEDGED, 1, "100", "P1"), said(K.CREDIT_RETURNED, 2, "100"), said(K.ACKNOWLEDGED, 3, "100", "P1")],
        PAID, "0", "0"),
    "dollars came back, rupees stay": (
        [said(K.CREDITED, 1, "5.00 USD", "P1"), said(K.ACKNOWLEDGED, 2, "100", "P2"),
         said(K.CREDIT_RETURNED, 3, "", "P1")],
        PAID, "0", "0"),
    "less came back than was too much": (
        [said(K.ACKNOWLEDGED, 1, "120", "P1"), said(K.CREDIT_RETURNED, 2, "20", "P1")], PAID, "0", "0"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_history_made_by_hand_adds_up_in_whatever_order_it_was_recorded(name: str) -> None:
    drafts, standing, left, too_much = CASES[name]
    for order in (drafts, drafts[::-1]):
        found = bill(*order)
        assert (found.standing, found.remaining.amount, found.overpaid) == (standing, Decimal(left), Decimal(too_much))


def test_a_dispute_outlives_a_cancellation_that_was_a_mistake() -> None:
    drafts, *_ = CASES["disputed, cancelled, opened"]
    assert bill(*drafts).disputed == "twice"


def test_however_often_it_is_corrected_a_bill_is_known_by_its_first_number() -> None:
    numbers = [f"INV 7{'.' * place}" for place in range(1, 2 * MAX_CHANGES)]
    found = bill(*(asks(place, "100.00 PKR", number) for place, number in enumerate(numbers, start=1)))
    assert (found.subject, found.number, len(found.changes)) == ("acme/inv7", numbers[-1], MAX_CHANGES)


KINDS = (K.CREDITED, K.ACKNOWLEDGED, K.CREDIT_RETURNED, K.WITHHELD, K.CREDIT_NOTE)


def history(rng: random.Random) -> list[LedgerEvent]:
    drafts = [
        said(
            rng.choice(KINDS[:3] if rng.random() < 0.8 else KINDS),
            place + 1,
            rng.choice(("40", "60", "100")),
            rng.choice(("", "P1", "P1", "P2")),
        )
        for place in range(rng.randrange(1, 7))
    ]
    return [as_if(one, hour(100)) for one in (HUNDRED, *drafts)]


def by_name(sums: Sums) -> dict[str, Decimal]:
    return {one.reference: one.acknowledged for one in sums.payments}


def books_are_even(sums: Sums) -> bool:
    """What payments brought is part of what was said in all; nothing is ever less than nothing."""
    named = [
        (sum((one.credited for one in sums.payments), Decimal(0)), sums.paid.credited),
        (sum((one.acknowledged for one in sums.payments), Decimal(0)), sums.paid.acknowledged),
    ]
    parts = [part for one in sums.payments for part in (one.credited, one.acknowledged)]
    return all(part <= whole for part, whole in named) and all(part >= 0 for part in parts)


def steps(events: Sequence[LedgerEvent]) -> list[tuple[BillOnRecord, LedgerEvent, BillOnRecord]]:
    """Before, what happened, and after."""
    found = []
    now = folded(events[:1])
    assert now is not None
    for event in in_order(events[1:]):
        found.append((now, event, after(now, event)))
        now = found[-1][2]
    return found


def test_whatever_payments_come_and_go_the_books_are_even_and_a_word_counts_once() -> None:
    rng = random.Random(11)
    returned = 0
    for _ in range(1_500):
        for before, event, now in steps(history(rng)):
            assert books_are_even(now.sums), event
            details = event.draft.details
            if details.payment:
                assert after(now, event).sums == now.sums, "the same of the same payment, told twice"
            if event.draft.kind is not K.CREDIT_RETURNED:
                continue
            lost = before.paid.acknowledged - now.paid.acknowledged
            assert details.amount is not None
            assert Decimal(0) <= lost <= details.amount.amount
            returned += lost > 0
            if before.sums.knows(details.payment):
                others = {
                    name: part for name, part in by_name(before.sums).items() if name != details.payment.casefold()
                }
                assert {name: by_name(now.sums)[name] for name in others} == others, "it took what another brought"
    assert returned > 200
