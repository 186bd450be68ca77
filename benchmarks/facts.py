"""Figures that have no peer in the same row: start-up, settings, a scrape, a scheduled estate."""

import re
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import CHECK_HTTP
from benchmarks.process import Cores, child_cpu_s
from benchmarks.target import HOST, Target

ROOT = Path(__file__).parents[1]

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
