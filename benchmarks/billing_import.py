"""A list of 100,000 bills into an empty ledger, and once more. Run: python -m benchmarks.billing_import."""

import asyncio
import contextlib
import csv
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import openpyxl

from checks.billing.intake.request import Layout
from checks.estate import Estate, Vendor
from watchdog.billing.importing import Importer
from watchdog.billing.keeper import LedgerKeeper
from watchdog.settings.intake_values import IntakeSettings
from watchdog.store.executor import Inline
from watchdog.store.store import open_store

if TYPE_CHECKING:
    from watchdog.settings.values import Settings

BILLS = 100_000
BAR_S = 20.0
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ESTATE = Estate(
    name="Benchmark", time_zone=ZoneInfo("Asia/Karachi"), vendors={"acme": Vendor(id="acme", name="Acme Hosting")}
)
HEAD = ("Vendor", "Bill No", "Amount", "Due Date", "Remarks")


def rows() -> Iterator[tuple[str, str, str, date, str]]:
    for number in range(BILLS):
        yield (
            "Acme Hosting",
            f"INV-{number}",
            f"{134_000 + number}.00",
            date(2026, 12, 1) + timedelta(number % 300),
            "fee",
        )


def as_csv(file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEAD)
        writer.writerows(rows())


def as_sheet(file: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Bills")
    sheet.append(HEAD)
    for row in rows():
        sheet.append(row)
    book.save(file)


@contextlib.contextmanager
def importer() -> Iterator[Importer]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        keeper = LedgerKeeper.loaded(store.ledger, Inline(), lambda: NOW)
        settings = cast("Settings", SimpleNamespace(estate=ESTATE, intake=IntakeSettings()))
        yield Importer(ledger=keeper, settings=lambda: settings, reading=Inline(), clock=lambda: NOW)
        store.close()


def took_s(into: Importer, file: Path) -> float:
    began = time.perf_counter()
    with file.open("rb") as handle:
        came = asyncio.run(into.take(handle, Layout(), name=file.name, author="benchmark"))
    assert came.bills + came.same == BILLS
    return time.perf_counter() - began


def measured(file: Path) -> bool:
    """Whether the bars were kept."""
    with importer() as into:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began_s = _cpu_s()
        first_s, cpu_s, again_s = took_s(into, file), _cpu_s() - began_s, took_s(into, file)
        ours = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{file.suffix}: {BILLS:,} bills, {file.stat().st_size / 1e6:.1f} MB: {first_s:.1f} s (bar {BAR_S:.0f} s), "
        f"of the processor {cpu_s:.1f} s; once more {again_s:.1f} s; the daemon takes {ours:.0f} MiB more than before"
    )
    return first_s <= BAR_S


def _cpu_s() -> float:
    """Of this process and of the readers that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(words: Sequence[str]) -> int:
    if words:  # a process of its own, so that writing a list does not count
        (as_csv if words[0].endswith(".csv") else as_sheet)(Path(words[0]))
        return 0
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".csv", ".xlsx"):
            file = Path(folder) / f"list{suffix}"
            subprocess.run([sys.executable, "-m", "benchmarks.billing_import", str(file)], check=True)
            kept = measured(file) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
