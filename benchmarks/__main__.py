"""Ours and its peers side by side: `make bench`, or `python -m benchmarks --help`."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from benchmarks import machine, report
from benchmarks.card import ROWS, contests
from benchmarks.exposition import exposition_facts
from benchmarks.facts import ROOT, Fact, help_fact, plugin_fact, settings_fact, virtual_month_fact
from benchmarks.figures import Row
from benchmarks.flatness import flatness_fact
from benchmarks.history import history_facts
from benchmarks.name_server import running_name_server
from benchmarks.peers import how_to_get, missing
from benchmarks.process import Cores
from benchmarks.rounds import Stadium
from benchmarks.scheduled import scheduled_facts
from benchmarks.target import running_target

PAGE = ROOT / "docs" / "performance.md"


async def measured(asked: argparse.Namespace, cores: Cores) -> tuple[list[Row], list[Fact]]:
    others = sorted(cores.others)
    with (
        tempfile.TemporaryDirectory(prefix="nigehban-bench-") as folder,
        running_target(Path(folder), others) as target,
        running_name_server(Path(folder) / "named", others) as name_server,
    ):
        stadium = Stadium(cores, asked.window)
        on_the_card = contests(target, name_server)
        chosen = [on_the_card[name] for name in asked.only or ROWS]
        rows = [row async for row in stadium.hold(chosen, asked.rounds)]
        if asked.rows_only:
            return rows, []
        facts = [
            plugin_fact(target, cores),
            *await scheduled_facts(target, cores, asked.minutes),
            await flatness_fact(target, cores, asked.window),
        ]
    return rows, facts


def lone_facts(cores: Cores, rounds: int) -> list[Fact]:
    return [
        help_fact(cores, rounds),
        *exposition_facts(cores),
        settings_fact(),
        virtual_month_fact(),
        *history_facts(),
    ]


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of every row (default 3)")
    parser.add_argument("--window", type=float, default=15.0, help="measured seconds of one prober (default 15)")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the scheduled estate (default 10)")
    parser.add_argument("--only", action="append", choices=ROWS, help="these rows")
    parser.add_argument("--rows-only", action="store_true", help="print the rows, measure nothing else, write no page")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    asked = arguments(words)
    if absent := missing():
        print(how_to_get(absent), file=sys.stderr)
        return 2
    where = machine.described()
    cores = Cores.split()
    os.sched_setaffinity(0, cores.others)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rows, facts = runner.run(measured(asked, cores))
    if not asked.rows_only:
        facts += lone_facts(cores, asked.rounds)
        kept = report.by_hand(PAGE.read_text(encoding="utf-8") if PAGE.exists() else "")
        PAGE.write_text(report.page(where, rows, facts, asked.rounds) + kept, encoding="utf-8")
    print(report.table(rows, facts))
    return 0 if all(row.is_within_bar for row in rows) and all(fact.holds for fact in facts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
