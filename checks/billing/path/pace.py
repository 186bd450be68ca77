"""From every stage to the end of the path: how many working days, with which chance. Pure; worked out once."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import mul
from typing import Final, TypeAlias

from checks.billing.path.position import objection_target
from checks.billing.path.times import Chances, Times, below, chances_of, convolved, mixed, written_times
from checks.ledger.rules import BillingRules, Stage

#: Objections reckoned with on the way that is left; a third one is as good as a new bill.
OBJECTIONS_AHEAD: Final = 2
#: Quantiles that a forecast states, in percent.
QUANTILES: Final = (10, 25, 50, 75, 90, 95)
#: Nine of ten: what is safe to rely on.
SAFE_PERCENT: Final = 90
_SETTLED: Final = 1e-9
#: A stay longer than this share of all stays tells nothing new about what is left of it.
_LONG_STAY: Final = 0.99


class Pace:
    """How bills move along one path with given times. Verbs cost a look-up, once asked."""

    def __init__(self, path: Sequence[Stage], times: Times) -> None:
        self.times = times
        self._path = tuple(path)
        self._parts: dict[int, Pace] = {}
        self._stays = tuple(chances_of(time.p50_wd, time.p90_wd) for time in times)
        self._after = _after_stages(path, self._stays)
        self._after_below = tuple(below(chances) for chances in self._after)
        self._quantiles: dict[tuple[int, int], tuple[int, ...]] = {}
        self._patience = tuple(bisect_left(below(stay), _LONG_STAY) for stay in self._stays)

    def after_wd(self, index: int, percent: int = SAFE_PERCENT) -> int:
        """Working days that `percent` of a hundred bills need at most once stage `index` is over."""
        return _quantile(self._after_below[index], percent)

    def left_wd(self, index: int, stayed_wd: int) -> tuple[int, ...]:
        """Working days to the end, by QUANTILES, of a bill that is at stage `index` for so many working days."""
        key = index, min(stayed_wd, self._patience[index])
        if key not in self._quantiles:
            there, after = self._left_there(*key), self._after_below[index]
            self._quantiles[key] = tuple(_search(there, after, percent) for percent in QUANTILES)
        return self._quantiles[key]

    def whole_wd(self, index: int, percent: int) -> int:
        """Working days that so many of a hundred bills need at most from entering stage `index` to the end."""
        return self.left_wd(index, 0)[QUANTILES.index(percent)]

    def chance_within(self, index: int, stayed_wd: int, wd: int) -> float:
        """The chance that it is through within `wd` working days from now."""
        if wd < 0:
            return 0.0
        there = self._left_there(index, min(stayed_wd, self._patience[index]))
        return _within(there, self._after_below[index], wd)

    def until(self, index: int) -> "Pace":
        """Along the part of the path that lies before stage `index`."""
        if index not in self._parts:
            self._parts[index] = Pace(self._path[:index], self.times[:index])
        return self._parts[index]

    def _left_there(self, index: int, stayed_wd: int) -> Chances:
        """What is left of the stay at stage `index`, given that it was not over before."""
        ahead = self._stays[index][stayed_wd:]
        total = sum(ahead)
        return tuple(one / total for one in ahead) if total > 0 else (1.0,)


PaceOf: TypeAlias = Callable[[str | None], Pace]
"""By the office that pays."""


@lru_cache(64)
def pace_of(path: tuple[Stage, ...], times: Times) -> Pace:
    """5 ms for usual times, a third of a second where stages take most of a year."""
    return Pace(path, times)


def usual_pace(rules: BillingRules) -> Pace:
    """By the times that the settings say."""
    return pace_of(rules.path, written_times(rules.path))


def _after_stages(path: Sequence[Stage], stays: Sequence[Chances]) -> tuple[Chances, ...]:
    """By stage: from its end to the end of the path, objections in it and behind it included."""
    fewer: list[Chances] | None = None
    after: list[Chances] = []
    for _ in range(OBJECTIONS_AHEAD + 1):
        after = [(1.0,)] * len(path)
        whole: list[Chances] = [(1.0,)] * (len(path) + 1)
        for index in reversed(range(len(path))):
            share = path[index].objection_percent / 100
            onward = whole[index + 1]
            if fewer is not None and share and index:
                onward = mixed(onward, fewer[objection_target(path, index)], share)
            after[index] = onward
            whole[index] = convolved(stays[index], onward)
        fewer = whole
    return tuple(after)


def _within(there: Chances, after: Chances, wd: int) -> float:
    """The chance that both together take at most `wd`: `there` by the day, `after` added up."""
    last = len(after) - 1
    sure: float = sum(there[: max(wd - last, 0)])
    rest: float = sum(map(mul, there[max(wd - last, 0) :], after[min(wd, last) :: -1]))
    return sure + rest


def _search(there: Chances, after: Chances, percent: int) -> int:
    """As the quantile of their convolution, without the parts of it that nobody asks for."""
    wds = range(len(there) + len(after) - 1)
    share = percent / 100 - _SETTLED
    return min(bisect_left(wds, share, key=lambda wd: _within(there, after, wd)), len(wds) - 1)


def _quantile(below_: Chances, percent: int) -> int:
    return min(bisect_left(below_, percent / 100 - _SETTLED), len(below_) - 1)
