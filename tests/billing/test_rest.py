"""Bills between checks: each is watched by one, and by no more than one."""

from dataclasses import replace

import pytest

from checks.billing.listing import SETTINGS
from checks.billing.watch import Options, Watch
from checks.calendars import OfficeCalendars
from checks.invoice import Invoice
from checks.ledger.journal import Journal
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from checks.plugin import CheckContext
from tests.support.bills import ESTATE, bill, morning, on_record
from tests.support.fake_network import DictMemory, FakeNetwork

ROW = bill(service="portal")
IMPORTED = replace(on_record(ROW), sources=("import",))
OF_A_LIST = replace(on_record(ROW), sources=("/srv/bills.csv",))
GONE_FROM_IT = replace(OF_A_LIST, left=("/srv/bills.csv",))


def is_kept(bill_: BillOnRecord, rules: BillingRules, *rows: Invoice, told: bool = False) -> bool:
    """By a check of the rest."""
    estate = replace(ESTATE, billing=rules)
    now = morning(ROW.due)
    ctx = CheckContext(now, estate, None, FakeNetwork(), OfficeCalendars(estate), Journal(), DictMemory())
    keys = frozenset({bill_.key} if told else ())
    return Watch(Options(vendor=None, csv=None, rest=True), ctx, SETTINGS, keys, {one.key: one for one in rows}).keeps(
        bill_
    )


def test_where_no_other_check_looks_all_bills_are_the_rest() -> None:
    assert is_kept(IMPORTED, BillingRules())


@pytest.mark.parametrize("scope", [("acme", None), ("acme", "official-email"), (None, "portal")])
def test_what_another_check_is_narrowed_to_is_not(scope: tuple[str | None, str | None]) -> None:
    assert not is_kept(IMPORTED, BillingRules(due_scopes=frozenset({scope})))


@pytest.mark.parametrize("scope", [("zeta", None), (None, "official-email")])
def test_what_others_pass_over_is(scope: tuple[str | None, str | None]) -> None:
    assert is_kept(IMPORTED, BillingRules(due_scopes=frozenset({scope})))


@pytest.mark.parametrize("listed", [OF_A_LIST, GONE_FROM_IT])
@pytest.mark.parametrize("rows", [(), (ROW,)])
def test_a_bill_of_a_list_stays_with_the_check_of_that_list(listed: BillOnRecord, rows: tuple[Invoice, ...]) -> None:
    rules = BillingRules(lists=frozenset({("/srv/bills.csv", None)}))
    assert not is_kept(listed, rules, *rows, told=True)


def test_a_bill_of_the_settings_goes_with_the_check_its_row_names() -> None:
    corrected = replace(IMPORTED, terms=replace(IMPORTED.terms, service="official-email"))
    assert not is_kept(corrected, BillingRules(due_scopes=frozenset({(None, "portal")})), ROW)
