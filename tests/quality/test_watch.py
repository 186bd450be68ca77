"""Our own logic over small worlds in which the right answer is plain."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from benchmarks.quality.contest import run_contest
from benchmarks.quality.estate import Check, Down, Estate, Maintenance
from benchmarks.quality.generate import standard
from benchmarks.quality.hostile import hostile
from benchmarks.quality.implied import with_implied
from benchmarks.quality.mechanisms import Mechanisms
from benchmarks.quality.score import Scorer, Verdict
from benchmarks.quality.story import Story
from benchmarks.quality.truth import Truth
from benchmarks.quality.watch import Watch

ONE = Estate(days=0.5, checks=(Check(id="a"),), down=(Down(check="a", from_s=3000.0, to_s=6000.0, incident="i"),))
SITE = Estate(
    days=0.5,
    checks=(Check(id="link"), *(Check(id=name, parents=("link",)) for name in ("a", "b", "c"))),
    down=tuple(Down(check=name, from_s=3000.0, to_s=6000.0, incident="i") for name in ("link", "a", "b", "c")),
)


def told(estate: Estate, mechanisms: Mechanisms | None = None) -> Story:
    return Watch(Truth(with_implied(estate), 1), mechanisms or Mechanisms()).story()


def verdict(estate: Estate, mechanisms: Mechanisms | None = None) -> Verdict:
    return Scorer(with_implied(estate)).verdict(told(estate, mechanisms))


def test_an_outage_is_one_page_and_one_end_within_two_minutes_and_a_half() -> None:
    story = told(ONE)
    assert (len(story.pages), len(story.endings)) == (1, 1)
    assert 3090 <= story.pages[0].made / 10 <= 3150


def test_a_blip_is_nothing() -> None:
    story = told(replace(ONE, down=(Down(check="a", from_s=3000.0, to_s=3085.0),)))
    assert (story.pages, story.endings) == ([], [])


def test_a_link_is_one_page_that_lists_what_is_behind_it() -> None:
    (page,) = told(SITE).pages
    assert set(page.named) == {"link", "a", "b", "c"}


def test_what_stays_down_behind_a_link_that_healed_is_told_by_itself() -> None:
    rows = tuple(replace(row, to_s=9000.0) if row.check == "a" else row for row in SITE.down)
    first, second = told(replace(SITE, down=rows)).pages
    assert (next(iter(first.named)), next(iter(second.named))) == ("link", "a")
    assert 6000 < second.made / 10 < 6240


def test_a_parent_that_is_well_explains_nothing() -> None:
    rows = tuple(row for row in SITE.down if row.check == "a")
    (page,) = told(replace(SITE, down=rows)).pages
    assert set(page.named) == {"a"}


def test_while_our_own_uplink_is_down_nobody_is_paged() -> None:
    story = told(replace(SITE, down=(), uplink_down=((3000.0, 3900.0), (20_000.0, 20_045.0))))
    assert (story.pages, story.endings) == ([], [])


def test_what_went_down_while_we_were_blind_is_told_once_we_see() -> None:
    (page,) = told(replace(ONE, uplink_down=((2900.0, 3900.0),))).pages
    assert 3990 < page.made / 10 < 4100


def test_a_page_waits_for_its_channel_and_arrives_when_it_is_back() -> None:
    (page,) = told(replace(ONE, channel_down=((2000.0, 8000.0),))).pages
    assert page.sent == 80_000


def test_announced_work_is_not_told() -> None:
    window = Maintenance(checks=("a",), from_s=2900.0, to_s=6000.0)
    story = told(replace(ONE, maintenance=(window,), down=(Down(check="a", from_s=2900.0, to_s=6000.0),)))
    assert (story.pages, story.endings) == ([], [])


def test_work_that_overruns_is_told_within_four_minutes_of_its_window() -> None:
    (page,) = told(replace(ONE, maintenance=(Maintenance(checks=("a",), from_s=2900.0, to_s=4000.0),))).pages
    assert 4000 < page.made / 10 <= 4240


def test_a_target_that_comes_and_goes_is_two_messages() -> None:
    spells = tuple(
        Down(check="a", from_s=start, to_s=start + 180.0, incident="f", flapping=True)
        for start in range(3000, 10_200, 300)
    )
    assert verdict(replace(ONE, down=spells)).scores.messages_per_flap == 2


@pytest.mark.parametrize(("generate", "seed"), [(standard, 1), (hostile, 2)])
def test_skipping_rounds_that_change_nothing_changes_nothing(
    generate: Callable[[int, float], Estate], seed: int
) -> None:
    whole = generate(seed, 30.0)
    chosen = {one.id for one in whole.checks if one.site in {"s1", "s2", "s3"}}
    estate = replace(
        whole,
        days=1.5,
        noise=0.005,
        checks=tuple(
            replace(one, parents=()) if not chosen >= {*one.parents} else one
            for one in whole.checks
            if one.id in chosen
        ),
        down=tuple(row for row in whole.down if row.check in chosen),
        loss=tuple(row for row in whole.loss if row.check in chosen),
        uplink_down=((30_000.0, 30_400.0), (80_000.0, 80_030.0)),
        maintenance=(Maintenance(checks=tuple(sorted(chosen))[:5], from_s=50_000.0, to_s=53_600.0),),
    )
    busy = replace(estate, down=tuple(_drawn_nearer(row) for row in estate.down))
    quick, naive = told(busy), told(busy, Mechanisms(skipping=False))
    assert [one.facts() for one in quick.pages] == [one.facts() for one in naive.pages] != []
    assert [one.facts() for one in quick.endings] == [one.facts() for one in naive.endings]


def _drawn_nearer(row: Down) -> Down:
    """All of a month within a day and a half."""
    from_s = round(row.from_s / 20, 1)
    return replace(row, from_s=from_s, to_s=round(from_s + row.to_s - row.from_s, 1))


def test_what_is_switched_off_is_missed() -> None:
    found = run_contest(SITE, 1, processes=1)
    assert found.nigehban.pages == 1
    assert found.ablations["root causes"].pages == 4
    assert found.rivals["Uptime Kuma, 0 retries"].pages == 4
