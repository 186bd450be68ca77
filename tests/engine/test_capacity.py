"""How many checks may run at once."""

from hypothesis import given
from hypothesis import strategies as st

from watchdog.engine.capacity import FEWEST, GROWS_EVERY_S, SETTLES_IN_S, Capacity


def test_without_want_it_is_what_was_given() -> None:
    assert Capacity(1000).at_once(1e9) == 1000


def test_after_want_it_is_half_of_what_ran_and_grows_by_and_by_to_what_was_given() -> None:
    capacity = Capacity(100)
    capacity.give_way(40, 0.0)
    seen = [capacity.at_once(minute * GROWS_EVERY_S) for minute in range(6)]
    assert seen == [20, 30, 45, 67, 100, 100]


def test_what_runs_that_began_before_meet_takes_nothing_more() -> None:
    capacity = Capacity(100)
    capacity.give_way(40, 0.0)
    capacity.give_way(40, SETTLES_IN_S / 2)
    assert capacity.at_once(SETTLES_IN_S) == 20


@given(st.lists(st.tuples(st.integers(0, 2000), st.floats(0, 300)), max_size=50))
def test_some_always_run_and_never_more_than_were_given(wants: list[tuple[int, float]]) -> None:
    capacity, now_s = Capacity(1000), 0.0
    for running, later_s in wants:
        now_s += later_s
        capacity.give_way(running, now_s)
        assert FEWEST <= capacity.at_once(now_s) <= 1000
