"""One look at 10,000 open bills and the metrics of them. Run: python -m benchmarks.billing_pass [BILLS]."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from datetime import time as clock_time
from itertools import count
from zoneinfo import ZoneInfo

from alerts.judging.episode import CheckFacts
from alerts.judging.judge import judge
from alerts.record import SubjectRecord
from benchmarks.billing_ledger import WAY, moved, received
from benchmarks.facts import Fact
from checks.billing import invoice_due
from checks.billing.watch import Options
from checks.calendars import OfficeCalendars
from checks.estate import Department, Estate, Office, Service, Vendor
from checks.invoice import Invoice
from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, Draft
from checks.ledger.fold import folded
from checks.ledger.journal import Journal
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord
from checks.model import CheckId, Finding, Observation
from checks.plugin import CheckContext
from checks.spec import CheckSpec
from tests.support.fake_network import DictMemory, FakeNetwork
from watchdog.engine.subjects import Subjects
from watchdog.metrics.exposition import Exposition

BILLS = 10_000
BAR_S = 1.0
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
CHECK = CheckId("bills")
KARACHI = ZoneInfo("Asia/Karachi")
ESTATE = Estate(
    name="Office",
    time_zone=KARACHI,
    offices={"hq": Office(id="hq", week=dict.fromkeys(range(1, 6), (clock_time(9), clock_time(17))))},
    vendors={f"vendor-{n}": Vendor(id=f"vendor-{n}", name=f"Vendor {n}") for n in range(50)},
    departments={"health": Department(id="health", name="Health Department", users=1200)},
    services={
        f"service-{n}": Service(id=f"service-{n}", title=f"Service {n}", departments=("health",)) for n in range(40)
    },
    billing=BillingRules(is_watched=True),
)


class Standing(Journal):
    """A ledger whose open bills are folded already, as the daemon's are."""

    there: Sequence[BillOnRecord] = ()

    def on_record(self) -> Sequence[BillOnRecord]:
        return self.there


def bill_of(number: int) -> BillOnRecord:
    """At a stage of its own, for a while of its own."""
    drafts: list[Draft] = [received(number), *(moved(number, step) for step in range(number % (len(WAY) - 1)))]
    bill = folded([linked(draft, draft.happened_at, GENESIS) for draft in drafts])
    if bill is None:
        raise ValueError("a bill that was received is on record")
    return replace(bill, sources=("settings",))


def row_of(bill: BillOnRecord) -> Invoice:
    terms = bill.terms
    return Invoice(vendor=bill.vendor, number=terms.number, amount=terms.amount, due=terms.due, service=terms.service)


def pass_facts(bills: int = BILLS) -> Iterator[Fact]:
    ledger = Standing()
    ledger.there = sorted((bill_of(number) for number in range(bills)), key=lambda bill: bill.key)
    ledger.written = [row_of(bill) for bill in ledger.there]
    context = CheckContext(NOW, ESTATE, None, FakeNetwork(), OfficeCalendars(ESTATE), ledger, DictMemory())
    _look(context)  # the first run takes the list in; every other only reads it
    findings, looking_s = _look(context)
    yield _fact(f"a look at {bills:,} open bills, on their stages", looking_s, bills)
    subjects = Subjects(_records(findings))
    yield _fact("their metrics, rendered anew", _scrape(subjects), bills)
    written = len(ledger.events)
    yield Fact(what="events written by a look at a list that did not change", figure=f"{written}", holds=not written)


def _look(context: CheckContext) -> tuple[Sequence[Finding], float]:
    began = time.process_time()
    findings = asyncio.run(invoice_due.run(Options(vendor=None, csv=None), context))
    return findings, time.process_time() - began


def _records(findings: Sequence[Finding]) -> Iterator[SubjectRecord]:
    ids = count()
    for finding in findings:
        seen = Observation(check_id=CHECK, finding=finding, observed_at=NOW, duration_s=0.0)
        yield judge(None, seen, CheckFacts(kind="invoice_due"), lambda: f"{next(ids):024}").record


def _scrape(subjects: Subjects) -> float:
    spec = CheckSpec(id=CHECK, kind=invoice_due.KIND, options=Options(vendor=None, csv=None), interval_s=60)

    async def scraped() -> int:
        return sum([len(chunk) async for chunk in Exposition(subjects).chunks({CHECK: spec}, None)])

    began = time.process_time()
    asyncio.run(scraped())
    return time.process_time() - began


def _fact(what: str, took_s: float, bills: int) -> Fact:
    figure = f"{took_s:.2f} s, {took_s / bills * 1e6:.0f} µs each"
    return Fact(what=what, figure=figure, bar=f"≤ {BAR_S:g} s", holds=took_s <= BAR_S)


def main(words: Sequence[str]) -> int:
    facts = list(pass_facts(int(words[0]) if words else BILLS))
    for fact in facts:
        print(f"{fact.what}: {fact.figure}  {fact.bar}{'' if fact.holds else '  missed'}")
    return 0 if all(fact.holds for fact in facts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
