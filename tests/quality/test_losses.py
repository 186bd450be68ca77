"""A target that loses a share of its looks for an hour (FAULTS 17): degraded, and a page for hardly any of them."""

from collections import Counter
from dataclasses import dataclass

import pytest

from benchmarks.quality.estate import Check, Down, Estate, Loss
from benchmarks.quality.mechanisms import Mechanisms
from benchmarks.quality.story import Story
from benchmarks.quality.truth import SECOND, Truth
from benchmarks.quality.watch import Watch

TARGETS = 200
HOUR = 3600.0
CALM = 1800


@dataclass(frozen=True, slots=True)
class Lossy:
    """What was told of many targets that lost a share of all looks for so many hours, and were then well."""

    story: Story
    end_s: float

    @property
    def degraded(self) -> dict[str, list[int]]:
        """When each was told to be, in seconds after the losses began."""
        told: dict[str, list[int]] = {}
        for check, tick in self.story.degraded:
            told.setdefault(check, []).append(round(tick / SECOND - HOUR))
        return told


def lossy(p: float, *, hours: float = 1.0, mechanisms: Mechanisms | None = None) -> Lossy:
    checks = tuple(Check(id=f"t{number}") for number in range(TARGETS))
    end_s = HOUR * (1 + hours)
    losses = tuple(Loss(check=one.id, from_s=HOUR, to_s=end_s, p=p) for one in checks)
    estate = Estate(days=(end_s + 3 * HOUR) / 86_400, checks=checks, loss=losses)
    return Lossy(Watch(Truth(estate, 1), mechanisms or Mechanisms()).story(), end_s)


@pytest.mark.parametrize(
    ("p", "least", "most"), [(0.01, 0, 1), (0.05, 5, 40), (0.10, 50, 90), (0.25, 99, 100), (0.40, 95, 100)]
)
def test_an_hour_of_losses_is_told_to_so_many_in_a_hundred(p: float, least: float, most: float) -> None:
    assert least <= len(lossy(p).degraded) * 100 / TARGETS <= most


@pytest.mark.parametrize("p", [0.01, 0.05, 0.10])
def test_below_a_quarter_nobody_is_paged(p: float) -> None:
    assert lossy(p).story.pages == []


def test_at_a_quarter_at_most_one_page_is_false_in_a_hundred_hours() -> None:
    assert len(lossy(0.25).story.pages) <= TARGETS / 100


def test_heavy_losses_are_told_within_half_an_hour() -> None:
    first = sorted(told[0] for told in lossy(0.40).degraded.values())
    assert first[TARGETS // 2] < 1200
    assert first[TARGETS * 9 // 10] < 1800


def test_it_is_told_once_and_its_end_once() -> None:
    """Half an hour without a loss is the end; by chance one target in a hundred has such a time within six hours."""
    found = lossy(0.25, hours=6)
    paged = {check for page in found.story.pages for check in page.named}
    degraded = {check: len(told) for check, told in found.degraded.items() if check not in paged}
    ended = Counter(check for check, _ in found.story.mended if check not in paged)
    assert sum(times > 1 for times in degraded.values()) <= TARGETS / 50
    assert dict(ended) == degraded


def test_its_end_is_told_half_an_hour_after_the_last_loss() -> None:
    found = lossy(0.25)
    waits = [tick / SECOND - found.end_s for _, tick in found.story.mended]
    assert max(waits) <= CALM + 120


def test_an_outage_while_it_is_degraded_pages_as_soon_as_any_other() -> None:
    losses = (Loss(check="a", from_s=HOUR, to_s=4 * HOUR, p=0.3),)
    down = (Down(check="a", from_s=3 * HOUR, to_s=4 * HOUR, incident="i"),)
    story = Watch(Truth(Estate(days=0.5, checks=(Check(id="a"),), loss=losses, down=down), 1), Mechanisms()).story()
    assert len(story.degraded) == 1
    (page,) = story.pages
    assert page.made / SECOND - 3 * HOUR <= 170
    assert len(story.endings) == 1


def test_a_target_that_flaps_is_told_as_down_and_never_as_degraded() -> None:
    spells = range(round(HOUR), round(3 * HOUR), 300)
    down = tuple(Down(check="a", from_s=at, to_s=at + 180.0, incident="i", flapping=True) for at in spells)
    story = Watch(Truth(Estate(days=0.5, checks=(Check(id="a"),), down=down), 1), Mechanisms()).story()
    assert (len(story.pages), len(story.endings), story.degraded) == (1, 1, [])


def test_what_is_down_for_less_than_it_takes_to_confirm_again_and_again_is_degraded() -> None:
    down = tuple(Down(check="a", from_s=at, to_s=at + 45.0) for at in range(round(HOUR), round(3 * HOUR), 180))
    story = Watch(Truth(Estate(days=0.5, checks=(Check(id="a"),), down=down), 1), Mechanisms()).story()
    assert (len(story.pages), len(story.degraded), len(story.mended)) == (0, 1, 1)
