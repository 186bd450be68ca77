from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.eoffice.history import Sample
from checks.eoffice.pace import slope, time_to_full


def minutes(*counts: float, every_s: int = 60) -> list[Sample]:
    return [Sample(1_800_000_000 + every_s * place, count) for place, count in enumerate(counts)]


def rising(per_minute: float, start: float, count: int) -> list[Sample]:
    return minutes(*(start + per_minute * place for place in range(count)))


def test_a_steady_rise_is_full_when_the_seats_are_taken() -> None:
    assert time_to_full(rising(1, 20, 60), 100) == pytest.approx((100 - 79) * 60)


def test_the_morning_rush_shows_behind_a_quiet_hour() -> None:
    quiet = [0.0] * 45
    rush = [4.0 * place for place in range(1, 15)]
    assert time_to_full(minutes(*quiet, *rush), 100) == pytest.approx((100 - 56) / 4 * 60, rel=0.1)


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        ([], "nothing is known"),
        (rising(2, 50, 9), "less than ten minutes of counts"),
        (minutes(50, 60, every_s=700), "two counts are no trend"),
        (rising(-1, 90, 60), "it falls"),
        (minutes(*[90.0] * 60), "it stays"),
        (rising(0.05, 50, 60), "it takes more than two hours"),
        (rising(5, 0, 30), "it is over the limit already"),
        (minutes(*[50.0] * 30, *[51.0] * 30), "one user more is no trend"),
        (minutes(*range(40, 80), *range(80, 60, -1)), "the rush is over"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_time_to_full_is_told_where(samples: Sequence[Sample], why: str) -> None:
    assert why
    assert time_to_full(samples, 100) is None


@pytest.mark.parametrize("odd", [0.0, 10_000.0])
def test_one_odd_count_changes_little(odd: float) -> None:
    samples = rising(1, 20, 60)
    samples[50] = Sample(samples[50].at_s, odd)
    assert time_to_full(samples, 100) == pytest.approx((100 - 79) * 60, rel=0.05)


COUNTS = st.lists(st.floats(0, 200), max_size=70)


@given(COUNTS, st.integers(1, 200))
def test_counts_that_never_rise_never_have_a_time_to_full(counts: list[float], seats: int) -> None:
    assert time_to_full(minutes(*sorted(counts, reverse=True)), seats) is None


@given(COUNTS, st.integers(1, 200), st.integers(1, 600))
def test_a_time_to_full_lies_within_two_hours(counts: list[float], seats: int, every_s: int) -> None:
    left_s = time_to_full(minutes(*counts, every_s=every_s), seats)
    assert left_s is None or 0 < left_s < 7200


@given(st.floats(0.2, 5), st.floats(0, 50), st.integers(11, 60))
def test_the_slope_of_a_line_is_its_own(per_minute: float, start: float, count: int) -> None:
    assert slope(rising(per_minute, start, count)) == pytest.approx(per_minute / 60)


@given(st.lists(st.tuples(st.integers(0, 3600), st.floats(0, 1e8)), max_size=30))
def test_samples_at_the_same_second_do_no_harm(pairs: list[tuple[int, float]]) -> None:
    samples = [Sample(at_s, count) for at_s, count in sorted(pairs)]
    found = slope(samples)
    assert found is None or abs(found) <= 1e8
