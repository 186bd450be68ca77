"""One estate, and everybody's verdict on it."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from statistics import fmean
from typing import TypeAlias

from benchmarks.quality.estate import Estate
from benchmarks.quality.implied import with_implied
from benchmarks.quality.mechanisms import Mechanisms, ablations
from benchmarks.quality.rivals import RIVALS
from benchmarks.quality.score import Scorer, Scores, Verdict
from benchmarks.quality.truth import Truth
from benchmarks.quality.watch import Watch

#: A rival by its name, or our own logic with what it has switched on.
Task: TypeAlias = str | Mechanisms


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    nigehban: Verdict
    rivals: Mapping[str, Verdict]
    ablations: Mapping[str, Verdict]


def run_contest(
    estate: Estate, seed: int, *, rivals: bool = True, ablated: bool = True, processes: int | None = None
) -> Result:
    """`seed` draws what each look meets; everybody meets the same. `processes`: one for each core unless told."""
    whole = with_implied(estate)
    lacking = ablations(Mechanisms()) if ablated else {}
    others = tuple(RIVALS) if rivals else ()
    tasks: list[Task] = [Mechanisms(), *lacking.values(), *others]
    verdicts = _verdicts(whole, seed, tasks, processes or os.cpu_count() or 1)
    return Result(
        nigehban=verdicts[0],
        ablations=dict(zip(lacking, verdicts[1:], strict=False)),
        rivals=dict(zip(others, verdicts[1 + len(lacking) :], strict=True)),
    )


def _verdicts(estate: Estate, seed: int, tasks: Sequence[Task], processes: int) -> list[Verdict]:
    """In the order of `tasks`."""
    if processes == 1 or len(tasks) == 1:
        return [_verdict(estate, seed, task) for task in tasks]
    with ProcessPoolExecutor(min(processes, len(tasks))) as pool:
        return list(pool.map(partial(_verdict, estate, seed), tasks))


def _verdict(estate: Estate, seed: int, task: Task) -> Verdict:
    truth = Truth(estate, seed)
    story = RIVALS[task](truth) if isinstance(task, str) else Watch(truth, task).story()
    return Scorer(estate).verdict(story)


def mean_of(results: Sequence[Result]) -> Result:
    """Score by score; of a score or a row that some runs do not have, the mean of the others."""
    return Result(
        nigehban=_mean([one.nigehban for one in results]),
        rivals=_means([one.rivals for one in results]),
        ablations=_means([one.ablations for one in results]),
    )


def _means(tables: Sequence[Mapping[str, Verdict]]) -> Mapping[str, Verdict]:
    return {name: _mean([table[name] for table in tables if name in table]) for name in tables[0]}


def _mean(verdicts: Sequence[Verdict]) -> Verdict:
    if len(verdicts) == 1:
        return verdicts[0]
    means: dict[str, float | None] = {}
    for field in fields(Scores):
        values = [value for one in verdicts if (value := getattr(one.scores, field.name)) is not None]
        means[field.name] = fmean(values) if values else None
    return Verdict(
        scores=Scores(**means),  # type: ignore[arg-type]  # None only where every run has None
        told_late=sum(one.told_late for one in verdicts),
        untold_after_channel=sum(one.untold_after_channel for one in verdicts),
        pages=sum(one.pages for one in verdicts),
        incidents=sum(one.incidents for one in verdicts),
    )
