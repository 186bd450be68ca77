"""The command line of the alert-quality benchmark."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.quality import table
from benchmarks.quality.contest import Result, mean_of, run_contest
from benchmarks.quality.estate import Estate, EstateError, load_estate
from benchmarks.quality.generate import as_document, standard
from benchmarks.quality.hostile import hostile

GENERATORS = {"standard": standard, "hostile": hostile}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "alert-quality.md"

#: Seeds over which mechanisms are switched off for the page: each costs ten runs.
ABLATED_SEEDS = 3

_ABOUT = """\
How good are the alerts? Runs the decisions as they are shipped over an estate of which everything is known, and rival
logics beside them. No sockets, no waiting: three months of 300 checks take seconds.
"""


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="alert_quality", description=_ABOUT)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--estate", type=Path, metavar="FILE", help="an estate as JSON")
    source.add_argument("--generate", choices=GENERATORS, help="an estate drawn by --seed (default: standard)")
    parser.add_argument("--seed", type=int, default=1, help="of the estate that is drawn, and of chance (default 1)")
    parser.add_argument("--seeds", type=int, metavar="N", help="the mean over seeds 1 to N of a drawn estate")
    parser.add_argument("--days", type=float, default=90.0, help="of an estate that is drawn (default 90)")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    parser.add_argument("--write", type=Path, metavar="FILE", help="save the estate, and run nothing")
    parser.add_argument("--ours-only", action="store_true", help="no rivals, nothing switched off")
    parser.add_argument(
        "--write-docs", action="store_true", help="ten seeds of both estates into docs/alert-quality.md"
    )
    asked = parser.parse_args(words)
    if asked.seeds is not None and (asked.estate or asked.seeds < 1):
        parser.error("--seeds takes a number from 1 on, and an estate that is drawn, not one from a file")
    if not 1 <= asked.days <= 3660:
        parser.error("--days must be from 1 to 3660")
    return asked


def main(words: Sequence[str] | None = None) -> int:
    """0 where it ran and, for drawn estates, every bar holds; 1 where a bar is missed; 2 where it could not run."""
    asked = arguments(sys.argv[1:] if words is None else words)
    if asked.write_docs:
        return _write_docs(asked.seeds or 10)
    try:
        return _run(asked)
    except EstateError as error:
        print(f"alert_quality: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"alert_quality: {error}", file=sys.stderr)
        return 2


def _run(asked: argparse.Namespace) -> int:
    name = asked.generate or "standard"
    if asked.write is not None:
        estate = _estate(asked, name, asked.seed)
        asked.write.write_text(json.dumps(as_document(estate)) + "\n", encoding="utf-8")
        return 0
    seeds = [asked.seed] if asked.seeds is None else range(1, asked.seeds + 1)
    results = [
        run_contest(_estate(asked, name, seed), seed, rivals=not asked.ours_only, ablated=not asked.ours_only)
        for seed in seeds
    ]
    result = mean_of(results)
    print(json.dumps(as_json(result), indent=1) if asked.json else table.text(result, None if asked.estate else name))
    return 0


def _estate(asked: argparse.Namespace, name: str, seed: int) -> Estate:
    return load_estate(asked.estate) if asked.estate else GENERATORS[name](seed, asked.days)


def as_json(result: Result) -> dict[str, object]:
    return {
        "nigehban": asdict(result.nigehban.scores),
        "rivals": {name: asdict(verdict.scores) for name, verdict in result.rivals.items()},
        "ablations": {name: asdict(verdict.scores) for name, verdict in result.ablations.items()},
    }


def _write_docs(seeds: int) -> int:
    means = {}
    for name, generator in GENERATORS.items():
        results = []
        for seed in range(1, seeds + 1):
            results.append(run_contest(generator(seed, 90.0), seed, ablated=seed <= ABLATED_SEEDS))
            print(f"{name}: seed {seed} of {seeds}", file=sys.stderr)
        means[name] = mean_of(results)
    PAGE.write_text(table.page(means, seeds, min(seeds, ABLATED_SEEDS)), encoding="utf-8")
    return 0 if all(table.holds(name, result) for name, result in means.items()) else 1
