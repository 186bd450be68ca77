"""Figures that have no peer in the same row: start-up, settings, a scrape, a scheduled estate."""

import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import histogram_quantile
from benchmarks.ours import Nigehban, lateness_buckets, scraped, starts
from benchmarks.peers import CHECK_HTTP
from benchmarks.process import Cores, child_cpu_s, cpu_s, resident_mib
from benchmarks.target import HOST, Target

ROOT = Path(__file__).parents[1]

SCHEDULED_CHECKS = 10_000
SCRAPES = 5
PLUGIN_LOOKS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    what: str
    figure: str
    bar: str = ""
    holds: bool = True


def help_fact(cores: Cores, rounds: int) -> Fact:
    """What a person waits for at every command, by CPU time, beside importing typer alone."""
    ours, typer = [], []
    for _ in range(5 * rounds):
        ours.append(child_cpu_s([Path(sys.executable).parent / "nigehban", "--help"], cores.prober))
        typer.append(child_cpu_s([sys.executable, "-c", "import typer"], cores.prober))
    ratio = statistics.median(ours) / statistics.median(typer)
    figure = f"{statistics.median(ours) * 1e3:.0f} ms by {statistics.median(typer) * 1e3:.0f} ms: {ratio:.2f}x"
    return Fact(
        what="`nigehban --help` by `python -c 'import typer'`, CPU", figure=figure, bar="≤ 2.5x", holds=ratio <= 2.5
    )


def plugin_fact(target: Target, cores: Cores) -> Fact:
    """One process per look, as Nagios runs Debian's monitoring plugins; without what starts the process."""
    command: list[str | Path] = [CHECK_HTTP.require(), "-H", HOST, "-p", str(target.http_port), "-u", "/"]
    used_s = [child_cpu_s(command, cores.prober) for _ in range(PLUGIN_LOOKS)]
    return Fact(
        what="plain HTTP GET by check_http, a process per look", figure=f"{statistics.mean(used_s) * 1e6:.0f} µs"
    )


def settings_fact() -> Fact:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.settings_load"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    figure = ended.stdout.strip() or ended.stderr.strip().splitlines()[-1]
    return Fact(what="settings", figure=figure, bar="≤ 5 s", holds=ended.returncode == 0)


def virtual_month_fact() -> Fact:
    """The acceptance test prints its time and asserts everything but that."""
    test = ROOT / "tests" / "acceptance" / "test_virtual_month.py"
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", str(test)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.search(r"^\d+ virtual days.*$", ended.stdout, re.MULTILINE)
    figure = found[0] if found else "the test printed no time"
    return Fact(what="a virtual month, real store in memory", figure=figure, bar="aim 30 s", holds=found is not None)


async def scheduled_facts(target: Target, cores: Cores, minutes: float) -> Sequence[Fact]:
    """An estate on its minute: lateness, memory, a scrape, and what a check costs when the loop mostly sleeps."""
    daemon = Nigehban("http", {"url": target.http_url}, checks=SCHEDULED_CHECKS, interval="60s")
    with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder:
        async with daemon.watching(Path(folder), [cores.prober]) as (pid, port):
            await asyncio.sleep(minutes * 60 / 2)
            before, used_s = starts(await scraped(port)), cpu_s(pid)
            await asyncio.sleep(minutes * 60 / 2)
            used_s = cpu_s(pid) - used_s
            page = await scraped(port)
            looks = starts(page) - before
            buckets = lateness_buckets(page)
            resident = resident_mib(pid)
            took_s, scrape_cpu_s = await _scrapes(pid, port)
    p99_s = histogram_quantile(0.99, buckets)
    return (
        Fact(
            what=f"{SCHEDULED_CHECKS:,} HTTP checks at 60 s, {minutes:g} min: lateness p99",
            figure=f"{p99_s * 1e3:.0f} ms",
            bar="≤ 250 ms",
            holds=p99_s <= 0.25,
        ),
        Fact(what="the same: VmRSS at the end", figure=f"{resident:.0f} MiB", bar="≤ 200 MiB", holds=resident <= 200),
        Fact(
            what="the same: CPU per check, one scrape included, at its own pace",
            figure=f"{used_s / looks * 1e6:.0f} µs ({looks / (minutes * 30):.0f}/s)",
        ),
        Fact(
            what=f"one scrape of /metrics, {page.count(chr(10).encode()):,} lines",
            figure=f"{took_s * 1e3:.0f} ms, {scrape_cpu_s * 1e3:.0f} ms CPU, {len(page) / 1e6:.1f} MB",
        ),
    )


async def _scrapes(pid: int, port: int) -> tuple[float, float]:
    """Median seconds of a scrape, and the mean of its CPU."""
    took, used_s = [], cpu_s(pid)
    for _ in range(SCRAPES):
        began = time.perf_counter()
        await scraped(port)
        took.append(time.perf_counter() - began)
    return statistics.median(took), (cpu_s(pid) - used_s) / SCRAPES
