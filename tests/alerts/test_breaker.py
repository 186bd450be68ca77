"""When a channel is left alone, and when it is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.backoff import LONGEST_ASKED_S
from alerts.breaker import FAILURES_TO_OPEN, FIRST_REST_S, LONGEST_REST_S, Closed, Out, State, Trial, after, at
from alerts.channel import Deferred, Delivered, Outcome, Rejected

FAILED = Deferred("unreachable")
FULL = Deferred("temporary", "452 full", only_this=True)
PATIENCE = Deferred("busy", "HTTP 429", 90.0)
HERE = "mail:noc@example.org"


def run(*outcomes: Outcome, state: State | None = None, now_s: float = 0.0) -> State:
    for outcome in outcomes:
        state = after(state or Closed(), outcome, HERE, now_s)
    return state or Closed()


def test_one_failure_less_than_enough_leaves_it_closed() -> None:
    assert isinstance(run(*[FAILED] * (FAILURES_TO_OPEN - 1)), Closed)


def test_enough_failures_in_a_row_open_it() -> None:
    assert run(*[FAILED] * FAILURES_TO_OPEN) == Out(since_s=0, until_s=FIRST_REST_S, reason="unreachable")


def test_a_delivery_between_them_begins_the_count_anew() -> None:
    assert isinstance(run(*[FAILED] * 4, Delivered(), *[FAILED] * 4), Closed)


def test_being_asked_for_patience_opens_it_at_once_for_as_long_as_was_asked() -> None:
    assert run(PATIENCE) == Out(since_s=0, until_s=90, reason="busy")


def test_one_full_mailbox_never_opens_it() -> None:
    assert isinstance(run(*[FULL] * 50), Closed)


def test_many_mailboxes_that_are_put_off_one_after_the_other_open_it() -> None:
    state: State = Closed()
    for number in range(FAILURES_TO_OPEN):
        state = after(state, FULL, f"mail:{number}@example.org", 0.0)
    assert isinstance(state, Out)


def test_a_message_refused_for_ever_says_nothing_against_the_channel() -> None:
    assert run(*[Rejected("refused")] * 50) == Closed()


def test_it_rests_until_its_time_has_come_and_then_is_on_trial() -> None:
    out = run(PATIENCE)
    assert (at(out, 89.9), at(out, 90.0)) == (out, Trial(since_s=0, reason="busy", trials=0))


@pytest.mark.parametrize("outcome", [Delivered(), Rejected("refused"), FULL])
def test_a_trial_that_gets_an_answer_closes_it(outcome: Outcome) -> None:
    assert run(outcome, state=Trial(since_s=0, reason="busy", trials=3)) == Closed()


def test_a_trial_that_fails_opens_it_for_longer_and_it_is_still_out_since_then() -> None:
    out = after(Trial(since_s=5, reason="busy", trials=0), FAILED, HERE, 100.0)
    assert out == Out(since_s=5, until_s=100 + 2 * FIRST_REST_S, reason="unreachable", trials=1)


@given(
    st.lists(
        st.sampled_from([FAILED, PATIENCE, FULL, Deferred("busy", "", 1e9), Deferred("busy", "", -5.0)]), min_size=1
    )
)
def test_whatever_fails_it_is_tried_again_within_bounds(outcomes: list[Deferred]) -> None:
    state: State = Closed()
    now_s = 0.0
    for outcome in outcomes:
        state = after(at(state, now_s), outcome, HERE, now_s)
        if isinstance(state, Out):
            assert 0 < state.until_s - now_s <= max(LONGEST_REST_S, LONGEST_ASKED_S)
            now_s = state.until_s
