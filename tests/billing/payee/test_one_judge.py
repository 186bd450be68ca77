"""Whether a vendor can be paid is judged once: checks, forecasts, letters, calendars, lists and sheets say the same."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from checks.billing import invoice_due, labels
from checks.billing.payee.grounds import verdicts_on
from checks.calendars import OfficeCalendars
from checks.ledger.journal import Journal
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from checks.ledger.taxpayers import ListKind, Lookup, TaxpayerList
from checks.model import Cause
from tests.support.bills import ESTATE, morning
from tests.support.on_record import received, terms
from tests.support.way_checks import WayCheck
from watchdog.billing.exporting import exported_bills
from watchdog.cli.bill_looks import bills
from watchdog.cli.forecast_looks import forecast
from watchdog.cli.letter_looks import calendar, draft_letter
from watchdog.cli.looks import View
from watchdog.cli.vendor_looks import vendors

if TYPE_CHECKING:
    from watchdog.store.listings import Listings

TODAY, NOW = date(2026, 11, 20), morning(date(2026, 11, 20))
GOOD_IBAN = "PK36SCBL0000001123456702"
NOT_LISTED = "not on the list of active taxpayers"
MISFIT = "account number does not fit"


@dataclass(slots=True)
class Newest:
    """The newest income-tax list; None: none was imported."""

    listed_on: date | None = TODAY
    names: dict[str, str] = field(default_factory=dict)

    def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:
        if self.listed_on is None or kind is not ListKind.INCOME_TAX:
            return None
        source = TaxpayerList(
            id="list",
            kind=kind,
            listed_on=self.listed_on,
            imported_at=NOW,
            author="aisha",
            source="atl.csv",
            sha256="0" * 64,
            rows=1_000,
        )
        return Lookup(source=source, names={one: self.names[one] for one in numbers if one in self.names})


@dataclass(slots=True)
class Later:
    """The same, as checks ask."""

    newest: Newest

    async def look_up(self, kind: ListKind, numbers: Sequence[str]) -> Lookup | None:
        return self.newest.look_up(kind, numbers)


@dataclass(slots=True)
class Rows:
    """A journal as listings read it."""

    journal: Journal

    def bills(self) -> list[BillOnRecord]:
        return list(self.journal.on_record())

    open_bills = bills

    def payees(self) -> object:
        return self.journal.payees()

    def head(self) -> object:
        return SimpleNamespace(hash="0" * 64, events=1)

    def lately_closed(self, _most: int) -> list[BillOnRecord]:
        return []

    def bill(self, key: str) -> BillOnRecord | None:
        return next((one for one in self.bills() if one.key == key), None)


def office(newest: Newest, *, iban: str = GOOD_IBAN, ntn: str = "1234567-8") -> View:
    """Owes Acme a bill; nobody has declared anything of it."""
    acme = replace(ESTATE.vendors["acme"], iban=iban, ntn=ntn, taxpayer_lists=(ListKind.INCOME_TAX,))
    estate = replace(ESTATE, vendors={**ESTATE.vendors, "acme": acme}, billing=BillingRules(is_watched=True))
    journal = Journal(clock=lambda: NOW)
    asyncio.run(journal.record([received(date(2026, 11, 2), asks=terms())]))
    listings = SimpleNamespace(
        ledger=Rows(journal), taxpayers=SimpleNamespace(look_up=newest.look_up, lists=tuple), remembered=lambda _key: []
    )
    return View(listings=cast("Listings", listings), estate=estate, now=NOW)


CASES = [
    pytest.param(Newest(), GOOD_IBAN, NOT_LISTED, id="not on the list"),
    pytest.param(Newest(names={"1234567": "ACME MAIL"}), "PK00SCBL0000001123456702", MISFIT, id="a wrong IBAN"),
]


@pytest.mark.parametrize(("newest", "iban", "why"), CASES)
def test_who_cannot_be_paid_is_so_wherever_its_bills_are_spoken_of(newest: Newest, iban: str, why: str) -> None:
    view = office(newest, iban=iban)
    reason = "not-active-taxpayer" if why == NOT_LISTED else "iban-mismatch"
    (ahead,) = forecast(view).objects
    assert (ahead["stopped_by"], ahead["chance_in_time"]) == (f"its vendor cannot be paid: {why}", None)
    assert ahead["payee"] == {"is_payable": False, "why": why}
    letter = draft_letter(view, word="acme/INV-7").text
    assert "It cannot be paid at this moment because" in letter
    assert "most likely be with you" not in letter
    assert f"its vendor cannot be paid: {why}" in calendar(view).text.replace("\r\n ", "")
    assert exported_bills(view).objects[1]["blocked"] == reason
    assert [one["reason"] for one in cast("list[dict[str, object]]", bills(view).objects[0]["blocks"])] == [reason]
    assert vendors(view).objects[0]["is_payable"] is False


@pytest.mark.parametrize(("newest", "iban", "why"), CASES)
def test_checks_judge_as_listings_do(newest: Newest, iban: str, why: str) -> None:
    view = office(newest, iban=iban)
    journal = cast("Rows", view.listings.ledger).journal
    calendars = OfficeCalendars(view.estate)
    asked = journal.on_record(), journal.payees(), Later(newest), view.estate, calendars, NOW
    assert asyncio.run(verdicts_on(*asked))["acme"].why == why
    due = WayCheck(invoice_due.KIND, {"vendor": None, "csv": None}, rules=view.estate.billing, ledger=journal)
    due.estate, due.taxpayers = view.estate, Later(newest)
    found = due.look(NOW)["acme/INV-7"]
    assert found.cause is Cause.BLOCKED
    assert dict(found.facts)[labels.FORECAST] == "nobody can say: it is blocked"


@pytest.mark.parametrize(
    ("newest", "ntn", "doubt"),
    [
        (Newest(date(2026, 11, 1)), "1234567-8", "is 19 days old and counts for 10"),
        (Newest(None), "1234567-8", "no income-tax list of active taxpayers was imported yet"),
        (Newest(names={"1234567": "ACME MAIL"}), "12-34", "its NTN in the settings cannot be one"),
    ],
    ids=["stale", "never imported", "a wrong number"],
)
def test_what_nobody_can_say_is_said_so_and_stops_nothing(newest: Newest, ntn: str, doubt: str) -> None:
    view = office(newest, ntn=ntn)
    every = forecast(view)
    (ahead,) = every.objects
    assert ahead["stopped_by"] is None
    payee = cast("dict[str, object]", ahead["payee"])
    assert payee["is_payable"] is None
    assert doubt in str(payee["why"])
    assert any("nobody can say whether acme can be paid" in note and doubt in note for note in every.notes)
    assert any(doubt in note for note in draft_letter(view, word="acme/INV-7").notes)
    assert "It cannot be paid" not in draft_letter(view, word="acme/INV-7").text


def test_who_stands_on_a_fresh_list_with_a_good_account_is_paid_as_usual() -> None:
    view = office(Newest(names={"1234567": "ACME MAIL"}))
    (ahead,) = forecast(view).objects
    assert ahead["payee"] == {"is_payable": True, "why": None}
    assert ahead["chance_in_time"] is not None
    assert forecast(view).notes == []
