"""What a look sees: a function of the estate, the seed, the check and the instant, and of nothing else.

So whoever looks, and however often, sees the same world: rivals and ablations meet the same noise, and a simulation
that skips rounds in which nothing can happen equals one that does not. Times are whole tenths of a second: exact.
"""

import math
import random
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import pairwise

from benchmarks.quality.estate import ANCHORS, Check, Estate
from checks.model import CheckId
from watchdog.engine.beat import phase

#: Tenths of a second, in which all simulated time is counted: the scheduler's own beat.
SECOND = 10

#: The watch looks at anchors so often while nothing is wrong (watchdog.engine.lookout).
ANCHORS_EVERY = 10 * SECOND

_MASK = 2**64 - 1

Span = tuple[float, float]


def ticks(seconds: float) -> int:
    """The first tick at or after `seconds`."""
    return math.ceil(round(seconds * SECOND, 6))


def chance(key: int, tick: int) -> float:
    """A number in [0, 1) that depends on both alone (splitmix64)."""
    mixed = (key + tick * 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((mixed ^ (mixed >> 31)) >> 11) / 2**53


def key_of(seed: int, name: str) -> int:
    return int.from_bytes(blake2b(f"{seed} {name}".encode(), digest_size=8).digest(), "big")


class Spans:
    """Where in time something holds: half open, merged, in order."""

    def __init__(self, spans: Iterable[Span]) -> None:
        merged: list[list[float]] = []
        for begin, end in sorted(span for span in spans if span[0] < span[1]):
            if merged and begin <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([begin, end])
        self._begins = [begin for begin, _ in merged]
        self._ends = [end for _, end in merged]

    def end_of(self, tick: float) -> float | None:
        """The end of the span that holds `tick`, if one does."""
        at = bisect_right(self._begins, tick) - 1
        return self._ends[at] if at >= 0 and tick < self._ends[at] else None

    def __contains__(self, tick: float) -> bool:
        return self.end_of(tick) is not None

    def ending_after(self, tick: float) -> Iterable[Span]:
        for at in range(bisect_right(self._ends, tick), len(self._ends)):
            yield self._begins[at], self._ends[at]

    def all(self) -> Iterable[Span]:
        return zip(self._begins, self._ends, strict=True)


class Truth:
    """One estate under one seed."""

    def __init__(self, estate: Estate, seed: int) -> None:
        self.estate = estate
        self.seed = seed
        self.end = ticks(estate.days * 86_400)
        self.interval = max(1, ticks(estate.interval_s))
        self.uplink = Spans(_scaled(estate.uplink_down))
        self.channel = Spans(_scaled(estate.channel_down))
        self.eyes = Anchors(self)
        down: dict[str, list[Span]] = defaultdict(list)
        loss: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
        for row in estate.down:
            down[row.check].append((ticks(row.from_s), ticks(row.to_s)))
        for lossy in estate.loss:
            loss[lossy.check].append((ticks(lossy.from_s), ticks(lossy.to_s), lossy.p))
        self.targets = [Target(self, one, down[one.id], loss[one.id]) for one in estate.checks]


class Target:
    """One check's target, and the grid of its regular looks."""

    def __init__(
        self, truth: Truth, check: Check, down: Sequence[Span], loss: Sequence[tuple[float, float, float]]
    ) -> None:
        self.check = check
        self._interval = truth.interval
        self.first = math.ceil(phase(CheckId(check.id)) * min(truth.interval, 60 * SECOND))
        self._end = truth.end
        self._key = key_of(truth.seed, check.id)
        self._noise = truth.estate.noise
        self._uplink = truth.uplink
        self._down = Spans(down)
        self._loss = sorted(loss)
        self._busy = Spans([*self._down.all(), *truth.uplink.all(), *((begin, end) for begin, end, _ in loss)])
        self._noisy = self._drawn_noise(truth)

    def _drawn_noise(self, truth: Truth) -> list[int]:
        """Regular rounds, by number, in which a healthy target fails: geometric gaps."""
        if not self._noise:
            return []
        draw = random.Random(key_of(truth.seed, f"noise of {self.check.id}"))  # noqa: S311  # seeded chance
        rounds = (self._end - self.first) // self._interval + 1
        return list(failing_rounds(draw, self._noise, rounds))

    def fails(self, tick: int) -> bool:
        """Whether a look at this instant fails."""
        if tick in self._busy and self._fails_anyhow(tick):
            return True
        if not self._noise:
            return False
        number, off_grid = divmod(tick - self.first, self._interval)
        return chance(self._key, tick) < self._noise if off_grid else self._is_noisy(number)

    def _fails_anyhow(self, tick: int) -> bool:
        if tick in self._down or tick in self._uplink:
            return True
        return any(begin <= tick < end and chance(self._key ^ 1, tick) < p for begin, end, p in self._loss)

    def _is_noisy(self, number: int) -> bool:
        at = bisect_left(self._noisy, number)
        return at < len(self._noisy) and self._noisy[at] == number

    def regular_after(self, tick: int) -> int:
        """The first regular look after `tick`."""
        return self.first + max(0, (tick - self.first) // self._interval + 1) * self._interval

    def regular_before(self, tick: int) -> int | None:
        """The last regular look at or before `tick`."""
        return None if tick < self.first else tick - (tick - self.first) % self._interval

    def next_failure(self, tick: int) -> int:
        """The first regular look after `tick` that fails; one after the estate's end where none does."""
        begin = self.regular_after(tick)
        at = bisect_left(self._noisy, (begin - self.first) // self._interval)
        noisy = self.first + self._noisy[at] * self._interval if at < len(self._noisy) else self._end + self._interval
        for span_begin, span_end in self._busy.ending_after(begin):
            if span_begin >= noisy:
                break
            look = max(begin, self.regular_after(math.ceil(span_begin) - 1))
            while look < min(span_end, noisy):
                if self.fails(look):
                    return look
                look += self._interval
        return noisy


class Anchors:
    """The three hosts outside."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._keys = [key_of(truth.seed, f"anchor {number}") for number in range(ANCHORS)]
        self._loss = [
            [(ticks(row.from_s), ticks(row.to_s), row.p) for row in truth.estate.anchor_loss if row.anchor == number]
            for number in range(ANCHORS)
        ]

    def enough_answer(self, needed: int, tick: int) -> bool:
        """As `answers` says of each, without asking more of them than it takes."""
        found = 0
        for number in range(ANCHORS):
            found += self.answers(number, tick)
            if found >= needed:
                return True
        return False

    def answers(self, number: int, tick: int) -> bool:
        if tick in self._truth.uplink:
            return False
        return chance(self._keys[number], tick) >= self._p(number, tick)

    def _p(self, number: int, tick: float) -> float:
        noise = self._truth.estate.noise
        if not self._loss[number]:
            return noise
        return max([noise, *(p for begin, end, p in self._loss[number] if begin <= tick < end)])

    def spurious(self, needed: int) -> list[int]:
        """Routine looks in which fewer than `needed` answer though the uplink is well: geometric gaps."""
        edges = {0.0, float(self._truth.end)}
        edges.update(edge for rows in self._loss for begin, end, _ in rows for edge in (begin, end))
        cuts = sorted(edge for edge in edges if 0 <= edge <= self._truth.end)
        draw = random.Random(key_of(self._truth.seed, "anchors"))  # noqa: S311  # seeded chance
        found: list[int] = []
        for begin, end in pairwise(cuts):
            p = _too_few([self._p(number, begin) for number in range(ANCHORS)], needed)
            first = math.ceil(begin / ANCHORS_EVERY)
            rounds = math.ceil(end / ANCHORS_EVERY) - first
            found += [(first + number) * ANCHORS_EVERY for number in failing_rounds(draw, p, rounds)]
        return found


def _too_few(silent: Sequence[float], needed: int) -> float:
    """The probability that fewer than `needed` answer, each silent with its own."""
    answering = [1.0]
    for p in silent:
        answering = [
            (answering[count] * p if count < len(answering) else 0.0)
            + (answering[count - 1] * (1 - p) if count else 0.0)
            for count in range(len(answering) + 1)
        ]
    return sum(answering[:needed])


def failing_rounds(draw: random.Random, p: float, rounds: int) -> Iterable[int]:
    """Numbers below `rounds`, each in with probability `p`, drawn by the gaps between them."""
    if p <= 0:
        return
    number = -1
    while True:
        number += 1 if p >= 1 else 1 + int(math.log(1 - draw.random()) / math.log1p(-p))
        if number >= rounds:
            return
        yield number


def _scaled(spans: Iterable[Span]) -> list[Span]:
    return [(ticks(begin), ticks(end)) for begin, end in spans]
