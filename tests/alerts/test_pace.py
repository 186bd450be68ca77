"""No more messages a minute than a channel takes."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.pace import Pace


def test_a_channel_without_a_limit_never_waits() -> None:
    pace = Pace()
    for _ in range(1000):
        pace.begun(0.0)
    assert pace.wait_s(0.0) == 0.0


def test_the_message_after_the_last_that_may_go_waits_for_the_minute_of_the_first() -> None:
    pace = Pace(2)
    pace.begun(0.0)
    pace.begun(10.0)
    assert (pace.wait_s(15.0), pace.wait_s(60.0)) == (45.0, 0.0)


@given(st.integers(1, 30), st.lists(st.floats(0, 20), max_size=200))
def test_no_minute_ever_holds_more_than_the_limit(per_minute: int, gaps_s: list[float]) -> None:
    pace, now_s, begun = Pace(per_minute), 0.0, list[float]()
    for gap_s in gaps_s:
        now_s += gap_s
        now_s += pace.wait_s(now_s)
        pace.begun(now_s)
        begun.append(now_s)
    for first in begun:
        assert sum(first <= one < first + 59.999 for one in begun) <= per_minute
