"""Bills of a check that reads another list now, or looks at others: none is called paid, and none falls to no check."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checks.ledger.rules import BillingRules
from checks.model import Cause, Status
from tests.support.bills import ESTATE, BillsCheck, bill, facts, morning

SUBJECT = "acme/INV-7"
OTHER = "bills in other.csv"
NOVEMBER_24 = morning(date(2026, 11, 24))
NOVEMBER_26 = morning(date(2026, 11, 26))
DECEMBER_2 = morning(date(2026, 12, 2))
HEADER = "vendor,number,amount,currency,due,suspends,service\n"
ROW = "acme,INV-7,134000.00,PKR,2026-12-01,2026-12-20,official-email\n"
ACME, ZETA = bill("1"), bill("2", vendor="zeta")


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ROW, encoding="utf-8")
    return path


@pytest.fixture
def other_csv(tmp_path: Path) -> Path:
    path = tmp_path / "other.csv"
    path.write_text(HEADER + ROW.replace("acme,INV-7", "zeta,9"), encoding="utf-8")
    return path


def test_nothing_is_said_of_a_bill_of_another_vendor_than_the_check_has_now() -> None:
    """Well, it would read as paid; not well, as still looked at."""
    check = BillsCheck(vendor="acme")
    check.look(NOVEMBER_24, ACME, ZETA)
    check.vendor = "zeta"
    findings = check.look(NOVEMBER_26, ACME, ZETA)
    assert set(findings) == {"bills of zeta", "zeta/2"}
    assert findings["bills of zeta"].summary == "1 bill in the settings, 1 open; 1 no longer looked at"


def test_nothing_is_said_of_a_bill_that_goes_over_to_another_service() -> None:
    check = BillsCheck(service="official-email")
    check.look(NOVEMBER_24, bill())
    assert set(check.look(NOVEMBER_26, bill(service="portal"))) == {"bills"}


def test_that_a_bill_is_paid_is_said_though_the_check_looks_at_others_now() -> None:
    check = BillsCheck(vendor="acme")
    check.look(NOVEMBER_24, ACME, ZETA)
    check.vendor = "zeta"
    paid = bill("1", settled_on=date(2026, 11, 25), evidence="receipt 4711")
    assert check.look(NOVEMBER_26, paid, ZETA)["acme/1"].summary.endswith("bill 1, settled on Wed 25 Nov 2026")


def test_a_bill_that_was_settled_is_not_told_when_the_check_turns_elsewhere() -> None:
    check = BillsCheck(vendor="acme")
    settled = bill(settled_on=date(2026, 11, 20), evidence="receipt 4711")
    check.look(NOVEMBER_24, settled)
    check.vendor = "zeta"
    assert set(check.look(NOVEMBER_26, settled)) == {"bills of zeta"}


def test_a_bill_that_left_the_settings_as_the_check_turned_elsewhere_is_withdrawn_until_it_is_put_back() -> None:
    check = BillsCheck(vendor="acme")
    check.look(NOVEMBER_24, ACME, ZETA)
    check.vendor = "zeta"
    assert check.look(NOVEMBER_26, ZETA)["acme/1"].cause is Cause.WITHDRAWN
    settled = bill("1", settled_on=date(2026, 11, 25), evidence="receipt 4711")
    back = check.look(NOVEMBER_26, settled, ZETA)["acme/1"]
    assert (back.status, back.deadline) == (Status.OK, None)
    assert "bill 1, settled on Wed 25 Nov 2026" in back.summary
    assert set(check.look(DECEMBER_2, settled, ZETA)) == {"bills of zeta", "zeta/2"}


def test_an_unpaid_bill_of_a_list_that_nobody_reads_any_more_is_withdrawn(csv: Path, other_csv: Path) -> None:
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    check.csv = other_csv
    findings = check.look(NOVEMBER_26)
    assert findings[OTHER].summary == "1 bill in other.csv, 1 open, 1 withdrawn"
    assert findings[SUBJECT].cause is Cause.WITHDRAWN
    assert "it stood in list.csv until 10:00 on Tue 24 Nov 2026" in " ".join(facts(findings[SUBJECT]).values())
    assert check.look(DECEMBER_2)[SUBJECT].cause is Cause.WITHDRAWN


def test_a_bill_that_stood_in_both_lists_is_withdrawn_once_the_second_loses_it(csv: Path, other_csv: Path) -> None:
    other_csv.write_text(HEADER + ROW, encoding="utf-8")
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    check.csv = other_csv
    assert check.look(NOVEMBER_26)[SUBJECT].cause is Cause.DUE
    other_csv.write_text(HEADER, encoding="utf-8")
    assert check.look(DECEMBER_2)[SUBJECT].cause is Cause.WITHDRAWN


@pytest.mark.parametrize("vendor", [None, "acme"])
def test_a_bill_of_a_list_that_another_check_reads_goes_to_that_check(
    csv: Path, other_csv: Path, vendor: str | None
) -> None:
    rules = BillingRules(lists=frozenset({(str(csv), vendor), (str(other_csv), None)}))
    check = BillsCheck(csv=csv, estate=replace(ESTATE, billing=rules))
    check.look(NOVEMBER_24)
    check.csv = other_csv
    assert set(check.look(NOVEMBER_26)) == {OTHER, "zeta/9"}
    (acme,) = [one for one in check.ledger.on_record() if one.vendor == "acme"]
    assert acme.missing_since is None


@pytest.mark.parametrize(
    "rules",
    [BillingRules(rest_is_watched=True), BillingRules(due_scopes=frozenset({("acme", None)}))],
    ids=["of the rest", "of its vendor"],
)
def test_a_bill_of_no_list_goes_to_the_check_that_has_none(csv: Path, other_csv: Path, rules: BillingRules) -> None:
    check = BillsCheck(csv=csv, estate=replace(ESTATE, billing=rules))
    check.look(NOVEMBER_24)
    check.csv = other_csv
    assert SUBJECT not in check.look(NOVEMBER_26)
    assert BillsCheck(ledger=check.ledger).look(NOVEMBER_26)[SUBJECT].cause is Cause.WITHDRAWN


def test_a_check_may_go_over_from_the_settings_to_a_list_and_back(csv: Path) -> None:
    check = BillsCheck(estate=replace(ESTATE, billing=BillingRules(due_scopes=frozenset({("zeta", None)}))))
    check.look(NOVEMBER_24, ZETA)
    check.csv = csv
    assert "zeta/2" not in check.look(NOVEMBER_26, ZETA)
    check.csv = None
    # On record, and no check of the list sees to it.
    assert check.look(DECEMBER_2, ZETA)[SUBJECT].cause is Cause.OVERDUE


def test_a_withdrawn_bill_stays_so_whatever_list_the_check_reads(csv: Path, other_csv: Path) -> None:
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    csv.write_text(HEADER, encoding="utf-8")
    assert check.look(NOVEMBER_26)[SUBJECT].cause is Cause.WITHDRAWN
    check.csv = other_csv
    assert check.look(DECEMBER_2)[SUBJECT].cause is Cause.WITHDRAWN


def test_a_list_that_only_moves_keeps_what_is_known_of_its_bills(csv: Path, tmp_path: Path) -> None:
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    check.csv = tmp_path / "moved.csv"
    check.csv.write_text(HEADER + ROW.replace("INV-7", "inv 7").replace("134000", "150000"), encoding="utf-8")
    findings = check.look(NOVEMBER_26)
    assert set(findings) == {"bills in moved.csv", SUBJECT}
    assert facts(findings[SUBJECT])["Amount changed"] == "was Rs 134,000 until Thu 26 Nov 2026"


def test_until_another_list_can_be_read_the_bills_of_the_old_one_go_on_under_its_name(csv: Path) -> None:
    check = BillsCheck(csv=csv)
    check.look(NOVEMBER_24)
    check.csv = csv.with_name("missing.csv")
    findings = check.look(DECEMBER_2)
    assert findings["bills in missing.csv"].status is Status.UNKNOWN
    assert findings[SUBJECT].cause is Cause.OVERDUE
    assert findings[SUBJECT].evidence.startswith("list.csv: vendor acme")
