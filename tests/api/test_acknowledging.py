"""An acknowledgement is on disk before it is confirmed, is whose was first, and ends when it said it would."""

import asyncio
import json
from typing import Any

import pytest

from alerts.incident import EventKind
from tests.support.asgi import ROOT, Told, request
from tests.support.desks import Scene, down, scene, watching
from tests.support.virtual_loop import run_virtual
from watchdog.api.peer import Peer
from watchdog.store.errors import StoreBusyError, StoreRefusedError

NOBODY = Peer(pid=2, uid=4_000_000_000)


async def ack(here: Scene, peer: Peer = ROOT, **body: Any) -> Told:  # noqa: ANN401  # any JSON
    """Until it is well, unless it says otherwise."""
    if not {"until", "lasts", "until_ok"} & body.keys():
        body["until_ok"] = True
    path = f"/v1/incidents/{here.incident[:6]}/acknowledgement"
    return await request(here.app, "POST", path, body=json.dumps(body).encode(), peer=peer)


async def unack(here: Scene) -> Told:
    return await request(here.app, "DELETE", f"/v1/incidents/{here.incident}/acknowledgement")


def test_who_when_what_and_until_are_kept_with_the_incident() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            told = await ack(here, note="calling\n the vendor", lasts="2h")
            assert (told.status, told.json["is_new"]) == (200, True)
            (kept,) = here.month.store.listings.open_incidents()
            assert kept.acknowledged is not None
            assert (kept.acknowledged.by, kept.acknowledged.note) == ("root", "calling the vendor")
            assert told.json["text"] == (
                f"incident {kept.id} is acknowledged by root at 09:05 on Wed 18 Oct 2017, "
                "until 11:05 on Wed 18 Oct 2017: calling the vendor"
            )
            history = here.month.store.listings.history(kept.id)
            assert history is not None
            last = history.events[-1]
            assert (last.kind, last.by, last.note) == (EventKind.ACKNOWLEDGED, "root", "calling the vendor")

    run_virtual(play())


def test_the_second_is_told_who_was_first_and_changes_nothing() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            first, second = await asyncio.gather(ack(here, note="mine"), ack(here, NOBODY, note="no, mine"))
            assert (first.json["is_new"], second.json["is_new"]) == (True, False)
            assert "already acknowledged by root" in second.json["text"]
            third = await ack(here, NOBODY, lasts="1h")
            assert third.json["incident"]["acknowledged"] == first.json["incident"]["acknowledged"]
            assert len(third.json["incident"]["events"]) == 2

    run_virtual(play())


def test_a_user_without_a_name_is_known_by_number() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            assert (await ack(here, NOBODY)).json["incident"]["acknowledged"]["by"] == "uid 4000000000"

    run_virtual(play())


def test_what_was_taken_back_can_be_given_anew() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            assert (await unack(here)).json["is_new"] is False
            await ack(here)
            assert (await unack(here)).json["incident"]["acknowledged"] is None
            assert (await ack(here)).json["is_new"] is True
            history = here.month.store.listings.history(here.incident)
            assert history is not None
            assert [event.kind.value for event in history.events] == [
                "opened",
                "acknowledged",
                "unacknowledged",
                "acknowledged",
            ]

    run_virtual(play())


def test_people_are_told_again_when_its_time_is_over_and_it_is_still_bad() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            await ack(here, note="calling Acme", lasts="1h")
            await asyncio.sleep(3500)
            assert [one.notification.message.event for one in here.month.sent] == [EventKind.OPENED]
            await asyncio.sleep(300)
            said = here.month.sent[-1].notification.message
            assert said.event is EventKind.REMINDER
            assert said.subject.startswith("STILL DOWN")
            assert "root acknowledged it (calling Acme), and the time given is over." in said.text
            (standing,) = here.month.store.listings.open_incidents()
            assert standing.acknowledged is None

    run_virtual(play())


def test_it_lasts_over_a_restart() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            await ack(here, lasts="1h")
            (record,) = here.month.store.load_records()
            assert record.incidents[0].acknowledged is not None

    run_virtual(play())


@pytest.mark.parametrize(
    "body",
    [
        {"until": "25:00"},
        {"until": "2017-02-30"},
        {"until": "2017-10-17"},
        {"lasts": "0s"},
        {"lasts": "9999d"},
        {"lasts": "1h", "until": "17:00"},
        {"note": 5},
        {"note": "x" * 1001},
        {"nota": ""},
        [],
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(body: object) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            path = f"/v1/incidents/{here.incident}/acknowledgement"
            told = await request(here.app, "POST", path, body=json.dumps(body).encode())
            assert told.status == 400
            assert told.json["error"]
            assert here.month.store.listings.open_incidents()[0].acknowledged is None

    run_virtual(play())


def test_an_incident_that_is_over_takes_no_word() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            path = f"/v1/incidents/{here.incident}/acknowledgement"
            here.daemon.configure(watching())
            await here.daemon.settled()
            told = await request(here.app, "POST", path, body=b'{"until_ok": true}')
            assert (told.status, "is over since" in told.json["error"]) == (409, True)

    run_virtual(play())


def test_what_the_store_leaves_out_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:

            def refuse(_changes: object) -> None:
                raise StoreRefusedError("cannot be stored")

            with monkeypatch.context() as patch:
                patch.setattr(here.month.store, "commit", refuse)
                told = await ack(here)
            assert (told.status, "not confirmed" in told.json["error"]) == (500, True)

    run_virtual(play())


def test_while_the_store_is_locked_nothing_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:

            def locked(_changes: object) -> None:
                raise StoreBusyError("locked")

            with monkeypatch.context() as patch:
                patch.setattr(here.month.store, "commit", locked)
                told = await ack(here)
            assert (told.status, "not confirmed" in told.json["error"]) == (503, True)
            await asyncio.sleep(5)
            assert here.month.store.listings.open_incidents()[0].acknowledged is not None, "it was not unsaid either"

    run_virtual(play())
