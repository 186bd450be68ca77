"""While nothing can be written, listings say what the daemon knows, as the page does."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from alerts.incident import Incident
from checks.deadline import parse_ladder, resolve
from checks.model import Deadline, Finding, Status
from checks.plugin import CheckContext
from tests.support.asgi import request
from tests.support.desks import Scene, down, scene, watching
from tests.support.scripted import finding
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBrokenError, StoreBusyError
from watchdog.store.listings import Listings
from watchdog.store.store import Store


@dataclass(slots=True)
class FillingDisk:
    """Full as long as `is_full`."""

    store: Store
    is_full: bool = True

    def commit(self, changes: Changes) -> None:
        if self.is_full:
            raise StoreBusyError("the disk has no room")
        self.store.commit(changes)


async def lapsing(_ctx: CheckContext) -> Sequence[Finding]:
    at = EPOCH + timedelta(days=90)
    deadline = Deadline(at=at, rungs=resolve(parse_ladder(("7d",)), at, now=EPOCH))
    return (replace(finding(Status.OK, subject="cert"), deadline=deadline),)


@asynccontextmanager
async def unwritten() -> AsyncIterator[tuple[Scene, FillingDisk]]:
    """A daemon that never had room for a word; room is made at the end."""
    disks: list[FillingDisk] = []

    def full(store: Store) -> FillingDisk:
        disks.append(FillingDisk(store))
        return disks[0]

    async with scene(watching(("mx", down), ("cert", lapsing)), disk=full) as here:
        try:
            yield here, disks[0]
        finally:
            disks[0].is_full = False


async def items(here: Scene, path: str, query: str = "") -> list[dict[str, Any]]:
    told = await request(here.app, "GET", path, query=query)
    assert told.status == 200, told.raw
    found: list[dict[str, Any]] = told.json["items"]
    return found


def test_status_and_deadlines_are_of_the_last_look_and_not_of_the_last_one_written() -> None:
    async def play() -> None:
        async with unwritten() as (here, _disk):
            assert [(one["check"], one["status"]) for one in await items(here, "/v1/status")] == [
                ("mx", "critical"),
                ("cert", "ok"),
            ]
            assert [one["check"] for one in await items(here, "/v1/deadlines")] == ["cert"]

    run_virtual(play())


def test_a_kind_of_deadlines_that_no_check_is_of_is_not_found() -> None:
    async def play() -> None:
        async with unwritten() as (here, _disk):
            told = await request(here.app, "GET", "/v1/deadlines", query="kind=certs")
            assert (told.status, told.json["error"].partition(";")[0]) == (404, "no check is of kind certs")

    run_virtual(play())


def test_an_incident_that_could_not_be_written_is_listed_and_says_so() -> None:
    async def play() -> None:
        async with unwritten() as (here, _disk):
            (listed,) = await items(here, "/v1/incidents")
            assert (listed["check"], listed["severity"], listed["events"]) == ("mx", "critical", [])
            assert await items(here, f"/v1/incidents/{listed['incident'][:8]}") == [listed]
            assert await items(here, "/v1/incidents", "closed=true") == [listed]
            told = (await request(here.app, "GET", "/v1/incidents", query="width=0")).json["text"]
            assert "nothing of it is written yet" in told
            assert "nobody was told" not in told

    run_virtual(play())


def test_an_acknowledgement_is_shown_once_it_is_on_record() -> None:
    async def play() -> None:
        async with unwritten() as (here, disk):
            disk.is_full = False
            await asyncio.sleep(60)
            disk.is_full = True
            path = f"/v1/incidents/{here.incident}/acknowledgement"
            assert (await request(here.app, "POST", path, body=b'{"until_ok": true}')).status == 503
            assert [one["acknowledged"] for one in await items(here, "/v1/incidents")] == [None]
            disk.is_full = False
            await asyncio.sleep(60)
            assert [one["acknowledged"]["by"] for one in await items(here, "/v1/incidents")] == ["root"]

    run_virtual(play())


def test_a_check_that_was_not_looked_at_yet_is_listed() -> None:
    async def never(_ctx: CheckContext) -> Sequence[Finding]:
        await asyncio.Event().wait()
        return ()

    async def play() -> None:
        async with scene(watching(("mx", down), ("slow", never)), lasting_s=3) as here:
            listed = {one["check"]: one for one in await items(here, "/v1/status")}
            unseen = listed["slow"]
            assert (unseen["subject"], unseen["status"], unseen["observed_at"]) == (None, "unknown", None)

    run_virtual(play())


class Unreadable(Listings):
    """A database that says nothing."""

    def __init__(self) -> None:
        """It has none."""

    def incidents_of(self, _check_id: object, _limit: object) -> list[Incident]:
        return []

    def histories(self, _incident_ids: object) -> Any:  # noqa: ANN401  # it never answers
        raise StoreBrokenError("input/output error")


def test_where_the_database_cannot_be_read_open_incidents_are_told_all_the_same() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            object.__setattr__(here.desk, "listings", Unreadable())
            told = (await request(here.app, "GET", "/v1/incidents")).json
            assert [one["check"] for one in told["items"]] == ["mx"]
            assert "who was told cannot be read now: input/output error" in told["notes"]

    run_virtual(play())
