"""An estate with a vendor to pay, and one run of the bills check after another."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from checks.billing import invoice_due
from checks.billing.listing import terms_of
from checks.billing.reminder import closed, remind
from checks.billing.scene import Scene
from checks.billing.watch import Options
from checks.calendars import OfficeCalendars
from checks.deadline import INVOICE_LADDER, Ladder
from checks.estate import Department, Estate, Office, Service, Vendor
from checks.invoice import Invoice
from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, Details, Draft, LedgerEventKind
from checks.ledger.fold import folded
from checks.ledger.journal import Journal
from checks.ledger.state import BillOnRecord, BillStanding
from checks.model import Finding
from checks.plugin import CheckContext
from checks.units import parse_money
from tests.support.fake_network import DictMemory, FakeNetwork

KARACHI = ZoneInfo("Asia/Karachi")
NINE_TO_FIVE = (time(9), time(17))

ESTATE = Estate(
    name="KP Directorate of IT",
    time_zone=KARACHI,
    offices={
        "hq": Office(id="hq", week={**dict.fromkeys(range(1, 5), NINE_TO_FIVE), 5: (time(9), time(13))}),
        "depot": Office(id="depot", week=dict.fromkeys(range(1, 7), NINE_TO_FIVE)),
    },
    vendors={
        "acme": Vendor(id="acme", name="Acme Mail (Pvt) Ltd"),
        "zeta": Vendor(id="zeta", name="Zeta Links"),
    },
    departments={"health": Department(id="health", name="Health Department", users=1200)},
    services={
        "official-email": Service(id="official-email", title="Official e-mail", vendor="acme", departments=("health",)),
        "portal": Service(id="portal", title="Citizens' portal", vendor="zeta"),
    },
)


def bill(
    number: str = "INV-7",
    *,
    vendor: str = "acme",
    amount: str = "134000.00 PKR",
    due: date = date(2026, 12, 1),
    suspends: date | None = date(2026, 12, 20),
    service: str | None = None,
    office: str | None = None,
    settled_on: date | None = None,
    evidence: str = "",
) -> Invoice:
    return Invoice(
        vendor=vendor,
        number=number,
        amount=parse_money(amount),
        due=due,
        suspends=suspends,
        service=service,
        office=office,
        settled_on=settled_on,
        evidence=evidence,
    )


def on_record(row: Invoice) -> BillOnRecord:
    """`row` as it stands on record after nothing but its receipt, sixty days before it is due."""
    received_at = datetime.combine(row.due - timedelta(days=60), time(6), UTC)
    draft = Draft(
        about=row.key,
        kind=LedgerEventKind.RECEIVED,
        happened_at=received_at,
        author="settings",
        details=Details(terms=terms_of(row), source="settings"),
    )
    bill = folded([linked(draft, received_at, GENESIS)])
    assert bill is not None
    return bill


def said_of(row: Invoice, scene: Scene, gone_at: datetime | None = None) -> Finding:
    """What the kind says of a bill that stands in the settings, or stood there until `gone_at`."""
    there = on_record(row)
    if gone_at is not None:
        gone = replace(there, missing_since=gone_at, listed_until=gone_at, left=there.sources)
        return remind(gone, None, scene)
    if row.is_settled(scene.today):
        return closed(replace(there, standing=BillStanding.PAID), row, scene.estate, scene.calendar)
    return remind(there, row, scene)


def morning(day: date, hour: int = 10) -> datetime:
    """That hour of that day in Peshawar."""
    return datetime.combine(day, time(hour), KARACHI).astimezone(UTC)


@dataclass(slots=True)
class BillsCheck:
    """One configured check that remembers, run at any time."""

    service: str | None = None
    vendor: str | None = None
    csv: Path | None = None
    ladder: Ladder = INVOICE_LADDER
    estate: Estate = ESTATE
    memory: DictMemory = field(default_factory=DictMemory)
    ledger: Journal = field(default_factory=Journal)
    timeout_s: float = 10.0

    def look(self, now: datetime, *bills: Invoice) -> dict[str, Finding]:
        """The findings by subject, with `bills` in the settings."""
        self.ledger.written = bills
        self.ledger.clock = lambda: now
        options = Options(vendor=self.vendor, csv=self.csv, ladder=self.ladder)
        findings = asyncio.run(invoice_due.run(options, self._context(now)))
        assert len({finding.subject for finding in findings}) == len(findings)
        return {finding.subject: finding for finding in findings}

    def _context(self, now: datetime) -> CheckContext:
        return CheckContext(
            now=now,
            estate=self.estate,
            service=self.estate.services[self.service] if self.service else None,
            net=FakeNetwork(),
            calendars=OfficeCalendars(self.estate),
            ledger=self.ledger,
            memory=self.memory,
            timeout_s=self.timeout_s,
        )


def facts(finding: Finding) -> dict[str, str]:
    return dict(finding.facts)
