"""One estate, and everybody's verdict on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import fmean

from benchmarks.quality.estate import Estate
from benchmarks.quality.implied import with_implied
from benchmarks.quality.mechanisms import Mechanisms, ablations
from benchmarks.quality.rivals import RIVALS
from benchmarks.quality.score import Scorer, Scores, Verdict
from benchmarks.quality.truth import Truth
from benchmarks.quality.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    nigehban: Verdict
    rivals: Mapping[str, Verdict]
    ablations: Mapping[str, Verdict]


def run_contest(estate: Estate, seed: int, *, ours_only: bool = False) -> Result:
    """`seed` draws what each look meets; everybody meets the same."""
    estate = with_implied(estate)
    whole, scorer, truth = Mechanisms(), Scorer(estate), Truth(estate, seed)
    return Result(
        nigehban=scorer.verdict(Watch(truth, whole).story()),
        rivals={name: scorer.verdict(rival(truth)) for name, rival in RIVALS.items() if not ours_only},
        ablations={
            name: scorer.verdict(Watch(truth, lacking).story())
            for name, lacking in ablations(whole).items()
            if not ours_only
        },
    )


def mean_of(results: Sequence[Result]) -> Result:
    """Score by score; of a score that some runs do not have, the mean of the others."""
    first = results[0]
    return Result(
        nigehban=_mean([one.nigehban for one in results]),
        rivals={name: _mean([one.rivals[name] for one in results]) for name in first.rivals},
        ablations={name: _mean([one.ablations[name] for one in results]) for name in first.ablations},
    )


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
