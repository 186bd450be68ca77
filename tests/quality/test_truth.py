"""What a look meets does not depend on who looks, and skipping to the next failure skips none."""

import random
from dataclasses import replace

import pytest

from benchmarks.quality.estate import Check, Down, Estate, Loss
from benchmarks.quality.truth import SECOND, Spans, Target, Truth, failing_rounds, ticks

ESTATE = Estate(
    days=2.0,
    noise=0.01,
    checks=(Check(id="a"), Check(id="b")),
    down=(Down(check="a", from_s=5000.3, to_s=5600.0), Down(check="a", from_s=5500.0, to_s=7000.0)),
    loss=(Loss(check="b", from_s=1000.0, to_s=9000.0, p=0.3),),
    uplink_down=((20_000.0, 20_500.0),),
)


def failures(target: Target, end: int) -> list[int]:
    """Every regular look, one by one."""
    found, tick = [], target.first
    while tick < end:
        if target.fails(tick):
            found.append(tick)
        tick += 60 * SECOND
    return found


@pytest.mark.parametrize("number", [0, 1])
def test_going_from_failure_to_failure_meets_every_one(number: int) -> None:
    truth = Truth(ESTATE, 1)
    target, found, tick = truth.targets[number], [], truth.targets[number].next_failure(-1)
    while tick < truth.end:
        found.append(tick)
        tick = target.next_failure(tick)
    assert found == failures(target, truth.end) != []


def test_a_seed_repeats_itself_and_another_one_differs() -> None:
    worlds = [failures(Truth(ESTATE, seed).targets[1], 10**6) for seed in (1, 1, 2)]
    assert worlds[0] == worlds[1] != worlds[2]


def test_looks_in_a_lossy_hour_fail_as_often_as_is_said() -> None:
    target = Truth(replace(ESTATE, noise=0.0), 1).targets[1]
    lost = sum(target.fails(tick) for tick in range(10_000, 90_000, 10))
    assert 0.27 < lost / 8000 < 0.33


def test_a_check_is_down_from_the_first_instant_to_the_last_but_not_after_it() -> None:
    target = Truth(replace(ESTATE, noise=0.0), 1).targets[0]
    edges = [ticks(5000.3) - 1, ticks(5000.3), ticks(7000.0) - 1, ticks(7000.0)]
    assert [target.fails(tick) for tick in edges] == [False, True, True, False]


def test_noise_comes_as_often_as_is_said() -> None:

    assert 900 < len(list(failing_rounds(random.Random(1), 0.01, 100_000))) < 1100


def test_spans_that_touch_become_one() -> None:
    assert list(Spans([(5, 9), (1, 3), (3, 4), (8, 12)]).all()) == [(1, 4), (5, 12)]
