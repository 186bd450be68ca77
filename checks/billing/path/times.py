"""How long a stage takes: whole working days with their chances. Pure, exact enough for planning, no chance in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log
from statistics import NormalDist
from typing import Final, TypeAlias

from checks.ledger.rules import Stage

Chances: TypeAlias = tuple[float, ...]
"""By working days: place n holds the chance of exactly n. They add up to 1."""

#: No stage is reckoned with for longer than about a year; what takes longer counts as that.
LONGEST_WD: Final = 260
_NORMAL: Final = NormalDist()
_Z90: Final = _NORMAL.inv_cdf(0.9)
#: The rarest thousandth of a stage is not reckoned with.
_TAIL: Final = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """Working days that half, and nine of ten, of all bills spend at a stage in one go."""

    stage: str
    p50_wd: int
    p90_wd: int
    cases: int = 0
    """Stays on record that this was learnt from; 0: it is written in the settings."""


Times: TypeAlias = tuple[StageTime, ...]
"""One per stage, in the order of the path."""


def written_times(path: Sequence[Stage]) -> Times:
    """As the settings say."""
    return tuple(StageTime(stage=stage.id, p50_wd=stage.p50_wd, p90_wd=stage.p90_wd) for stage in path)


def chances_of(p50_wd: int, p90_wd: int) -> Chances:
    """A log-normal time, as waiting at desks is: many soon, few very late; in whole days it has exactly that median
    and that ninetieth percentile. Counted from the day before the stage is entered, so that 0 days are possible.
    """
    middle, spread = log(p50_wd + 1), (log(p90_wd + 1) - log(p50_wd + 1)) / _Z90
    if not spread:
        return (*([0.0] * p50_wd), 1.0)
    below: list[float] = []
    while not below or (below[-1] < _TAIL and len(below) < LONGEST_WD):
        below.append(_NORMAL.cdf((log(len(below) + 1) - middle) / spread))
    below[-1] = 1.0
    return tuple(now - before for before, now in zip((0.0, *below), below, strict=False))


def convolved(first: Chances, second: Chances) -> Chances:
    """The time of one thing after another."""
    found = [0.0] * (len(first) + len(second) - 1)
    for wd, chance in enumerate(first):
        if chance:
            for more, other in enumerate(second, start=wd):
                found[more] += chance * other
    return trimmed(found)


def mixed(first: Chances, second: Chances, share: float) -> Chances:
    """`second` in `share` of all cases, else `first`."""
    length = max(len(first), len(second))
    one, other = (*first, *[0.0] * (length - len(first))), (*second, *[0.0] * (length - len(second)))
    return tuple(a * (1 - share) + b * share for a, b in zip(one, other, strict=True))


def trimmed(found: Sequence[float]) -> Chances:
    """Without its rarest ten-thousandth, which goes to the day before."""
    below = list(accumulate(found))
    end = next((place for place, total in enumerate(below) if total >= 1 - 1e-4), len(found) - 1)
    kept = list(found[: end + 1])
    kept[-1] += 1 - sum(kept)
    return tuple(kept)


def below(chances: Chances) -> Chances:
    """Place n holds the chance of n working days or fewer."""
    return tuple(accumulate(chances))
