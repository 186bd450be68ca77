"""A list that says of its bills that they are paid: nobody ever sees them open."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import pytest

from checks.billing.intake.request import Layout
from checks.ledger.event import LedgerEventKind as K
from checks.ledger.rules import BillingRules
from tests.support.bill_lists import csv_list
from tests.support.bill_sources import ESTATE, NOW
from tests.support.ledgers import draft, received
from watchdog.billing.importing import Imported, Importer
from watchdog.billing.keeper import LedgerKeeper
from watchdog.settings.intake_values import IntakeSettings
from watchdog.store.executor import Inline
from watchdog.store.store import Store, open_store

if TYPE_CHECKING:
    from watchdog.settings.values import Settings

P = ParamSpec("P")
T = TypeVar("T")

#: More than are said at once to anybody else.
BILLS = 600
#: More than are compared at once.
MANY = 2_100
PLAIN = csv_list(*(f"acme,INV-{number},{number}.50,2026-06-01" for number in range(BILLS)))
HEAD = "vendor,number,amount,due,settled_on,evidence"


def paid(*numbers: int) -> bytes:
    return csv_list(*(f"acme,INV-{n},{n}.50,2026-06-01,2026-05-20,receipt {n}" for n in numbers), head=HEAD)


PAID = paid(*range(BILLS))


@dataclass
class Watching(Inline):
    """Whoever looks after every call to the ledger, in the file and in memory."""

    store: Store
    open_ones: list[int] = field(default_factory=list)

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        done = await super().call(function, *args, **kwargs)
        self.open_ones.append(len(self.store.ledger.open_bills()))
        return done


@dataclass
class Interrupted(Inline):
    """While a list is made ready for the first time, somebody else puts a bill on record."""

    store: Store
    is_over: bool = False

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        done = await super().call(function, *args, **kwargs)
        if not self.is_over:
            self.is_over = True
            self.store.ledger.append([received("zeta/1")], NOW)
        return done


@dataclass
class Counter:
    """Where lists are handed in."""

    store: Store
    rules: BillingRules = field(default_factory=BillingRules)

    def __post_init__(self) -> None:
        self.watching = Watching(self.store)
        self.keeper = LedgerKeeper.loaded(self.store.ledger, self.watching, lambda: NOW)
        self.keeper.rules = lambda: self.rules

    def take(self, raw: bytes, *, is_dry: bool = False, source: str = "") -> Imported:
        self.watching.open_ones.clear()
        settings = cast(
            "Settings", SimpleNamespace(estate=replace(ESTATE, billing=self.rules), intake=IntakeSettings())
        )
        importer = Importer(ledger=self.keeper, settings=lambda: settings, reading=Inline(), clock=lambda: NOW)
        with tempfile.TemporaryFile() as file:
            file.write(raw)
            file.flush()
            if source:
                return asyncio.run(importer.take_from(source, file, Layout(), name="share/bills.csv"))
            return asyncio.run(importer.take(file, Layout(), name="bills.csv", author="ali", is_dry=is_dry))

    @property
    def open_keys(self) -> list[str]:
        """The same in the file as in memory."""
        keys = [bill.key for bill in self.keeper.on_record()]
        assert sorted(bill.key for bill in self.store.ledger.open_bills()) == keys
        return keys


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with closing(open_store(tmp_path)) as store:
        yield Counter(store)


def test_no_reader_ever_sees_a_bill_open_that_its_list_says_is_paid(counter: Counter) -> None:
    came = counter.take(paid(*range(MANY)))

    assert (came.bills, came.settled, came.unpaid) == (MANY, MANY, 0)
    assert set(counter.watching.open_ones) == {0}
    assert counter.store.ledger.audit().is_sound


def test_a_source_too_never_shows_a_bill_open_that_it_says_is_paid(counter: Counter) -> None:
    came = counter.take(PAID, source="share")

    assert (came.bills, came.settled) == (BILLS, BILLS)
    assert set(counter.watching.open_ones) == {0}


def test_the_same_list_of_paid_bills_again_is_no_news(counter: Counter) -> None:
    counter.take(PAID)
    head = counter.store.ledger.head()

    again = counter.take(PAID)

    assert (again.bills, again.same, again.settled, again.unpaid) == (0, BILLS, 0, 0)
    assert counter.store.ledger.head() == head


def test_payments_of_a_list_that_came_before_without_them_go_on_record_all_at_once(counter: Counter) -> None:
    counter.take(PLAIN)

    came = counter.take(PAID)

    assert (came.bills, came.same, came.settled) == (0, BILLS, BILLS)
    assert set(counter.watching.open_ones) == {BILLS, 0}
    assert counter.open_keys == []


def test_what_needs_a_second_person_waits_and_the_bills_are_on_record(counter: Counter) -> None:
    counter.rules = BillingRules(two_persons=True)

    foretold, came = counter.take(PAID, is_dry=True), counter.take(PAID)

    assert (foretold.settled, foretold.unpaid) == (0, BILLS)
    assert (came.bills, came.settled, came.unpaid) == (BILLS, 0, BILLS)
    assert len(counter.open_keys) == BILLS
    waiting = [draft.about for one in asyncio.run(counter.keeper.proposals()) for draft in one.drafts]
    assert sorted(waiting) == counter.open_keys


def test_only_what_needs_somebody_else_is_left_for_later(counter: Counter) -> None:
    ledger = counter.store.ledger
    ledger.append([received("acme/1"), received("acme/2"), draft(K.CREDITED, about="acme/2", author="ali")], NOW)
    payments = [draft(K.ACKNOWLEDGED, NOW, f"acme/{number}", author="ali") for number in (1, 2, 3, 4)]

    with ledger.spooled(NOW) as spool:
        left = spool.say([received("acme/3")], payments, "ali", BillingRules())
        assert ledger.write_spooled(spool)

    assert [one.about for one in left] == ["acme/2", "acme/4"]
    assert [bill.key for bill in ledger.open_bills()] == ["acme/2"]


def test_what_somebody_refused_to_a_source_is_not_on_record_by_its_next_list(counter: Counter) -> None:
    counter.rules = BillingRules(two_persons=True)
    (waits,) = counter.take(paid(1, 2), source="share").proposals
    assert counter.take(paid(1, 2), source="share").proposals == (waits,)
    asyncio.run(counter.keeper.refuse(waits, "sara", "no receipt"))
    counter.rules = BillingRules()

    came = counter.take(paid(1, 2, 3), source="share")

    assert (came.bills, came.settled, came.proposals) == (1, 1, ())
    assert counter.open_keys == ["acme/inv1", "acme/inv2"]


def test_payments_are_on_record_once_where_somebody_writes_meanwhile(counter: Counter) -> None:
    counter.keeper.preparer = Interrupted(counter.store)

    came = counter.take(paid(1, 2))

    assert (came.bills, came.settled) == (2, 2)
    assert counter.store.ledger.head().events == len(["zeta/1"]) + came.bills + came.settled


def test_a_proposal_of_a_payment_ends_where_a_list_has_it_too(counter: Counter) -> None:
    counter.rules = BillingRules(two_persons=True)
    (waits,) = counter.take(paid(1)).proposals
    counter.rules = BillingRules()

    counter.take(paid(1))

    assert not counter.store.ledger.proposal(waits).is_waiting
