"""A list of 100,000 bills, open or all paid, into an empty ledger, twice. Run: python -m benchmarks.billing_import."""

import asyncio
import contextlib
import csv
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

import openpyxl

from checks.billing.intake.request import Layout
from checks.estate import Estate, Vendor
from watchdog import collector
from watchdog.billing.importing import Importer
from watchdog.billing.keeper import LedgerKeeper
from watchdog.settings.intake_values import IntakeSettings
from watchdog.store.executor import Inline
from watchdog.store.store import open_store

if TYPE_CHECKING:
    from watchdog.settings.values import Settings

P = ParamSpec("P")
T = TypeVar("T")

BILLS = 100_000
BAR_S = 20.0
BAR_MB = 256
"""Of the daemon beyond what it had before, and of the process that reads the list, together."""
HELD_BAR_S = 2.0
"""So long nobody else writes."""
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


def as_paid(file: Path) -> None:
    """A history: the vendor had the money of every bill."""
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow((*HEAD, "Settled on", "Evidence"))
        writer.writerows((*row, date(2026, 11, 2), f"receipt {row[1]}") for row in rows())


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


@dataclass
class Holding(Inline):
    """How long the longest call held the ledger."""

    most_s: float = 0.0

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        began = time.perf_counter()
        try:
            return await super().call(function, *args, **kwargs)
        finally:
            self.most_s = max(self.most_s, time.perf_counter() - began)


@contextlib.contextmanager
def importer(holding: Holding) -> Iterator[Importer]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        keeper = LedgerKeeper.loaded(store.ledger, holding, lambda: NOW, preparer=Inline())
        settings = cast("Settings", SimpleNamespace(estate=ESTATE, intake=IntakeSettings()))
        yield Importer(ledger=keeper, settings=lambda: settings, reading=Inline(), clock=lambda: NOW)
        store.close()


def took_s(into: Importer, file: Path) -> float:
    began = time.perf_counter()
    with file.open("rb") as handle:
        came = asyncio.run(into.take(handle, Layout(), name=file.name, author="benchmark"))
    assert came.bills + came.same == BILLS
    return time.perf_counter() - began


@contextlib.contextmanager
def readers_watched() -> Iterator[list[float]]:
    """How much memory processes of ours had at most, in MiB, looked at 50 times a second."""
    peaks, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            for task in Path("/proc/self/task").iterdir():
                with contextlib.suppress(OSError):
                    for child in (task / "children").read_text().split():
                        said = Path(f"/proc/{child}/status").read_text()
                        program = Path(f"/proc/{child}/cmdline").read_bytes()
                        peak = re.search(r"VmHWM:\s+(\d+)", said)
                        if peak is not None and b"intake.child" in program:
                            peaks.append(int(peak[1]) / 1024)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield peaks
    finally:
        over.set()
        watching.join()


def measured(file: Path) -> bool:
    """Whether the bars were kept."""
    collector.settle()  # as the daemon does
    holding = Holding()
    with importer(holding) as into:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began_s = _cpu_s()
        with readers_watched() as peaks:
            first_s, cpu_s, again_s = took_s(into, file), _cpu_s() - began_s, took_s(into, file)
        ours = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    readers = max(peaks)
    print(
        f"{file.name}: {BILLS:,} bills, {file.stat().st_size / 1e6:.1f} MB: {first_s:.1f} s (bar {BAR_S:.0f} s), "
        f"of the processor {cpu_s:.1f} s; once more {again_s:.1f} s; the ledger is held {holding.most_s:.2f} s "
        f"(bar {HELD_BAR_S:.0f} s); the daemon takes {ours:.0f} MiB more than before, "
        f"its reader {readers:.0f} MiB (bar {BAR_MB} MB together)"
    )
    return first_s <= BAR_S and holding.most_s <= HELD_BAR_S and (ours + readers) * 1.048576 <= BAR_MB


def _cpu_s() -> float:
    """Of this process and of the readers that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(words: Sequence[str]) -> int:
    if words:  # processes of their own, so that nothing counts but what is measured
        verb, file = words[0], Path(words[1])
        if verb == "measure":
            return 0 if measured(file) else 1
        {"list.csv": as_csv, "paid.csv": as_paid, "list.xlsx": as_sheet}[file.name](file)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return max(_apart(Path(folder) / name) for name in ("list.csv", "list.xlsx", "paid.csv"))


def _apart(file: Path) -> int:
    this = (sys.executable, "-m", "benchmarks.billing_import")
    subprocess.run([*this, "write", str(file)], check=True)
    return subprocess.run([*this, "measure", str(file)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
