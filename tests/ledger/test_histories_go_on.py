"""A bill is added up once, however much is asked and said of it in one breath: what comes last is added to that."""

import random

from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, LedgerEventKind
from checks.ledger.fold import folded
from checks.ledger.rules import BillingRules
from tests.support.histories import Histories
from tests.support.ledgers import draft, hour, received
from watchdog.store.ledger_histories import History
from watchdog.store.ledger_words import Speech, at_once

K = LedgerEventKind
SPEECH = Speech("ali", "list.csv", BillingRules(), hour(3))


def test_whatever_is_added_in_whatever_turn_adds_up_to_what_all_of_it_does() -> None:
    histories, rng = Histories(12), random.Random(12)
    for _ in range(3_000):
        history, said = History(), histories.one()
        for place, event in enumerate(said, start=1):
            assert history.add(event)
            if rng.random() < 0.7:
                assert history.bill == folded(said[:place]), said[:place]
        assert history.state == folded(said), said


def test_a_payment_is_placed_without_its_bill_being_added_up_anew() -> None:
    history = with_a_bill()
    bill = history.bill
    assert at_once(draft(K.ACKNOWLEDGED, hour(2), evidence="receipt"), history, SPEECH) is not None
    assert history.bill is bill


def test_what_a_bill_adds_up_to_goes_on_with_what_comes_last() -> None:
    history = with_a_bill()
    bill = history.bill
    placed = at_once(draft(K.ACKNOWLEDGED, hour(2), evidence="receipt"), history, SPEECH)
    assert bill is not None
    assert placed is not None
    history.add(linked(placed, hour(3), GENESIS))
    assert history.bill is not None
    assert not history.bill.is_open
    assert history.bill.path[0] is bill.path[0]


def test_what_is_only_thought_of_leaves_a_history_as_it_was() -> None:
    history = with_a_bill()
    history.copy().add(linked(draft(K.CANCELLED, hour(2), reason="twice"), hour(3), GENESIS))
    assert history.bill is not None
    assert history.bill.is_open


def test_what_is_on_record_is_added_once() -> None:
    history = with_a_bill()
    assert not history.add(linked(received(), hour(5), GENESIS))
    assert history.bill is not None
    assert history.bill.events == 1


def with_a_bill() -> History:
    history = History()
    history.add(linked(received(), hour(1), GENESIS))
    return history
