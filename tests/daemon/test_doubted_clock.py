"""A clock that is doubted shows wherever people and programs look."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.desks import down, scene, watching
from tests.support.page_estate import NOW, glance_of, page_estate
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.api.standing import notes
from watchdog.metrics.counters import Counters
from watchdog.web.header import header

MONTH = timedelta(days=30)


def test_status_says_what_the_clock_says_and_what_all_goes_by() -> None:
    async def play() -> list[str]:
        async with scene(watching(("mx", down))) as here:
            assert notes(here.desk) == []
            return notes(replace(here.desk, doubted=lambda: EPOCH + MONTH))

    (note,) = run_virtual(play())
    assert note == ("the clock says 09:00 on Fri 17 Nov 2017 and is doubted: all goes by 09:05 on Wed 18 Oct 2017")


def test_pages_say_it_with_what_to_do(tmp_path: Path) -> None:
    with page_estate(tmp_path) as estate:
        glance = glance_of(estate)
    assert list(header(glance).banners) == []
    doubted = replace(glance, conditions=replace(glance.conditions, clock_says=NOW + MONTH))
    (banner,) = header(doubted).banners
    assert "03:07 on Wed 23 Dec 2026" in banner.title
    assert "03:07 on Mon 23 Nov 2026" in banner.lines[0]


@pytest.mark.parametrize("is_doubted", [True, False])
def test_a_metric_says_it_at_every_scrape(is_doubted: bool) -> None:  # noqa: FBT001  # a parameter
    counters = Counters("0")
    counters.watch_clock(lambda: is_doubted)
    assert f"nigehban_clock_doubted {float(is_doubted)}\n".encode() in counters.exposition()
