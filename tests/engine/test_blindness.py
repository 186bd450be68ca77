"""Whether we can see, and what people are told of it: pure."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Cause, CheckId, Observation, Status
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH
from watchdog.engine.blindness import (
    LONGEST_STEADY_S,
    SPELLS_COUNT_S,
    STEADY_S,
    TELL_AFTER_S,
    TOLD_EVERY_S,
    AnchorView,
    Blind,
    Eyes,
    Seeing,
    Spell,
    Telling,
    advance,
    catch_up_is_due,
    caught_up,
    enough_answer,
    notice_is_due,
    unjudged,
    with_notice,
    with_spell,
)
from watchdog.engine.runner import Run


def after(eyes: Eyes, *looks: tuple[float, bool]) -> tuple[Eyes, Spell | None]:
    """`eyes` after looks at the anchors, each at its second; the spell that ended with the last of them."""
    spell = None
    for at_s, sees in looks:
        eyes, spell = advance(eyes, EPOCH + timedelta(seconds=at_s), at_s, sees=sees)
    return eyes, spell


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ((True, True, False), True),
        ((True, False, False), False),
        ((True, None, None), True),
        ((True, False, None), None),
        ((False, None, None), None),
        ((False, False, None), False),
        ((None, None, None), None),
    ],
)
def test_anchors_that_could_not_be_asked_do_not_vote(said: Sequence[bool | None], *, verdict: bool | None) -> None:
    views = [AnchorView(f"192.0.2.{number}:443", ok=ok, words="") for number, ok in enumerate(said, 1)]
    assert enough_answer(views, needed=2) is verdict


def test_a_look_that_cannot_tell_neither_begins_a_blindness_nor_ends_one() -> None:
    assert advance(Seeing(), EPOCH, 0, sees=None) == (Seeing(), None)
    blind = Blind(EPOCH, 0, 1, steady_since_s=1)
    assert advance(blind, EPOCH, 60, sees=None) == (replace(blind, steady_since_s=None), None)


def test_one_look_that_does_not_see_makes_us_blind() -> None:
    assert after(Seeing(), (0, True), (10, False))[0] == Blind(EPOCH + timedelta(seconds=10), 10, 1)


def test_we_see_again_only_when_anchors_have_answered_for_a_while() -> None:
    blind, _ = after(Seeing(), (0, False), (5, True), (5 + STEADY_S - 1, True))
    assert isinstance(blind, Blind)
    assert after(blind, (5 + STEADY_S, True))[1] == Spell(EPOCH, EPOCH + timedelta(seconds=20), 20)


def test_one_silent_look_begins_the_while_anew() -> None:
    blind, _ = after(Seeing(), (0, False), (5, True), (15, False), (20, True), (30, True))
    assert isinstance(blind, Blind)


def test_an_uplink_that_comes_and_goes_must_stay_longer_each_time() -> None:
    eyes: Eyes = Seeing()
    waits = []
    for spell in range(8):
        eyes, _ = after(eyes, (spell * 600, False))
        assert isinstance(eyes, Blind)
        waits.append(eyes.steady_s)
        eyes, _ = after(eyes, (spell * 600 + 1, True), (spell * 600 + 1 + eyes.steady_s, True))
    assert waits == [15, 30, 60, 120, 240, *[LONGEST_STEADY_S] * 3]


def test_after_an_hour_of_sight_it_is_trusted_as_before() -> None:
    blind, _ = after(Seeing(5, 0), (SPELLS_COUNT_S, False))
    assert isinstance(blind, Blind)
    assert blind.steady_s == STEADY_S


def test_a_fault_seen_while_we_are_blind_is_unknown_and_keeps_its_words() -> None:
    seen = Observation(check_id=CheckId("mx"), finding=finding(Status.CRITICAL), observed_at=EPOCH, duration_s=1)
    (said,) = unjudged(Run((seen,), {}), "not judged").observations
    assert (said.finding.status, said.finding.cause) == (Status.UNKNOWN, Cause.BLIND)
    assert said.finding.summary == "not judged: mx1.example.gov.pk is critical"


@pytest.mark.parametrize("status", [Status.OK, Status.WARNING, Status.UNKNOWN])
def test_what_is_no_fault_stays_what_was_seen(status: Status) -> None:
    seen = Observation(check_id=CheckId("mx"), finding=finding(status), observed_at=EPOCH, duration_s=1)
    run = Run((seen,), {})
    assert unjudged(run, "not judged") == run


def test_a_blindness_shorter_than_half_a_minute_is_told_to_nobody() -> None:
    blind = Blind(EPOCH, 0, 1)
    assert not notice_is_due(Telling(), blind, TELL_AFTER_S - 1)
    assert notice_is_due(Telling(), blind, TELL_AFTER_S)
    assert with_spell(Telling(), Spell(EPOCH, EPOCH, TELL_AFTER_S - 1)) == Telling()


def test_a_notice_that_was_begun_goes_on_until_somebody_was_reached() -> None:
    blind = Blind(EPOCH, 0, 1)
    assert notice_is_due(with_notice(Telling(), blind, 30), blind, 31)


#: Seconds to the next look, and whether it sees.
LOOKS = st.lists(st.tuples(st.sampled_from([5.0, 10.0, 60.0, 300.0, 1800.0]), st.booleans()), min_size=1, max_size=60)


@given(LOOKS)
@settings(max_examples=2000, deadline=None)
def test_whatever_the_uplink_does_nobody_is_flooded_and_every_notice_has_its_end(
    looks: list[tuple[float, bool]],
) -> None:
    eyes: Eyes = Seeing()
    telling, at_s = Telling(), 0.0
    notices: dict[object, float] = {}
    ends: list[float] = []
    ended: set[object] = set()
    for pause_s, sees in [*looks, *[(60.0, True)] * 130]:
        at_s += pause_s
        at = EPOCH + timedelta(seconds=at_s)
        eyes, spell = advance(eyes, at, at_s, sees=sees)
        if spell is not None:
            telling = with_spell(telling, spell)
        if isinstance(eyes, Blind):
            if notice_is_due(telling, eyes, at_s):
                telling = with_notice(telling, eyes, at_s)
                notices.setdefault(eyes.since, at_s)
        elif catch_up_is_due(telling, at_s):
            ended |= {one.since for one in telling.untold}
            telling = caught_up(telling, at_s)
            ends.append(at_s)
    told = [-inf, *notices.values()]
    assert all(later - earlier >= TOLD_EVERY_S for earlier, later in itertools.pairwise(told))
    assert all(later - earlier >= TOLD_EVERY_S for earlier, later in itertools.pairwise(ends))
    assert set(notices) <= ended
    assert isinstance(eyes, Seeing)
