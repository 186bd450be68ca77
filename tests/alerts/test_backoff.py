from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.backoff import FIRST_S, LONGEST_ASKED_S, LONGEST_S, delay_s, is_hopeless, wait_s
from tests.support.chance import seeded
from tests.support.virtual_loop import EPOCH

ATTEMPTS = st.integers(1, 10**6)
SEEDS = st.integers()


@given(attempts=ATTEMPTS, seed=SEEDS)
def test_a_wait_is_between_half_and_all_of_a_doubling_capped_at_ten_minutes(attempts: int, seed: int) -> None:
    full_s = min(LONGEST_S, FIRST_S * 2.0 ** min(attempts - 1, 30))
    assert full_s / 2 <= delay_s(attempts, seeded(seed)) <= full_s


@given(attempts=ATTEMPTS, seed=SEEDS)
def test_the_same_chance_gives_the_same_wait(attempts: int, seed: int) -> None:
    assert delay_s(attempts, seeded(seed)) == delay_s(attempts, seeded(seed))


@given(attempts=ATTEMPTS, seed=SEEDS, asked_s=st.floats(0, 1e9))
def test_what_the_other_side_asks_for_is_obeyed_up_to_six_hours_and_never_shortens_a_wait(
    attempts: int, seed: int, asked_s: float
) -> None:
    own_s, waited_s = delay_s(attempts, seeded(seed)), wait_s(attempts, asked_s, seeded(seed))
    assert waited_s == max(own_s, min(asked_s, LONGEST_ASKED_S))


def test_nothing_is_asked_for_before_the_first_failure() -> None:
    with pytest.raises(ValueError, match="got 0"):
        delay_s(0, seeded(1))


@pytest.mark.parametrize(
    ("days", "attempts", "hopeless"), [(2.9, 500, False), (3.0, 500, True), (3.0, 9, False), (30.0, 1, False)]
)
def test_giving_up_takes_three_days_and_ten_tries(days: float, attempts: int, *, hopeless: bool) -> None:
    assert is_hopeless(EPOCH, EPOCH + timedelta(days=days), attempts) is hopeless
