"""What comes by itself from a source: no row keeps others out for good, and nobody is asked the same twice."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from checks.billing.intake.request import Layout
from checks.ledger.event import LedgerEventKind
from checks.ledger.proposal import Proposal
from checks.ledger.rules import BillingRules
from tests.billing.intake.test_importing import ESTATE, HEAD, NOW, Office
from tests.support.bill_lists import csv_list
from tests.support.ledgers import draft, keeper_with, terms
from watchdog.billing.importing import Imported

_K = LedgerEventKind
LIST = ("acme,INV-7,134000,2026-12-01,,,",)
PAID = "acme,INV-7,134000,2026-12-01,,2026-11-10,receipt 9"


def office(*, two_persons: bool = False) -> Office:
    rules = BillingRules(two_persons=two_persons)
    return Office(keeper_with([]), replace(ESTATE, billing=rules))


def poll(office: Office, *rows: str) -> Imported:
    with tempfile.TemporaryFile() as file:
        file.write(csv_list(*rows, head=HEAD))
        file.flush()
        return asyncio.run(office.importer.take_from("erp", file, Layout(), name="source erp"))


def waiting(office: Office) -> Sequence[Proposal]:
    return asyncio.run(office.keeper.proposals())


def refuse_all(office: Office) -> None:
    for one in waiting(office):
        asyncio.run(office.keeper.refuse(one.id, "sara", "not so"))


def test_a_row_that_differs_from_the_ledger_is_told_and_the_new_ones_go_in() -> None:
    there = office()
    poll(there, *LIST)
    corrected = draft(_K.CORRECTED, NOW, terms=terms("120000.00 PKR"), reason="letter of the vendor")
    asyncio.run(there.keeper.record([corrected]))

    came = poll(there, *LIST, "acme,INV-8,9000,2026-12-09,,,")

    (said,) = came.ignored
    assert str(said).startswith(
        "row 2, amount: already on record with 120000.00 PKR; `nigehban invoices record acme/inv7"
    )
    assert (came.bills, there.keys) == (1, ["acme/inv7", "acme/inv8"])
    assert there.bill("acme/inv7").terms.amount.text() == "120000.00 PKR"


def test_a_payment_of_another_amount_than_the_one_on_record_is_told_and_not_taken() -> None:
    there = office()
    poll(there, *LIST)
    corrected = draft(_K.CORRECTED, NOW, terms=terms("150000.00 PKR"), reason="letter of the vendor")
    asyncio.run(there.keeper.record([corrected]))

    came = poll(there, PAID)

    assert [one.column for one in came.ignored] == ["amount", "settled_on"]
    assert there.bill("acme/inv7").is_open


def test_money_that_came_back_is_not_called_paid_again_by_the_same_row() -> None:
    there = office()
    poll(there, PAID)
    asyncio.run(there.keeper.record([draft(_K.CREDIT_RETURNED, NOW, reason="account closed")]))

    came = poll(there, PAID, "zeta,9,5,2026-12-05,,,")

    assert [one.column for one in came.ignored] == ["settled_on"]
    assert there.bill("acme/inv7").is_open


def test_stages_of_many_bills_that_lag_behind_keep_no_new_bill_out() -> None:
    there = office()
    rows = [f"zeta,{number},5,2026-12-05,received,," for number in range(201)]
    poll(there, *rows)
    asyncio.run(there.keeper.record([draft(_K.VERIFIED, NOW, f"zeta/{number}") for number in range(201)]))

    came = poll(there, *rows, *LIST)

    assert (came.bills, came.proposals, [one.column for one in came.ignored]) == (1, (), ["stage"])


def test_a_payment_that_waits_is_asked_for_once_wherever_it_stands_in_the_list() -> None:
    there = office(two_persons=True)
    poll(there, *LIST)

    first = poll(there, PAID).proposals
    second = poll(there, "zeta,9,5,2026-12-05,,,", PAID).proposals

    assert (first, len(waiting(there))) == (second, 1)


@pytest.mark.parametrize("row", [PAID, "acme,INV-7,134000,2026-12-01,sanction,,"], ids=["payment", "stage"])
def test_what_was_refused_is_not_asked_for_again(row: str) -> None:
    there = office(two_persons=True)
    poll(there, *LIST)
    poll(there, row)
    refuse_all(there)

    came = poll(there, "zeta,9,5,2026-12-05,,,", row)

    assert (came.proposals, waiting(there)) == ((), [])


def test_a_stage_is_asked_for_anew_once_the_bill_came_back_since() -> None:
    there = office()
    poll(there, *LIST)
    poll(there, "acme,INV-7,134000,2026-12-01,sanction,,")
    refuse_all(there)
    at = there.keeper.clock() + timedelta(days=5)
    asyncio.run(there.keeper.record([draft(_K.RETURNED, at, reason="a paper was missing")]))

    assert len(poll(there, "zeta,9,5,2026-12-05,,,", "acme,INV-7,134000,2026-12-01,sanction,,").proposals) == 1


def test_a_bill_whose_key_was_spelled_without_partings_is_on_record() -> None:
    there = office()
    there.keeper = keeper_with([draft(_K.RECEIVED, about="acme/inv20267", terms=terms(number="INV-2026-7"))])

    came = poll(there, "acme,INV 2026-7,134000,2026-12-01,,,")

    assert (came.same, came.bills) == (1, 0)
