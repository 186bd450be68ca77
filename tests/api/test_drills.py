"""Drills as they are asked for: by whom the kernel names, confirmed once they are durable, shown as what they are."""

import asyncio

from tests.support.asgi import request
from tests.support.desks import down, scene
from tests.support.drills import Desk, drilled, well
from tests.support.virtual_loop import run_virtual
from watchdog.api.peer import Peer

NOBODY = Peer(pid=2, uid=4_000_000_000)


def test_whoever_starts_one_is_whom_the_kernel_names_and_reads_the_report() -> None:
    async def play() -> None:
        async with scene(drilled(("mx", well))) as here:
            desk = Desk(here)
            begun = await desk.start(minutes=30)
            assert begun.json["text"] == (
                "drill d-1 runs until 09:35 on Wed 18 Oct 2017; told: noc. How it goes: nigehban drill show"
            )
            assert (begun.json["drill"]["by"], begun.json["notes"]) == ("root", [])
            await asyncio.sleep(31 * 60)
            assert desk.subjects == [("noc", "DRILL DOWN"), ("noc", "DRILL OVER"), ("root", "DRILL report:")]

    run_virtual(play())


def test_whoever_is_no_receiver_learns_that_nobody_is_sent_the_report() -> None:
    async def play() -> None:
        async with scene(drilled(("mx", well))) as here:
            begun = await Desk(here).start(peer=NOBODY)
            assert begun.json["notes"] == [
                "no receiver is called uid 4000000000, so nobody is sent the report; --report-to names one"
            ]

    run_virtual(play())


def test_incidents_show_a_drill_last_and_as_what_it_is() -> None:
    async def play() -> None:
        async with scene(drilled(("mx", down))) as here:
            desk = Desk(here)
            await desk.start()
            told = (await request(here.app, "GET", "/v1/incidents")).json
            assert [(one["check"], one["drill"]) for one in told["items"]] == [
                ("mx", None),
                ("nigehban/drill", "outage"),
            ]
            assert told["notes"] == [
                "a drill runs until 09:35 on Wed 18 Oct 2017, started by root: what begins with DRILL is not real"
            ]
            text = (await request(here.app, "GET", "/v1/incidents", query="width=0")).json["text"]
            assert "DRILL by root, nothing is wrong  CRITICAL  Official e-mail" in text
            status = (await request(here.app, "GET", "/v1/status")).json["items"]
            assert {one["check"] for one in status} == {"mx"}
            assert (await desk.stop()).status == 200
            assert [one["drill"] for one in (await request(here.app, "GET", "/v1/incidents")).json["items"]] == [None]

    run_virtual(play())


def test_the_last_one_is_shown_when_none_runs_and_any_by_its_id() -> None:
    async def play() -> None:
        async with scene(drilled(("mx", well))) as here:
            desk = Desk(here)
            first = (await desk.start()).json["drill"]["drill"]
            await desk.stop()
            await desk.start("bill")
            assert (await desk.show())["kind"] == "bill"
            assert ((await desk.show(first))["kind"], (await desk.show(first))["ended_why"]) == (
                "outage",
                "the drill is over: stopped by root",
            )

    run_virtual(play())


def test_what_is_no_drill_has_no_report_and_what_is_wrong_is_said_without_the_value() -> None:
    async def play() -> None:
        async with scene(drilled(("mx", down))) as here:
            desk = Desk(here)
            real = await request(here.app, "GET", f"/v1/drills/{here.incident}")
            assert (real.status, real.json["error"]) == (404, f"no drill has an id that begins with {here.incident}")
            for body, problem in (
                ({"minutes": 0}, "minutes: is too small, at least 1"),
                ({"minutes": 481}, "minutes: is too large, at most 480"),
                ({"receivers": ["x"] * 101}, "receivers: is not what is expected here"),
                ({"secret": "s3cret"}, "secret: is no key here"),
            ):
                refused = await desk.start(**body)
                assert (refused.status, refused.json["problems"]) == (400, [problem])
            assert (await desk.start("flood")).json["problems"] == ["kind: is not what is expected here"]
            assert (await desk.start(peer=None)).status == 403

    run_virtual(play())
