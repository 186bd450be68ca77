import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.eoffice.limits import BAND, Level, Limits, next_level, recovery


def limits(
    *,
    capacity: int = 100,
    users: int | None = None,
    users_share: float = 0.25,
    warn: float = 0.8,
    critical: float = 0.95,
) -> Limits:
    return Limits(capacity=capacity, users=users, users_share=users_share, warn_share=warn, critical_share=critical)


LIMITS = limits()


@pytest.mark.parametrize(
    ("users", "share", "seats"),
    [
        (None, 0.25, 100),
        (300, 0.25, 75),
        (400, 0.25, 100),
        (1200, 0.25, 100),
        (2, 0.25, 1),
        (100, 0.29, 29),
        (7, 0.5, 3),
    ],
)
def test_the_nearer_of_both_limits_counts(users: int | None, share: float, seats: int) -> None:
    assert limits(users=users, users_share=share).seats == seats


def test_the_limit_by_users_is_named_where_it_is_the_nearer_one() -> None:
    assert limits(users=300).is_by_users
    assert not limits(users=400).is_by_users


@pytest.mark.parametrize(
    ("before", "share", "after"),
    [
        (Level.FREE, 0.79, Level.FREE),
        (Level.FREE, 0.80, Level.FILLING),
        (Level.FREE, 0.95, Level.FULL),
        (Level.FREE, 3.0, Level.FULL),
        (Level.FILLING, 0.76, Level.FILLING),
        (Level.FILLING, 0.74, Level.FREE),
        (Level.FILLING, 0.94, Level.FILLING),
        (Level.FULL, 0.91, Level.FULL),
        (Level.FULL, 0.89, Level.FILLING),
        (Level.FULL, 0.76, Level.FILLING),
        (Level.FULL, 0.10, Level.FREE),
    ],
)
def test_a_threshold_holds_downwards_for_a_band(before: Level, share: float, after: Level) -> None:
    assert next_level(before, share, LIMITS) is after


@given(
    st.floats(0, 1.2),
    st.lists(st.floats(0, 0.999), min_size=1, max_size=50),
    st.sampled_from(Level),
    st.floats(0.1, 0.98).flatmap(lambda warn: st.tuples(st.just(warn), st.floats(warn + 0.01, 1))),
)
def test_noise_smaller_than_the_band_never_brings_a_level_back(
    low: float, noise: list[float], level: Level, shares: tuple[float, float]
) -> None:
    terms = limits(warn=shares[0], critical=shares[1])
    passed = [level]
    for part in noise:
        level = next_level(level, low + part * BAND * 0.99, terms)
        if level is not passed[-1]:
            passed.append(level)
    assert len(passed) == len(set(passed))


@given(st.floats(0, 2), st.floats(0, 2), st.sampled_from(Level))
def test_a_higher_share_is_never_a_lower_level(one: float, other: float, before: Level) -> None:
    order = list(Level)
    low, high = sorted((one, other))
    assert order.index(next_level(before, low, LIMITS)) <= order.index(next_level(before, high, LIMITS))


@given(st.sampled_from([Level.FILLING, Level.FULL]), st.integers(1, 5000))
def test_below_the_recovery_told_the_level_is_left(level: Level, capacity: int) -> None:
    terms = limits(capacity=capacity)
    told = recovery(level, terms)
    assert next_level(level, (told - 1) / capacity, terms) is not level
    assert next_level(level, told / capacity, terms) is level or told / capacity >= terms.critical_share
