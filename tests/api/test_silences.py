"""A silence is confirmed once it is durable and in force, ends when it said, and people are told what is left."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.incident import EventKind
from alerts.mutes.maintenance import Once, Window
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from checks.model import Finding, Status
from checks.plugin import CheckContext
from tests.support.asgi import ROOT, Told, request
from tests.support.desks import Scene, down, scene, watching
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.api.peer import Peer
from watchdog.settings.values import Settings
from watchdog.store.errors import StoreBusyError

NOBODY = Peer(pid=2, uid=4_000_000_000)


async def well(_ctx: CheckContext) -> Sequence[Finding]:
    return (finding(Status.OK),)


class Turning:
    """Well, until it is not, or the other way round."""

    def __init__(self, status: Status) -> None:
        self.status = status

    async def __call__(self, _ctx: CheckContext) -> Sequence[Finding]:
        return (finding(self.status),)


async def silence(here: Scene, *matchers: str, peer: Peer = ROOT, path: str = "silences", **body: Any) -> Told:  # noqa: ANN401  # any JSON
    said = {"matchers": list(matchers) or ["check=mx"], "reason": "the switch is replaced", **body}
    return await request(here.app, "POST", f"/v1/{path}", body=json.dumps(said).encode(), peer=peer)


async def end(here: Scene, id_: str, *, peer: Peer = ROOT, path: str = "silences") -> Told:
    return await request(here.app, "DELETE", f"/v1/{path}/{id_}", peer=peer)


async def listed(here: Scene, query: str = "", path: str = "silences") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await request(here.app, "GET", f"/v1/{path}", query=query)).json["items"]
    return found


def told(here: Scene) -> list[EventKind]:
    return [one.notification.message.event for one in here.month.sent]


def test_what_began_in_a_silence_is_told_at_its_end_and_not_before() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(watching(("mx", mx))) as here:
            said = await silence(here, lasts="1h")
            assert (said.status, said.json["is_new"], said.json["notes"]) == (200, True, [])
            mx.status = Status.CRITICAL
            await asyncio.sleep(3500)
            assert here.incident
            assert told(here) == []
            await asyncio.sleep(400)
            (message,) = [one.notification.message for one in here.month.sent]
            assert message.event is EventKind.REMINDER
            assert message.subject.startswith("STILL DOWN")
            words = (
                "The silence by root (the switch is replaced) ended at 10:05 on Wed 18 Oct 2017, and it is still bad."
            )
            assert words.lower() in message.text.lower()

    run_virtual(play())


def test_what_is_dropped_for_a_silence_says_so_in_the_log() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(watching(("mx", mx))) as here:
            await silence(here, lasts="1h")
            mx.status = Status.CRITICAL
            await asyncio.sleep(600)
            history = here.month.store.listings.history(here.incident)
            assert history is not None
            reasons = {(line.reason, line.detail) for line in history.deliveries}
            assert reasons == {("silenced", "silence m-1 by root: the switch is replaced")}

    run_virtual(play())


def test_the_end_of_what_people_were_told_of_is_told_under_a_silence_too() -> None:
    async def play() -> None:
        mx = Turning(Status.CRITICAL)
        async with scene(watching(("mx", mx))) as here:
            await silence(here, lasts="5h")
            mx.status = Status.OK
            await asyncio.sleep(3000)
            assert told(here) == [EventKind.OPENED, EventKind.RESOLVED]

    run_virtual(play())


def test_one_until_it_is_well_ends_by_itself_and_covers_nothing_later() -> None:
    async def play() -> None:
        mx = Turning(Status.CRITICAL)
        async with scene(watching(("mx", mx))) as here:
            await silence(here, until_ok=True)
            mx.status = Status.OK
            await asyncio.sleep(3000)
            assert await listed(here) == []
            (over,) = await listed(here, "over=true")
            assert over["ended_why"] == "nothing that it matches is open any more"
            mx.status = Status.CRITICAL
            await asyncio.sleep(600)
            assert told(here)[-1] is EventKind.OPENED

    run_virtual(play())


def test_until_it_is_well_needs_something_that_is_not() -> None:
    async def play() -> None:
        async with scene(watching(("mx", well))) as here:
            assert (await silence(here, until_ok=True)).status == 409

    run_virtual(play())


def test_one_that_matches_nothing_is_said_to() -> None:
    async def play() -> None:
        async with scene(watching(("mx", well))) as here:
            said = await silence(here, "check=mz", lasts="1h")
            assert said.json["notes"] == ["it matches nothing now: no check and no open incident has check=mz"]
            assert [one["matches_nothing"] for one in await listed(here)] == [True]
            status = (await request(here.app, "GET", "/v1/status", query="width=0")).json["text"]
            assert "check=mz (the switch is replaced); matches NOTHING" in status

    run_virtual(play())


def test_two_people_at_once_make_one_silence_and_the_second_learns_whose_it_is() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            first, second = await asyncio.gather(silence(here, lasts="2h"), silence(here, lasts="2h", peer=NOBODY))
            assert (first.json["is_new"], second.json["is_new"]) == (True, False)
            assert "by root" in second.json["text"]
            assert "already in force until 11:05" in second.json["text"]
            assert len(await listed(here)) == 1

    run_virtual(play())


def test_two_people_at_once_end_it_once_and_the_second_learns_who_did() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            id_ = (await silence(here, lasts="2h")).json["mute"]["id"]
            await asyncio.sleep(60)
            first, second = await asyncio.gather(end(here, id_), end(here, id_, peer=NOBODY))
            assert (first.json["is_new"], second.json["is_new"]) == (True, False)
            assert "already ended at 09:06 on Wed 18 Oct 2017 by root" in second.json["text"]
            await asyncio.sleep(60)
            assert told(here) == [EventKind.OPENED, EventKind.REMINDER]

    run_virtual(play())


def test_what_still_is_under_another_silence_is_told_at_the_end_of_that() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            await silence(here, lasts="1h")
            await silence(here, "kind=scripted", lasts="2h")
            await asyncio.sleep(3700)
            assert told(here) == [EventKind.OPENED]
            await asyncio.sleep(3600)
            assert told(here) == [EventKind.OPENED, EventKind.REMINDER]

    run_virtual(play())


def test_while_the_store_is_locked_a_silence_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:

            def locked(_mute: object) -> None:
                raise StoreBusyError("locked")

            with monkeypatch.context() as patch:
                patch.setattr(here.month.store, "keep_mute", locked)
                said = await silence(here, lasts="1h")
            assert (said.status, "not confirmed" in said.json["error"]) == (503, True)

    run_virtual(play())


def test_maintenance_to_come_can_be_called_off_and_tells_nobody() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            said = await silence(here, path="maintenance", starts="12:00", until="13:00")
            assert "planned from 12:00 on Wed 18 Oct 2017 until 13:00" in said.json["text"]
            assert [one["state"] for one in await listed(here, path="maintenance")] == ["to come"]
            await end(here, said.json["mute"]["id"], path="maintenance")
            await asyncio.sleep(6 * 3600)
            assert told(here) == [EventKind.OPENED]

    run_virtual(play())


def test_an_overrun_is_told_within_four_minutes() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(watching(("mx", mx))) as here:
            await silence(here, path="maintenance", starts="10:00", until="12:00")
            await asyncio.sleep(3600 + 600)
            mx.status = Status.CRITICAL
            await asyncio.sleep(2 * 3600 - 600 + 180)
            (one,) = here.month.sent
            assert "maintenance (the switch is replaced) ended at 12:00" in one.notification.message.text.lower()
            assert (one.at - one.notification.created_at).total_seconds() < 240

    run_virtual(play())


async def until_it_is_on_its_way(here: Scene, takes_s: float) -> None:
    """The message that tells of the first incident was claimed, and is being sent for so long."""
    for sink in here.month.sinks.values():
        sink.takes_s = takes_s
    for _second in range(600):
        await asyncio.sleep(1)
        if here.daemon.mutes.is_sending:
            return
    pytest.fail("nothing was sent")


def test_a_silence_is_confirmed_after_what_was_on_its_way_has_left() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(watching(("mx", mx))) as here:
            mx.status = Status.CRITICAL
            await until_it_is_on_its_way(here, takes_s=6.0)
            assert told(here) == []
            said = await silence(here, lasts="1h")
            assert (said.status, said.json["notes"]) == (200, [])
            before = told(here)
            await asyncio.sleep(3000)
            assert told(here) == before, "sent against a silence that was confirmed"

    run_virtual(play())


def test_what_is_on_its_way_of_something_else_keeps_no_acknowledgement_waiting() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(watching(("dns", down), ("mx", mx))) as here:
            dns, loop = here.incident, asyncio.get_running_loop()
            mx.status = Status.CRITICAL
            await until_it_is_on_its_way(here, takes_s=8.0)
            began_s = loop.time()
            path, body = f"/v1/incidents/{dns}/acknowledgement", b'{"until_ok": true}'
            assert (await request(here.app, "POST", path, body=body)).status == 200
            assert loop.time() - began_s < 2

    run_virtual(play())


def test_what_is_on_its_way_for_too_long_is_named() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(watching(("mx", mx))) as here:
            for sink in here.month.sinks.values():
                sink.timeout_s = 100.0
            mx.status = Status.CRITICAL
            await until_it_is_on_its_way(here, takes_s=90.0)
            (note, *_) = (await silence(here, lasts="1h")).json["notes"]
            assert note.startswith("one message may still go out over ")

    run_virtual(play())


def test_what_ended_while_nobody_watched_is_told_once_whatever_the_store_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            now = here.desk.clock()
            mute = Mute(
                id="old",
                kind=MuteKind.SILENCE,
                matchers=matchers_of(["check=mx"]),
                author="asma",
                reason="works",
                starts_at=now - timedelta(hours=2),
                ends_at=now,
            )
            here.month.store.keep_mute(mute)

            def locked(_id: object, _at: object) -> None:
                raise StoreBusyError("locked")

            with monkeypatch.context() as patch:
                patch.setattr(here.month.store, "settle_mute", locked)
                here.daemon.mutes.remember([mute])
                await asyncio.sleep(60)
            await asyncio.sleep(60)
            assert told(here) == [EventKind.OPENED, EventKind.REMINDER]
            assert here.month.store.standing_mutes(here.desk.clock()) == []

    run_virtual(play())


def windows(settings: Settings, *spans: tuple[float, float]) -> Settings:
    """Windows from and to so many seconds after the beginning."""
    found = tuple(
        Window(
            id=f"works{number}",
            title="Works",
            matchers=matchers_of(["check=mx"]),
            when=Once(EPOCH + timedelta(seconds=begins), EPOCH + timedelta(seconds=ends)),
        )
        for number, (begins, ends) in enumerate(spans)
    )
    return replace(settings, maintenance=found)


def test_a_window_of_the_settings_is_kept_and_its_overrun_told() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(windows(watching(("mx", mx)), (600, 3600))) as here:
            assert [one["state"] for one in await listed(here, path="maintenance")] == ["to come"]
            await asyncio.sleep(600)
            mx.status = Status.CRITICAL
            await asyncio.sleep(2600)
            assert told(here) == []
            (one,) = await listed(here, path="maintenance")
            assert (one["id"], one["by"], one["state"]) == ("works0-20171018T041000-50m", "the settings", "in force")
            await asyncio.sleep(400 + 180)
            assert told(here) == [EventKind.REMINDER]

    run_virtual(play())


def test_work_that_ends_with_its_window_is_not_told() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(windows(watching(("mx", mx)), (600, 3600))) as here:
            await asyncio.sleep(400)
            mx.status = Status.CRITICAL
            await asyncio.sleep(2900)
            mx.status = Status.OK
            await asyncio.sleep(3600)
            assert told(here) == []

    run_virtual(play())


def test_a_window_that_is_taken_out_of_the_settings_ends_there_and_then() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        settings = watching(("mx", mx))
        async with scene(windows(settings, (400, 36_000))) as here:
            await asyncio.sleep(300)
            mx.status = Status.CRITICAL
            await asyncio.sleep(600)
            assert told(here) == []
            here.daemon.configure(settings)
            await asyncio.sleep(60)
            assert told(here) == [EventKind.REMINDER]
            (over,) = await listed(here, "over=true", path="maintenance")
            assert over["ended_why"] == "taken out of the settings"

    run_virtual(play())


def test_a_time_that_was_ended_by_hand_stays_ended_and_the_next_one_comes() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(windows(watching(("mx", mx)), (200, 3600), (7200, 9000))) as here:
            (now, _later) = await listed(here, path="maintenance")
            assert (await end(here, now["id"], path="maintenance")).json["is_new"] is True
            mx.status = Status.CRITICAL
            await asyncio.sleep(600)
            assert told(here) == [EventKind.OPENED]
            mx.status = Status.OK
            await asyncio.sleep(6600)
            mx.status = Status.CRITICAL
            await asyncio.sleep(600)
            assert told(here) == [EventKind.OPENED, EventKind.RESOLVED]

    run_virtual(play())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "it needs one end"),
        ({"lasts": "1h", "until_ok": True}, "it needs one end"),
        ({"lasts": "31d"}, "at most 30 days"),
        ({"lasts": "soon"}, "cannot be understood"),
        ({"lasts": "1h", "reason": " "}, "cannot be understood"),
        ({"lasts": "1h", "matchers": ["mx"]}, "cannot be understood"),
        ({"lasts": "1h", "matchers": ["check=~*"]}, "cannot be understood"),
        ({"starts": "2017-10-20", "until": "2017-10-19"}, "cannot be understood"),
    ],
)
def test_what_is_no_silence_is_refused(body: dict[str, Any], words: str) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            said = await silence(here, **body)
            assert (said.status, words in said.json["error"]) == (400, True), said.json
            assert await listed(here) == []

    run_virtual(play())
