"""Why somebody hears, asked of a whole daemon: what is open, muted and answered at that moment."""

import json
from typing import Any

from tests.support.asgi import request
from tests.support.desks import Scene, down, scene, watching
from tests.support.virtual_loop import run_virtual


async def why(here: Scene, query: str) -> Any:  # noqa: ANN401  # any JSON
    told = await request(here.app, "GET", "/v1/why", query=query)
    assert told.status == 200, told.raw
    return told.json


def test_what_is_open_and_who_is_at_it_stands_there() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            path = f"/v1/incidents/{here.incident}/acknowledgement"
            await request(here.app, "POST", path, body=json.dumps({"lasts": "2h"}).encode())
            (one,) = (await why(here, "check=mx"))["items"]
            assert one["is_watched"] is True
            assert [incident["incident"] for incident in one["incidents"]] == [here.incident]
            assert one["answered"] == [here.incident]
            text = (await why(here, "check=mx&width=80"))["text"]
            assert "now: critical" in text
            assert f"incident {here.incident} is acknowledged by root until" in text

    run_virtual(play())


def test_a_check_that_is_not_there_is_not_found() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            told = await request(here.app, "GET", "/v1/why", query="check=nothing")
            assert (told.status, told.json["error"].startswith("no check 'nothing'")) == (404, True)

    run_virtual(play())
