"""How long it takes at worst until people hear: a sum of named parts."""

import pytest

from alerts.judging.fault import Threshold
from alerts.judging.time_to_tell import SEND_S, time_to_tell

USUAL = Threshold(flap_hold_s=1800)


def parts(
    rule: Threshold, interval_s: float = 60, timeout_s: float = 10, retry_every_s: float = 10
) -> dict[str, float]:
    found = time_to_tell(rule, interval_s=interval_s, timeout_s=timeout_s, retry_every_s=retry_every_s)
    return {part.name: part.seconds for part in found.parts}


def test_by_default_it_is_under_three_minutes() -> None:
    assert parts(USUAL) == {"interval": 60, "timeouts": 10, "confirm": 60, "settle": 30, "send": SEND_S}
    assert time_to_tell(USUAL, interval_s=60, timeout_s=10, retry_every_s=10).seconds == 170


def test_a_first_look_that_takes_longer_than_the_next_one_waits_holds_it_up() -> None:
    assert parts(USUAL, timeout_s=30)["timeouts"] == 30
    assert parts(USUAL, timeout_s=2)["timeouts"] == 2


@pytest.mark.parametrize(("settle_s", "waited_s"), [(0, None), (1, None), (5, 10), (30, 30), (31, 30), (32, 40)])
def test_the_settle_wait_ends_with_a_look(settle_s: float, waited_s: float | None) -> None:
    assert parts(Threshold(settle_s=settle_s)).get("settle") == waited_s


def test_what_takes_no_time_is_not_named() -> None:
    at_once = Threshold(failures_to_open=1, settle_s=0)
    assert parts(at_once, interval_s=300) == {"interval": 300, "timeouts": 10, "send": SEND_S}


def test_what_each_part_stands_for_is_said() -> None:
    told = time_to_tell(USUAL, interval_s=60, timeout_s=10, retry_every_s=10)
    assert all(part.why for part in told.parts)
    assert "6 more looks" in {part.name: part.why for part in told.parts}["confirm"]
