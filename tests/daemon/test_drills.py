"""A drill is told as the real thing would be, answered as people would, and touches nothing that is real."""

import asyncio

from tests.support.desks import scene
from tests.support.drills import Desk, drilled, well
from tests.support.virtual_loop import run_virtual


def test_whoever_would_hear_of_an_outage_hears_of_the_drill_and_its_starter_how_it_went() -> None:
    async def play() -> None:
        async with scene(drilled(("mx", well))) as here:
            desk = Desk(here)
            drill = (await desk.start(minutes=30)).json["drill"]["drill"]
            await asyncio.sleep(300)
            assert (await desk.acknowledge(drill)).status == 200
            await asyncio.sleep(1800)
            assert desk.subjects == [("noc", "DRILL DOWN"), ("noc", "DRILL RESOLVED"), ("root", "DRILL report:")]
            shown = await desk.show()
            assert shown["answers_of_others"] == [{"by": "root", "at": "2017-10-18T04:10:00Z"}]
            assert (shown["first_answer_s"], shown["never_answered"], shown["steps"]) == (300.0, ["noc"], [])

    run_virtual(play())
