"""Numbers of the harness: one window of one prober, the rounds of a row, and what they come to."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


class RefusedWindowError(Exception):
    """A probe failed in it: what it cost says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What one prober did in one measured window; CPU is user + system of all its threads."""

    probes: int
    cpu_s: float
    wall_s: float
    target_cpu_s: float

    @property
    def us_per_probe(self) -> float:
        return self.cpu_s / self.probes * 1e6

    @property
    def rate(self) -> float:
        """Probes a second."""
        return self.probes / self.wall_s

    @property
    def busy(self) -> float:
        """The share of a core the prober used."""
        return self.cpu_s / self.wall_s

    @property
    def target_busy(self) -> float:
        return self.target_cpu_s / self.wall_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of work: peer and ours in turn, round by round, so that both see the same machine."""

    work: str
    peer: str
    peer_windows: Sequence[Window]
    our_windows: Sequence[Window]
    bar: float | None
    """The ratio we hold ourselves to; None where it is only reported."""

    @property
    def ratios(self) -> list[float]:
        """Ours by the peer's, one per round."""
        pairs = zip(self.our_windows, self.peer_windows, strict=True)
        return [ours.us_per_probe / theirs.us_per_probe for ours, theirs in pairs]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def is_within_bar(self) -> bool:
        return self.bar is None or self.ratio <= self.bar


def median_us(windows: Sequence[Window]) -> float:
    return statistics.median(window.us_per_probe for window in windows)


def histogram_quantile(share: float, buckets: Sequence[tuple[float, float]]) -> float:
    """The value below which `share` of the observations lie, linear within its bucket.

    `buckets` are (upper bound, cumulative count) in rising order, the last bound infinite; an observation above
    the last finite bound counts as that bound, as Prometheus' own function has it.
    """
    total = buckets[-1][1]
    wanted = share * total
    lower, below = 0.0, 0.0
    for upper, count in buckets:
        if count >= wanted:
            if upper == float("inf") or count == below:
                return lower
            return lower + (upper - lower) * (wanted - below) / (count - below)
        lower, below = upper, count
    return lower
