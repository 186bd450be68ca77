"""Silences of a check go on over a rename: by a reload, and by a start with other settings."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.incident import EventKind
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from checks.model import CheckId, Finding, Status
from checks.plugin import CheckContext
from tests.support.asgi import request
from tests.support.desks import Scene, down, scene, watching
from tests.support.scripted import Answer, finding
from tests.support.virtual_estate import lay
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.daemon import Daemon
from watchdog.settings.values import Settings


def renamed(answer: Answer, former: str = "mx", present: str = "post") -> Settings:
    settings = watching((present, answer))
    return replace(settings, checks=tuple(replace(one, formerly=CheckId(former)) for one in settings.checks))


class Turning:
    """Down, until it is not."""

    def __init__(self) -> None:
        self.status = Status.CRITICAL

    async def __call__(self, _ctx: CheckContext) -> Sequence[Finding]:
        return (finding(self.status),)


async def silence(here: Scene, matcher: str, **body: str | bool) -> None:
    said = {"matchers": [matcher], "reason": "the switch is replaced", **body}
    told = await request(here.app, "POST", "/v1/silences", body=json.dumps(said).encode())
    assert (told.status, told.json["notes"]) == (200, [])


async def reload(here: Scene, settings: Settings) -> None:
    here.to_load = [settings]
    assert (await request(here.app, "POST", "/v1/reload")).status == 200


async def listed(here: Scene) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await request(here.app, "GET", "/v1/silences")).json["items"]
    return found


def told(here: Scene) -> list[EventKind]:
    return [one.notification.message.event for one in here.month.sent]


@pytest.mark.parametrize("matcher", ["check=mx", "check=~m*"])
def test_a_silence_until_it_is_well_goes_on_over_a_reload_that_renames_its_check(matcher: str) -> None:
    async def play() -> None:
        mx = Turning()
        async with scene(watching(("mx", mx))) as here:
            incident = here.incident
            await silence(here, matcher, until_ok=True)
            await reload(here, renamed(mx))
            await asyncio.sleep(3600)
            (standing,) = await listed(here)
            assert (standing["state"], standing["checks"], standing["incidents"]) == ("in force", ["post"], [incident])
            mx.status = Status.OK
            await asyncio.sleep(1200)
            assert await listed(here) == []

    run_virtual(play())


def test_nothing_is_told_of_what_a_silence_covers_under_its_former_id_until_that_is_over() -> None:
    async def play() -> None:
        mx = Turning()
        mx.status = Status.OK
        async with scene(watching(("mx", mx))) as here:
            await silence(here, "check=mx", lasts="1h")
            await reload(here, renamed(mx))
            mx.status = Status.CRITICAL
            await asyncio.sleep(3500)
            assert here.incident
            assert told(here) == []
            await asyncio.sleep(400)
            assert told(here) == [EventKind.REMINDER]

    run_virtual(play())


def test_it_goes_on_when_the_settings_no_longer_say_what_the_check_was_called() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            incident = here.incident
            await silence(here, "check=mx", until_ok=True)
            await reload(here, renamed(down))
            await reload(here, watching(("post", down)))
            await reload(here, renamed(down, "post", "mail"))
            await asyncio.sleep(600)
            (standing,) = await listed(here)
            assert (standing["checks"], standing["incidents"]) == (["mail"], [incident])

    run_virtual(play())


def test_a_silence_of_a_check_that_looks_elsewhere_under_another_id_does_not_go_on() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            await silence(here, "check=mx", lasts="1h")
            other = renamed(down)
            (check,) = other.checks
            spec = replace(check.spec, kind=replace(check.spec.kind, name="another"))
            await reload(here, replace(other, checks=(replace(check, spec=spec),)))
            (standing,) = await listed(here)
            assert standing["matches_nothing"] is True

    run_virtual(play())


def test_a_start_with_the_check_renamed_goes_on_with_its_silence_and_so_does_the_next() -> None:
    said = Mute(
        id="s1",
        kind=MuteKind.SILENCE,
        matchers=matchers_of(["check=mx"]),
        author="ali",
        reason="the switch is replaced",
        starts_at=EPOCH,
        ends_at=EPOCH + timedelta(days=2),
    )

    async def lived(daemon: Daemon) -> list[str]:
        """Ids of the checks with incidents that it covers, after five minutes of this life."""
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(300, stop.set)
        await daemon.run(stop)
        standing = daemon.mutes.all["s1"]
        return [one.check_id for one in daemon.subjects.incidents() if standing.covers({"check": one.check_id})]

    async def play() -> None:
        first, month = lay(watching(("mx", down)), seed=1)
        first.mutes.remember([said])
        month.store.keep_mute(said)
        assert await lived(first) == ["mx"]
        assert await lived(lay(renamed(down), seed=2, store=month.store)[0]) == ["post"]
        assert await lived(lay(watching(("post", down)), seed=3, store=month.store)[0]) == ["post"]
        (stored,) = month.store.listings.mutes(EPOCH)
        assert stored.covers({"check": "post"})
        assert not month.sent

    run_virtual(play())
