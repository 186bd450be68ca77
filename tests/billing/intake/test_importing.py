"""Lists go into the ledger as a whole or not at all, and say the same in whatever order they come."""

import asyncio
import csv
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.billing.intake.bill_rows import line_of
from checks.billing.intake.days import DayOrder
from checks.billing.intake.request import Layout
from checks.billing.refusal import BillsRefusedError
from checks.estate import Estate, Vendor
from checks.invoice import bill_key
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from tests.support.bill_lists import KNOWN, ROW, SHEET, csv_list, read, repacked, workbook
from tests.support.ledgers import keeper_with
from watchdog.api.import_routes import words_of
from watchdog.billing.exporting import exported_bills
from watchdog.billing.import_plan import Handed, ImportPlan, Planning, keyed
from watchdog.billing.importing import Imported, Importer
from watchdog.billing.keeper import LedgerKeeper
from watchdog.cli.list_files import neutral, written
from watchdog.cli.looks import View
from watchdog.settings.intake_values import IntakeSettings
from watchdog.store.executor import Inline

if TYPE_CHECKING:
    from watchdog.settings.values import Settings
    from watchdog.store.listings import Listings

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Karachi")
VENDORS = {"acme": Vendor(id="acme", name="Acme Hosting"), "zeta": Vendor(id="zeta", name="Zeta Telecom")}
ESTATE = Estate(name="Test", time_zone=ZONE, vendors=VENDORS)
HEAD = "vendor,number,amount,due,stage,settled_on,evidence"
TWO = csv_list("acme,INV-7,134000,2026-12-01", "zeta,9,5,2026-12-05")

_HEADINGS = b"<row>%s</row>" % b"".join(
    b'<c t="inlineStr"><is><t>%s</t></is></c>' % name for name in (b"vendor", b"number", b"amount", b"due")
)


@dataclass
class Office:
    """A ledger that lists are handed in to."""

    keeper: LedgerKeeper
    estate: Estate = ESTATE

    @property
    def importer(self) -> Importer:
        settings_ = cast("Settings", SimpleNamespace(estate=self.estate, intake=IntakeSettings()))
        self.keeper.rules, self.keeper.clock = (lambda: self.estate.billing), (lambda: NOW)
        return Importer(ledger=self.keeper, settings=lambda: settings_, reading=Inline(), clock=lambda: NOW)

    def take(self, raw: bytes, name: str = "bills.csv", author: str = "ali", **more: Any) -> Imported:  # noqa: ANN401
        """In a process of its own, as always."""
        with tempfile.TemporaryFile() as file:
            file.write(raw)
            file.flush()
            is_dry = more.pop("is_dry", False)
            taking = self.importer.take(file, Layout(**more), name=name, author=author, is_dry=is_dry)
            return asyncio.run(taking)

    def refused(self, raw: bytes, **more: Any) -> list[str]:  # noqa: ANN401
        with pytest.raises(BillsRefusedError) as caught:
            self.take(raw, **more)
        return [str(problem) for problem in caught.value.problems]

    def bill(self, key: str) -> BillOnRecord:
        bill = self.keeper.rows.bill(key)
        assert bill is not None
        return bill

    @property
    def keys(self) -> list[str]:
        return [bill.key for bill in self.keeper.rows.bills()]

    def exported(self, folder: Path, suffix: str) -> Path:
        listings = cast(
            "Listings", SimpleNamespace(ledger=self.keeper.rows, taxpayers=NO_LISTS, remembered=lambda _key: [])
        )
        head, *rows = exported_bills(View(listings=listings, estate=self.estate, now=NOW), every=True).objects
        written(folder / f"bills{suffix}", rows, str(head["head"]))
        return folder / f"bills{suffix}"


NO_LISTS = SimpleNamespace(look_up=lambda _kind, _numbers: None)


@pytest.fixture
def office() -> Office:
    return Office(keeper_with([]))


def test_a_list_goes_on_record_with_its_author_its_file_and_its_rows(office: Office) -> None:
    came = office.take(TWO)

    (event,) = office.keeper.rows.events_of("acme/inv7")
    assert (came.bills, came.same, office.keys) == (2, 0, ["acme/inv7", "zeta/9"])
    assert (event.draft.author, event.draft.details.reason) == ("ali", "row 2 of bills.csv")
    assert event.draft.evidence.startswith("sha256:")


def test_the_same_list_again_is_no_news(office: Office) -> None:
    office.take(TWO)
    head = office.keeper.rows.head()

    assert office.take(TWO).same == 2
    assert office.keeper.rows.head() == head


def test_a_dry_run_says_what_would_come_of_it_and_changes_nothing(office: Office) -> None:
    came = office.take(TWO, is_dry=True)

    assert (came.bills, came.is_dry, office.keys) == (2, True, [])


def test_one_bad_row_keeps_the_whole_list_out(office: Office) -> None:
    assert office.refused(TWO + b"nobody,1,5,2026-12-01\n")[0].startswith("row 4, vendor")
    assert office.keys == []


def test_a_bill_on_record_with_other_terms_keeps_the_whole_list_out_and_says_what_stands(office: Office) -> None:
    office.take(TWO)

    refused = office.refused(csv_list("acme,inv 7,999,2026-12-01", "acme,INV-8,5,2026-12-01"))

    assert refused == [
        "row 2, amount: already on record with 134000.00 PKR; `nigehban invoices record acme/inv7 corrected` changes it"
    ]
    assert "acme/inv8" not in office.keys


def test_another_day_of_receipt_than_is_on_record_is_named_with_the_way_to_correct_it(office: Office) -> None:
    head = "vendor,number,amount,due,received"
    office.take(csv_list("acme,INV-7,5,2026-12-01,2026-08-24", head=head))

    came = office.take(csv_list("acme,INV-7,5,2026-12-01,2026-07-24", head=head))

    correct = "`nigehban invoices record acme/inv7 corrected --received 2026-07-24` changes it"
    assert [str(one) for one in came.ignored] == [
        f"row 2, received: already on record as received on 2026-08-24; {correct}"
    ]
    assert came.same == 1


@pytest.mark.parametrize("settled", ["", "2026-08-24"])
def test_the_same_day_of_receipt_read_again_is_no_news(office: Office, settled: str) -> None:
    proof = "receipt 4711" if settled else ""
    rows = csv_list(f"acme,INV-7,5,2026-12-01,2026-08-24,{settled},{proof}", head=HEAD.replace("stage", "received"))
    office.take(rows)

    assert office.take(rows).ignored == ()


def test_a_bill_comes_with_the_stage_it_is_at(office: Office) -> None:
    office.take(csv_list("acme,INV-7,5,2026-12-01,sanction,,", head=HEAD))

    assert office.bill("acme/inv7").path[-1].stage == "sanction"


def test_a_bill_that_was_paid_comes_as_paid(office: Office) -> None:
    came = office.take(csv_list("acme,INV-7,5,2026-12-01,,2026-11-02,receipt 4711", head=HEAD))

    assert (came.settled, office.bill("acme/inv7").is_open) == (1, False)


def test_a_payment_in_a_list_waits_where_its_author_may_not_confirm_payments(office: Office) -> None:
    office.estate = replace(ESTATE, billing=BillingRules(confirmers=frozenset({"accounts"})))

    came = office.take(csv_list("acme,INV-7,5,2026-12-01,,2026-11-02,receipt 4711", head=HEAD))

    assert office.bill("acme/inv7").is_open
    assert len(came.proposals) == 1


PAID = csv_list("acme,INV-7,5,2026-12-01,,2026-11-02,receipt 4711", head=HEAD)


def test_a_payment_of_a_list_that_waits_for_a_second_person_is_not_called_paid(office: Office) -> None:
    office.estate = replace(ESTATE, billing=BillingRules(two_persons=True))

    foretold, came = words_of(office.take(PAID, is_dry=True)), office.take(PAID)

    assert "recorded as paid" not in foretold + words_of(came)
    assert "1 payment would wait for a second person" in foretold
    assert "1 payment waits for a second person, not on record yet: nigehban invoices proposals" in words_of(came)
    assert words_of(came).endswith(f"proposal: {came.proposals[0]}")


def test_a_payment_that_was_refused_before_is_told_so_and_not_called_paid(office: Office) -> None:
    office.estate = replace(ESTATE, billing=BillingRules(two_persons=True))
    (waits,) = office.take(PAID).proposals
    asyncio.run(office.keeper.refuse(waits, "sara", "no receipt"))

    came = office.take(PAID)

    assert (came.settled, came.unpaid) == (0, 0)
    assert f"just that is proposal {waits}, refused already" in str(came.ignored[0])


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (Imported(bills=1, same=1, settled=0), "1 new bill put on record; 1 on record already as it stands"),
        (Imported(bills=1200, same=0, settled=0), "1,200 new bills put on record; 0 on record already as they stand"),
        (
            Imported(bills=1, same=2, settled=0, is_dry=True),
            "1 new bill would be put on record; 2 on record already as",
        ),
        (Imported(bills=0, same=0, settled=0, waiting=1), "1 changed stage waits for a person: "),
        (Imported(bills=0, same=0, settled=0, waiting=2), "2 changed stages wait for a person: "),
        (Imported(bills=0, same=0, settled=0, unpaid=2, is_dry=True), "2 payments would wait for a second person"),
        (Imported(bills=0, same=0, settled=0, proposals=("a", "b")), "; proposals: a, b"),
    ],
)
def test_one_is_counted_as_one(came: Imported, said: str) -> None:
    assert said in words_of(came)


@pytest.mark.parametrize("raw", [csv_list(), workbook(), b"[]"])
def test_a_list_without_a_bill_is_no_list_that_somebody_meant(office: Office, raw: bytes) -> None:
    assert office.refused(raw) == ["holds no bill, headings at most; is it the right file, and sheet?"]


def test_a_payment_from_before_the_receipt_on_record_is_named_and_not_taken(office: Office) -> None:
    head = "vendor,number,amount,due,received,settled_on,evidence"
    office.take(csv_list("acme,INV-7,5,2026-12-01,2026-11-10,,", head=head))

    came = office.take(csv_list("acme,INV-7,5,2026-12-01,,2026-11-01,receipt 4711", head=head))

    assert (came.settled, office.bill("acme/inv7").is_open) == (0, True)
    assert str(came.ignored[0]).startswith("row 2, settled_on: lies before the day of receipt on record, 2026-11-10,")


@pytest.mark.parametrize(("received", "paid"), [("2026-11-10", "2026-11-10"), ("", "2026-11-01")])
def test_a_payment_of_the_day_of_receipt_is_taken_and_any_where_nobody_said_one(
    office: Office, received: str, paid: str
) -> None:
    head = "vendor,number,amount,due,received,settled_on,evidence"
    office.take(csv_list(f"acme,INV-7,5,2026-12-01,{received},,", head=head))

    came = office.take(csv_list(f"acme,INV-7,5,2026-12-01,,{paid},receipt 4711", head=head))

    assert (came.settled, office.bill("acme/inv7").is_open) == (1, False)


@pytest.mark.slow
def test_a_workbook_of_a_million_texts_is_refused_within_the_reader_s_memory(office: Office) -> None:
    texts = b"".join(b"<si><t>%d</t></si>" % number for number in range(1_100_000))
    raw = repacked(workbook(ROW), {"xl/sharedStrings.xml": b"<sst>" + texts + b"</sst>"})

    assert "texts" in office.refused(raw)[0]


@pytest.mark.slow
def test_a_small_workbook_of_three_hundred_thousand_rows_is_refused_within_the_reader_s_limits(office: Office) -> None:
    row = b'<row><c t="inlineStr"><is><t>acme</t></is></c><c><v>%d</v></c><c><v>5</v></c><c><v>46357</v></c></row>'
    rows = [b"<worksheet><sheetData>", _HEADINGS, *(row % number for number in range(300_000))]
    raw = repacked(workbook(ROW), {SHEET: b"".join([*rows, b"</sheetData></worksheet>"])})

    assert len(raw) < 2_000_000
    assert "more than 150,000 bills" in office.refused(raw, dates=DayOrder.EXCEL)[0]


# Sheets that come back --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_list_that_is_exported_and_imported_changes_nothing(office: Office, tmp_path: Path, suffix: str) -> None:
    office.take(csv_list("acme,INV-7,134000,2026-12-01,sanction,,", "zeta,'=9,5,2026-12-05,,,", head=HEAD))
    head = office.keeper.rows.head()

    came = office.take(office.exported(tmp_path, suffix).read_bytes())

    assert (came.bills, came.same, came.proposals, came.ignored) == (0, 2, (), ())
    assert office.keeper.rows.head() == head


def edited(file: Path, **cells: str | int | date) -> bytes:
    book = openpyxl.load_workbook(file)
    for place, value in cells.items():
        book["Bills"][place] = value
    book.save(file)
    return file.read_bytes()


def test_an_edited_stage_of_a_sheet_that_comes_back_waits_for_a_person(office: Office, tmp_path: Path) -> None:
    office.take(TWO)
    raw = edited(office.exported(tmp_path, ".xlsx"), K2="sanction")

    first, second = office.take(raw), office.take(raw)

    (proposal,) = asyncio.run(office.keeper.proposals())
    assert first.proposals == second.proposals == (proposal.id,)
    assert office.bill("acme/inv7").path[-1].stage == ""
    assert "became sanction" in proposal.note


def test_what_else_was_edited_in_a_sheet_that_comes_back_is_listed_and_not_taken(
    office: Office, tmp_path: Path
) -> None:
    office.take(TWO)

    came = office.take(edited(office.exported(tmp_path, ".xlsx"), C2=1, E3=date(2026, 12, 9)))

    assert [str(one).partition(":")[0] for one in came.ignored] == ["row 2, amount", "row 3, due"]
    assert office.bill("acme/inv7").terms.amount.text() == "134000.00 PKR"


def test_a_bill_written_into_a_sheet_that_comes_back_is_refused(office: Office, tmp_path: Path) -> None:
    office.take(TWO)

    raw = edited(office.exported(tmp_path, ".xlsx"), A4="acme", B4="INV-9", C4=5, E4=date(2026, 12, 1))

    assert "list of their own" in office.refused(raw)[0]


def test_a_stage_that_moved_on_meanwhile_is_not_moved_back_by_an_old_sheet(office: Office, tmp_path: Path) -> None:
    office.take(TWO)
    sheet = office.exported(tmp_path, ".xlsx").read_bytes()
    (proposal,) = office.take(edited(tmp_path / "bills.xlsx", K2="sanction")).proposals
    asyncio.run(office.keeper.confirm(proposal, "bilal"))

    assert office.take(sheet).proposals == ()


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20))
def test_a_neutralised_text_is_no_formula_and_reads_as_it_was(text: str) -> None:
    shown = neutral(text)

    assert not shown.startswith(("=", "+", "-", "@"))
    assert line_of(shown) == text


# Order ------------------------------------------------------------------------------------------------------------

ROWS = [f"acme,INV-{number},{number + 1},2026-12-01,{'sanction' if number % 2 else ''},," for number in range(5)]


def state_after(lists: Sequence[Sequence[str]]) -> list[tuple[object, ...]]:
    """Read in this process, since a hundred others would take a minute."""
    rows = keeper_with([]).rows
    for number, some in enumerate(lists):
        bills = read(csv_list(*some, head=HEAD), KNOWN).bills
        handed = Handed(name="bills.csv", digest="", author="ali", at=NOW + timedelta(hours=number))
        plan = ImportPlan()
        keys = [bill_key(bill.vendor, bill.terms.number) for bill in bills]
        Planning(handed=handed, estate=ESTATE).add(plan, keyed(bills), rows.among(keys))
        assert plan.problems == []
        rows.append(plan.news, handed.at)
    return [(bill.key, bill.terms, bill.standing, bill.path[-1].stage) for bill in rows.bills()]


@settings(max_examples=12, deadline=None)
@given(lists=st.lists(st.lists(st.sampled_from(ROWS), unique=True, min_size=1), min_size=2, max_size=2))
def test_no_order_of_imports_changes_the_state(lists: list[list[str]]) -> None:
    states = [state_after(order) for order in permutations(lists)]

    assert all(state == states[0] for state in states)


def test_csv_of_an_export_has_a_column_for_every_name(office: Office, tmp_path: Path) -> None:
    office.take(TWO)

    rows = list(csv.DictReader(io.StringIO(office.exported(tmp_path, ".csv").read_text("utf-8-sig"))))

    assert [(row["key"], row["standing"], row["remaining"]) for row in rows] == [
        ("acme/inv7", "open", "134000.00 PKR"),
        ("zeta/9", "open", "5.00 PKR"),
    ]
