"""Properties of the machine of faults, whatever is seen: what its users take for granted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.judging.fault import (
    HEALTHY,
    Changed,
    Closed,
    Fault,
    Healthy,
    Held,
    Open,
    Opened,
    Recovered,
    Relapsed,
    Settling,
    Suspect,
    Threshold,
    Turn,
    Worn,
    advance,
)
from checks.model import Status

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RULE = Threshold(failures_to_open=7, passes_to_close=2, settle_s=30.0, flap_hold_s=1800.0)

#: Looks as a watch makes them: some seconds apart, each with what it saw.
LOOKS = st.lists(st.tuples(st.sampled_from(Status), st.sampled_from([1, 10, 60, 600])), max_size=80)
RULES = st.builds(
    Threshold,
    failures_to_open=st.integers(1, 7),
    passes_to_close=st.integers(1, 3),
    settle_s=st.sampled_from([0.0, 30.0]),
    flap_hold_s=st.sampled_from([0.0, 1800.0]),
    losses_to_warn=st.sampled_from([0, 2, 5]),
)
INSTANTS = st.integers(0, 10_000).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
BAD = st.sampled_from([Status.CRITICAL, Status.WARNING])
FAULTS: st.SearchStrategy[Fault] = st.one_of(
    st.builds(Healthy, st.none() | INSTANTS),
    st.builds(Suspect, INSTANTS, st.integers(1, 6), st.integers(0, 6), st.none() | INSTANTS),
    st.builds(Settling, INSTANTS, INSTANTS, st.integers(0, 1), st.none() | INSTANTS),
    st.builds(Open, INSTANTS, BAD, st.integers(0, 1), st.integers(0, 6), st.booleans()),
    st.builds(Held, INSTANTS, INSTANTS, BAD, st.integers(0, 6), st.integers(0, 6), st.booleans()),
)


def turns(looks: Sequence[tuple[Status, float]], rule: Threshold = RULE) -> list[Turn]:
    """All turns of a target that was well until the first of `looks`: what each saw, and seconds until the next."""
    state: Fault = HEALTHY
    at, found = BEGIN, []
    for status, wait_s in looks:
        state, turn = advance(state, status, at, rule)
        found += [] if turn is None else [turn]
        at += timedelta(seconds=wait_s)
    return found


@given(st.none() | INSTANTS, INSTANTS, RULES)
def test_a_pass_changes_nothing_of_what_is_healthy(shaky: datetime | None, at: datetime, rule: Threshold) -> None:
    assert advance(Healthy(shaky), Status.OK, at, rule) == (Healthy(shaky), None)


@given(FAULTS, INSTANTS, RULES)
def test_unknown_changes_nothing_of_anything(fault: Fault, at: datetime, rule: Threshold) -> None:
    assert advance(fault, Status.UNKNOWN, at, rule) == (fault, None)


@given(LOOKS, RULES)
def test_an_incident_begins_once_and_is_confirmed_at_most_once_before_it_ends(
    looks: Sequence[tuple[Status, int]], rule: Threshold
) -> None:
    is_open = is_confirmed = False
    for turn in turns(looks, rule):
        match turn:
            case Worn():
                assert not is_open
                is_open = True
            case Opened():
                assert not is_confirmed
                is_open = is_confirmed = True
            case Closed():
                assert is_open
                is_open = is_confirmed = False
            case Changed() | Recovered() | Relapsed():
                assert is_confirmed


@given(LOOKS, RULES)
def test_a_relapse_follows_a_recovery_and_an_end_is_told_after_one(
    looks: Sequence[tuple[Status, int]], rule: Threshold
) -> None:
    """What only came and went ends by itself: nobody was told that it is down."""
    is_well = is_confirmed = False
    for turn in turns(looks, rule):
        match turn:
            case Relapsed():
                assert is_well
            case Closed():
                assert is_well or not is_confirmed or not rule.flap_hold_s
            case Worn() | Opened() | Changed() | Recovered():
                assert not is_well
        is_well = isinstance(turn, Recovered)
        is_confirmed = (is_confirmed or isinstance(turn, Opened)) and not isinstance(turn, Closed)


@given(LOOKS)
def test_fewer_failures_in_a_row_than_it_takes_open_nothing(looks: Sequence[tuple[Status, int]]) -> None:
    broken = [(Status.OK if number % 7 == 6 else status, wait_s) for number, (status, wait_s) in enumerate(looks)]
    assert not [turn for turn in turns(broken) if isinstance(turn, Opened) and turn.severity is Status.CRITICAL]


def seen_of(is_down_at: Sequence[tuple[float, float]], until_s: float) -> list[tuple[Status, float]]:
    """Looks every ten seconds at a target that is down within these spans."""
    times = range(0, int(until_s), 10)
    return [
        (Status.CRITICAL if any(begin <= at < end for begin, end in is_down_at) else Status.OK, 10.0) for at in times
    ]


def test_a_target_that_comes_and_goes_for_two_hours_is_told_once_and_its_end_once() -> None:
    spells = [(start, start + 180.0) for start in range(0, 7200, 300)]
    told = [type(turn) for turn in turns(seen_of(spells, 3 * 3600)) if isinstance(turn, (Opened, Closed))]
    assert told == [Opened, Closed]


def test_it_is_called_well_from_its_last_recovery_on_not_from_when_that_was_believed() -> None:
    spells = [(start, start + 180.0) for start in range(0, 7200, 300)]
    (closed,) = [turn for turn in turns(seen_of(spells, 3 * 3600)) if isinstance(turn, Closed)]
    assert timedelta() < closed.well_since - (BEGIN + timedelta(seconds=spells[-1][1])) <= timedelta(seconds=20)


def test_what_is_down_for_less_than_it_takes_to_confirm_opens_nothing() -> None:
    assert turns(seen_of([(0.0, 90.0)], 600)) == []


def test_what_is_down_for_as_long_as_it_takes_is_told_with_its_first_failure() -> None:
    assert turns(seen_of([(0.0, 100.0)], 100)) == [Opened(BEGIN, Status.CRITICAL)]
