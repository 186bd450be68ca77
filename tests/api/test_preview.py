"""Who asks the daemon what will go out is answered, or told that it takes too long."""

from dataclasses import replace

from tests.support.asgi import request
from tests.support.desks import down, scene, watching
from tests.support.virtual_loop import run_virtual
from watchdog.api.application import application
from watchdog.foretelling import Plays
from watchdog.store.executor import Inline


def asked(plays: Plays) -> tuple[int, dict[str, object]]:
    async def play() -> tuple[int, dict[str, object]]:
        async with scene(watching(("mx", down))) as here:
            told = await request(application(replace(here.desk, plays=plays)), "GET", "/v1/preview", query="days=30")
            return told.status, dict(told.json)

    return run_virtual(play())


def test_whoever_asks_has_every_message_and_the_notes_beside_them() -> None:
    status, told = asked(Plays(Inline()))
    assert status == 200
    assert set(told) == {"items", "notes"}


def test_a_play_that_is_given_up_says_how_far_it_came_and_what_to_ask_instead() -> None:
    status, told = asked(Plays(Inline(), is_ending=lambda: True))
    assert status == 503
    assert str(told["error"]).startswith("to foretell 30 days takes too long, it came as far as ")
    assert str(told["error"]).endswith(": ask for fewer (--days)")
