"""Lists of active taxpayers: seen when they are whole, and each replaces the one of its kind."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from checks.ledger.taxpayers import ListKind, TaxpayerList
from watchdog.store.database import open_memory
from watchdog.store.errors import StoreRefusedError
from watchdog.store.taxpayers import STEP_ROWS, TaxpayerRows

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture
def rows() -> TaxpayerRows:
    return TaxpayerRows(open_memory())


def coming(id_: str, kind: ListKind = ListKind.INCOME_TAX, at: datetime = NOW, listed_on: date = TODAY) -> TaxpayerList:
    return TaxpayerList(
        id=id_, kind=kind, listed_on=listed_on, imported_at=at, author="so", source="atl.csv", sha256="ab", rows=0
    )


def imported(rows: TaxpayerRows, id_: str, names: Mapping[str, str], kind: ListKind = ListKind.INCOME_TAX) -> None:
    rows.begin(coming(id_, kind))
    rows.add(id_, list(names.items()))
    rows.finish(id_, NOW)


def named(rows: TaxpayerRows, *numbers: str, kind: ListKind = ListKind.INCOME_TAX) -> Mapping[str, str] | None:
    found = rows.look_up(kind, numbers)
    return None if found is None else found.names


def test_without_a_list_nobody_can_say(rows: TaxpayerRows) -> None:
    assert named(rows, "1234567") is None


def test_who_stands_on_the_list_is_found_by_number(rows: TaxpayerRows) -> None:
    imported(rows, "a", {"1234567": "ACME", "0667440": "ZETA"})
    assert named(rows, "0667440", "7654321") == {"0667440": "ZETA"}


def test_a_list_is_not_seen_before_it_is_whole(rows: TaxpayerRows) -> None:
    imported(rows, "a", {"1234567": "ACME"})
    rows.begin(coming("b"))
    rows.add("b", [("7654321", "NEW")])
    assert named(rows, "1234567", "7654321") == {"1234567": "ACME"}
    rows.finish("b", NOW)
    assert named(rows, "1234567", "7654321") == {"7654321": "NEW"}


def test_lists_of_two_taxes_stand_beside_each_other(rows: TaxpayerRows) -> None:
    imported(rows, "a", {"1234567": "ACME"})
    imported(rows, "b", {"7654321": "ZETA"}, ListKind.SALES_TAX)
    assert named(rows, "1234567", "7654321") == {"1234567": "ACME"}
    assert named(rows, "1234567", "7654321", kind=ListKind.SALES_TAX) == {"7654321": "ZETA"}
    assert [one.kind for one in rows.lists()] == [ListKind.INCOME_TAX, ListKind.SALES_TAX]


def test_the_first_name_of_a_number_stays_and_it_counts_once(rows: TaxpayerRows) -> None:
    rows.begin(coming("a"))
    rows.add("a", [("1234567", "ACME"), ("1234567", "ACME TRADERS")])
    assert rows.finish("a", NOW).rows == 1
    assert named(rows, "1234567") == {"1234567": "ACME"}


def test_a_list_without_a_row_replaces_none(rows: TaxpayerRows) -> None:
    imported(rows, "a", {"1234567": "ACME"})
    rows.begin(coming("b"))
    with pytest.raises(StoreRefusedError):
        rows.finish("b", NOW)
    assert named(rows, "1234567") == {"1234567": "ACME"}


YESTERDAY = TODAY - timedelta(days=1)


def test_an_older_list_is_refused_before_its_rows_come(rows: TaxpayerRows) -> None:
    imported(rows, "a", {"1234567": "ACME"})
    with pytest.raises(StoreRefusedError, match="list of Sun 22 Nov 2026 is in force, and this one is of Sat 21 Nov"):
        rows.begin(coming("b", listed_on=YESTERDAY))


def test_an_older_list_is_refused_where_a_newer_one_came_meanwhile(rows: TaxpayerRows) -> None:
    rows.begin(coming("b", listed_on=YESTERDAY))
    rows.add("b", [("7654321", "ZETA")])
    imported(rows, "a", {"1234567": "ACME"})
    with pytest.raises(StoreRefusedError, match="in force"):
        rows.finish("b", NOW)
    assert named(rows, "1234567", "7654321") == {"1234567": "ACME"}


def test_who_insists_goes_back_to_an_older_list(rows: TaxpayerRows) -> None:
    imported(rows, "a", {"1234567": "ACME"})
    rows.begin(coming("b", listed_on=YESTERDAY), force=True)
    rows.add("b", [("7654321", "ZETA")])
    rows.finish("b", NOW, force=True)
    assert named(rows, "1234567", "7654321") == {"7654321": "ZETA"}


def test_a_list_of_one_kind_is_not_older_than_one_of_the_other(rows: TaxpayerRows) -> None:
    imported(rows, "a", {"1234567": "ACME"})
    rows.begin(coming("b", ListKind.SALES_TAX, listed_on=YESTERDAY))


def test_a_whole_list_takes_no_more_rows(rows: TaxpayerRows) -> None:
    imported(rows, "a", {"1234567": "ACME"})
    with pytest.raises(StoreRefusedError):
        rows.add("a", [("7654321", "LATE")])


def test_what_was_replaced_or_given_up_is_let_go_in_steps(rows: TaxpayerRows) -> None:
    imported(rows, "old", {f"{number:07d}": "" for number in range(STEP_ROWS + 1)})
    imported(rows, "new", {"1234567": "ACME"})
    rows.begin(coming("given-up", at=NOW - timedelta(hours=2)))
    rows.begin(coming("under-way"))
    assert [rows.sweep(NOW) for _ in range(4)] == [True, True, True, False]
    rows.add("under-way", [("7654321", "NEW")])
    with pytest.raises(StoreRefusedError):
        rows.add("given-up", [("7654321", "NEW")])
    assert named(rows, "1234567") == {"1234567": "ACME"}
