"""What `invoices show` says of terms that were put right."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from checks.estate import Estate
from checks.ledger.event import LedgerEventKind, Terms
from tests.support.on_record import bill_of, happened, received, terms
from watchdog.cli.bill_seen import seen
from watchdog.cli.bill_text import bill_text
from watchdog.cli.looks import View
from watchdog.store.store import open_store

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
FIRST = terms(suspends=None)


def before(state: Path, *corrected: Terms) -> list[str]:
    """Behind "Was before", as long as nothing else follows but when and why."""
    days = (date(2026, 11, day) for day in range(10, 20))
    said = [
        happened(LedgerEventKind.CORRECTED, day, asks=one, reason="slip")
        for one, day in zip(corrected, days, strict=False)
    ]
    bill = bill_of(received(date(2026, 11, 1), asks=FIRST), *said)
    estate = Estate(name="Test", time_zone=ZoneInfo("UTC"))
    with closing(open_store(state)) as store:
        (one,) = seen([bill], View(listings=store.listings, estate=estate, now=NOW), {})
    lines = bill_text(one, [], [], estate, None).splitlines()
    return [line.partition(":")[2].partition(", until")[0].strip() for line in lines if line.startswith("Was before")]


def test_each_correction_says_what_it_changed_and_nothing_else(tmp_path: Path) -> None:
    named = replace(FIRST, suspends=date(2026, 12, 20))
    sooner = replace(named, suspends=date(2026, 12, 15))
    cheaper = replace(sooner, amount=terms("1000.00 PKR").amount, service=None)
    said = before(tmp_path, named, sooner, cheaper)
    assert said == ["cut-off none named", "cut-off Sun 20 Dec 2026", "Rs 134,000, service official-email"]
