"""The scorer, on stories short enough to score by hand."""

from dataclasses import replace

import pytest

from benchmarks.quality.estate import Check, Down, Estate
from benchmarks.quality.score import Scorer, quantile
from benchmarks.quality.story import Ending, Page, Story

ESTATE = Estate(
    days=30.0,
    checks=(Check(id="a"), Check(id="b"), Check(id="link")),
    down=(
        Down(check="a", from_s=1000.0, to_s=2000.0, incident="i"),
        Down(check="b", from_s=50_000.0, to_s=50_060.0),
        Down(check="b", from_s=90_000.0, to_s=90_090.0, incident="short"),
    ),
    uplink_down=((70_000.0, 70_500.0),),
    channel_down=((100_000.0, 110_000.0),),
)


def page(check: str, made_s: float, sent_s: float | None = None, *more: str) -> Page:
    made = round(made_s * 10)
    return Page(dict.fromkeys((check, *more), made), made, made if sent_s is None else round(sent_s * 10))


def test_one_page_for_one_incident_is_perfect() -> None:
    scores = Scorer(ESTATE).verdict(Story([page("a", 1100.0)])).scores
    assert (scores.false_pages_per_month, scores.pages_per_incident, scores.missed) == (0, 1, 0)
    assert (scores.delay_p50_s, scores.precision, scores.messages_per_flap) == (100, 1, None)


def test_nothing_told_is_missed_but_what_is_short() -> None:
    scores = Scorer(ESTATE).verdict(Story()).scores
    assert (scores.missed, scores.delay_p50_s, scores.precision) == (1, None, None)


@pytest.mark.parametrize(
    ("check", "at_s"), [("b", 50_050.0), ("a", 2601.0), ("a", 999.0), ("b", 1500.0), ("b", 90_050.0)]
)
def test_a_page_about_nothing_real_is_false(check: str, at_s: float) -> None:
    scores = Scorer(ESTATE).verdict(Story([page(check, at_s)])).scores
    assert (scores.false_pages_per_month, scores.precision, scores.missed) == (1, 0, 1)


def test_up_to_ten_minutes_after_its_end_a_page_is_about_the_incident() -> None:
    assert Scorer(ESTATE).verdict(Story([page("a", 2599.0)])).scores.false_pages_per_month == 0


def test_a_page_is_true_where_any_check_it_names_is_down() -> None:
    scores = Scorer(ESTATE).verdict(Story([page("link", 1100.0, None, "a")])).scores
    assert (scores.precision, scores.missed) == (1, 0)


def test_two_pages_for_one_incident_are_two_for_each() -> None:
    assert Scorer(ESTATE).verdict(Story([page("a", 1100.0), page("a", 1500.0)])).scores.pages_per_incident == 2


def test_a_false_page_while_our_uplink_is_down_is_its_own_count() -> None:
    scores = Scorer(ESTATE).verdict(Story([page("a", 70_100.0), page("a", 80_000.0)])).scores
    assert (scores.false_pages_per_month, scores.own_uplink_pages) == (2, 1)


def test_a_page_that_never_arrived_told_nobody() -> None:
    lost = Page({"a": 11_000}, 11_000, None)
    assert Scorer(ESTATE).verdict(Story([lost])).scores.missed == 1


def test_what_waited_for_a_dead_channel_counts_apart() -> None:
    late = replace(ESTATE, down=(Down(check="a", from_s=100_500.0, to_s=102_000.0, incident="i"),))
    found = Scorer(late).verdict(Story([page("a", 100_600.0, 110_000.0)]))
    assert (found.told_late, found.untold_after_channel, found.scores.delay_p50_s, found.scores.missed) == (
        1,
        0,
        None,
        0,
    )


def test_what_began_in_a_dead_channel_and_was_never_told_is_counted() -> None:
    late = replace(ESTATE, down=(Down(check="a", from_s=100_500.0, to_s=102_000.0, incident="i"),))
    assert Scorer(late).verdict(Story()).untold_after_channel == 1


FLAPPING = replace(
    ESTATE,
    down=tuple(
        Down(check="a", from_s=start, to_s=start + 180.0, incident="f", flapping=True) for start in range(0, 7200, 300)
    ),
)


def test_pages_and_ends_of_an_episode_are_its_messages() -> None:
    story = Story([page("a", 100.0), page("a", 400.0)], [Ending(("a",), 2000, 2000), Ending(("a",), 72_000, 72_000)])
    assert Scorer(FLAPPING).verdict(story).scores.messages_per_flap == 4


def test_a_page_that_lists_a_check_as_told_already_is_no_message_about_it_but_names_it() -> None:
    link = replace(page("link", 1300.0, None, "a"), told_before=frozenset({"a"}))
    scores = Scorer(FLAPPING).verdict(Story([link])).scores
    assert (scores.messages_per_flap, scores.missed) == (0, 0)


def test_an_episode_within_an_incident_that_people_believe_to_stand_is_told() -> None:
    before = Down(check="a", from_s=100.0, to_s=400.0, incident="i")
    later = tuple(replace(row, from_s=row.from_s + 900.0, to_s=row.to_s + 900.0) for row in FLAPPING.down)
    estate = replace(FLAPPING, down=(before, *later))
    assert Scorer(estate).verdict(Story([page("a", 200.0)])).scores.missed == 0
    assert Scorer(estate).verdict(Story([page("a", 200.0)], [Ending(("a",), 5000, 5000)])).scores.missed == 1


def test_quantiles_lie_between_their_neighbours() -> None:
    assert (quantile([10.0, 20.0, 40.0], 0.5), quantile([0.0, 100.0], 0.95), quantile([], 0.5)) == (20, 95, None)
