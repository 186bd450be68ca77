from math import inf, isclose

import pytest

from benchmarks.figures import Row, Window, histogram_quantile, median_us


def window(us_per_probe: float) -> Window:
    return Window(probes=1000, cpu_s=us_per_probe / 1000, wall_s=2.0, target_cpu_s=0.5)


def row(peer: list[float], ours: list[float], bar: float | None = 0.25) -> Row:
    return Row(
        work="a look",
        peer="peer",
        peer_windows=[window(us) for us in peer],
        our_windows=[window(us) for us in ours],
        bar=bar,
    )


def test_a_window_says_what_a_probe_costs_and_how_busy_everybody_was() -> None:
    one = window(1500.0)
    assert isclose(one.us_per_probe, 1500.0)
    assert isclose(one.rate, 500.0)
    assert isclose(one.busy, 0.75)
    assert isclose(one.target_busy, 0.25)


def test_the_ratio_is_the_median_of_the_rounds_so_that_a_slow_round_slows_both() -> None:
    contest = row(peer=[600.0, 1200.0, 600.0], ours=[120.0, 240.0, 180.0])
    assert contest.ratios == pytest.approx([0.2, 0.2, 0.3])
    assert isclose(contest.ratio, 0.2)
    assert contest.is_within_bar


def test_a_ratio_above_its_bar_is_missed_and_without_a_bar_nothing_is() -> None:
    assert not row(peer=[600.0], ours=[200.0]).is_within_bar
    assert row(peer=[600.0], ours=[2000.0], bar=None).is_within_bar


def test_rounds_without_their_counterpart_are_refused() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        assert row(peer=[600.0, 600.0], ours=[120.0]).ratio


def test_the_median_is_of_windows_not_of_their_sum() -> None:
    assert isclose(median_us([window(100.0), window(300.0), window(5000.0)]), 300.0)


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 0.0), (0.25, 0.005), (0.5, 0.01), (0.75, 0.055), (0.99, 0.1), (1.0, 0.1)]
)
def test_a_quantile_lies_linearly_within_its_bucket(share: float, value: float) -> None:
    buckets = [(0.01, 50.0), (0.1, 100.0) if share <= 0.75 else (0.1, 90.0), (inf, 100.0)]
    assert isclose(histogram_quantile(share, buckets), value)


def test_a_histogram_without_observations_has_zero_for_every_quantile() -> None:
    assert histogram_quantile(0.99, [(0.01, 0.0), (inf, 0.0)]) == 0.0
