"""A list of 100,000 bills into an empty ledger, and once more. Run: python -m benchmarks.billing_import."""

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
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
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

BILLS = 100_000
BAR_S = 20.0
BAR_MB = 256
"""Of the daemon beyond what it had before, and of the process that reads the list, together."""
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
    with importer() as into:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began_s = _cpu_s()
        with readers_watched() as peaks:
            first_s, cpu_s, again_s = took_s(into, file), _cpu_s() - began_s, took_s(into, file)
        ours = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    readers = max(peaks)
    print(
        f"{file.suffix}: {BILLS:,} bills, {file.stat().st_size / 1e6:.1f} MB: {first_s:.1f} s (bar {BAR_S:.0f} s), "
        f"of the processor {cpu_s:.1f} s; once more {again_s:.1f} s; the daemon takes {ours:.0f} MiB more than before, "
        f"its reader {readers:.0f} MiB (bar {BAR_MB} MB together)"
    )
    return first_s <= BAR_S and (ours + readers) * 1.048576 <= BAR_MB


def _cpu_s() -> float:
    """Of this process and of the readers that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(words: Sequence[str]) -> int:
    if words:  # processes of their own, so that nothing counts but what is measured
        verb, file = words[0], Path(words[1])
        if verb == "measure":
            return 0 if measured(file) else 1
        (as_csv if file.suffix == ".csv" else as_sheet)(file)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return max(_apart(Path(folder) / f"list{suffix}") for suffix in (".csv", ".xlsx"))


def _apart(file: Path) -> int:
    this = (sys.executable, "-m", "benchmarks.billing_import")
    subprocess.run([*this, "write", str(file)], check=True)
    return subprocess.run([*this, "measure", str(file)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
