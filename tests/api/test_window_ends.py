"""A window that ends, is moved, or is called off: who waits, who is told, and when."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ParamSpec, TypeVar

import pytest

from alerts.incident import EventKind
from alerts.mutes.maintenance import Once, Window, time_of
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import MuteKind
from checks.model import Cause, Finding, Status
from checks.plugin import CheckContext
from tests.api.test_silences import Turning, listed, silence, told
from tests.support.desks import Scene, scene, watching
from tests.support.virtual_loop import EPOCH, run_virtual
from watchdog.mute_keeper import MuteKeeper
from watchdog.settings.values import Settings
from watchdog.store.executor import Inline

P = ParamSpec("P")
T = TypeVar("T")


class Limited(Turning):
    """What is unknown there is so since it may not be asked."""

    async def __call__(self, ctx: CheckContext) -> Sequence[Finding]:
        (seen,) = await super().__call__(ctx)
        return (replace(seen, cause=Cause.RATE_LIMITED) if seen.status is Status.UNKNOWN else seen,)


def until(settings: Settings, ends_s: float, *matchers: str) -> Settings:
    """Works on everything from 400 s after the beginning on."""
    when = Once(EPOCH + timedelta(seconds=400), EPOCH + timedelta(seconds=ends_s))
    works = Window(id="works", title="Works", matchers=matchers_of(matchers or ["check=~?*"]), when=when)
    return replace(settings, maintenance=(works,))


def reminded(here: Scene) -> list[str]:
    """Which checks, in order."""
    sent = [one.notification.message for one in here.month.sent]
    return [message.check or "" for message in sent if message.event is EventKind.REMINDER]


def test_what_cannot_be_judged_keeps_nothing_else_untold() -> None:
    async def play() -> None:
        mx, web = Turning(Status.OK), Limited(Status.OK)
        async with scene(until(watching(("mx", mx), ("web", web)), 3600)) as here:
            await asyncio.sleep(200)
            mx.status = web.status = Status.CRITICAL
            await asyncio.sleep(3000)
            web.status = Status.UNKNOWN
            await asyncio.sleep(100 + 150)
            assert reminded(here) == ["mx"]
            await asyncio.sleep(90)
            assert reminded(here) == ["mx", "web"]
            assert here.month.store.standing_mutes(here.desk.clock()) == []

    run_virtual(play())


def test_a_silence_and_a_window_that_end_together_are_told_once() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(until(watching(("mx", mx)), 3600)) as here:
            await silence(here, lasts="55m")
            mx.status = Status.CRITICAL
            await asyncio.sleep(3900)
            assert told(here) == [EventKind.REMINDER]

    run_virtual(play())


def test_what_a_silence_and_then_a_window_kept_quiet_is_told_when_it_comes_back() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        async with scene(until(watching(("mx", mx)), 3600)) as here:
            await silence(here, lasts="30m")
            mx.status = Status.CRITICAL
            await asyncio.sleep(3300 - 130)
            mx.status = Status.OK
            await asyncio.sleep(130 + 130)
            mx.status = Status.CRITICAL
            await asyncio.sleep(300)
            assert told(here) == [EventKind.OPENED]

    run_virtual(play())


def test_a_window_that_was_made_longer_while_in_force_ends_at_its_new_end() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        settings = watching(("mx", mx))
        async with scene(until(settings, 3600)) as here:
            await asyncio.sleep(200)
            mx.status = Status.CRITICAL
            await asyncio.sleep(1000)
            here.daemon.configure(until(settings, 7200))
            await asyncio.sleep(5600)
            assert told(here) == []
            (over,) = [one for one in await listed(here, "over=true", path="maintenance") if one["ended_why"]]
            assert over["ended_why"] == "it has another end now"
            await asyncio.sleep(300)
            assert told(here) == [EventKind.REMINDER]

    run_virtual(play())


def test_a_window_that_was_made_shorter_while_in_force_ends_at_its_new_end() -> None:
    async def play() -> None:
        mx = Turning(Status.OK)
        settings = watching(("mx", mx))
        async with scene(until(settings, 7200)) as here:
            await asyncio.sleep(200)
            mx.status = Status.CRITICAL
            await asyncio.sleep(1000)
            here.daemon.configure(until(settings, 3600))
            await asyncio.sleep(2000)
            assert told(here) == []
            await asyncio.sleep(300)
            assert told(here) == [EventKind.REMINDER]

    run_virtual(play())


class OneByOne:
    """A store that takes one thing at a time, 20 ms each."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def call(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._lock:
            await asyncio.sleep(0.02)
            return await Inline().call(work, *args, **kwargs)


def test_a_window_that_is_called_off_at_its_start_stays_so() -> None:
    async def play() -> None:
        async with scene(watching(("mx", Turning(Status.OK)))) as here:
            writing = OneByOne()
            desk = replace(here.desk.mutes, writing=writing)
            keeper = MuteKeeper(here.daemon, here.month.store, writing, here.desk.clock)
            (works,) = until(here.daemon.settings, 3600).maintenance
            await asyncio.sleep(101)
            here.daemon.mutes.planned = (time_of(works, (EPOCH + timedelta(seconds=400), EPOCH + timedelta(hours=1))),)
            ending = asyncio.create_task(desk.end(MuteKind.MAINTENANCE, "works", "asad"))
            await asyncio.sleep(0.05)  # its end is being written
            await asyncio.gather(ending, keeper.round())
            assert here.daemon.mutes.in_force(here.desk.clock()) == []

    run_virtual(play())


@pytest.mark.parametrize(("awaited", "is_in_force"), [(("works",), True), ((), False)], ids=["awaited", "known"])
def test_a_window_in_force_goes_on_until_the_new_place_of_its_calendar_was_asked(
    awaited: tuple[str, ...], *, is_in_force: bool
) -> None:
    """The new place may plan the very same window, which could not begin anew once it was ended."""

    async def play() -> None:
        async with scene(watching(("mx", Turning(Status.OK)))) as here:
            keeper = MuteKeeper(here.daemon, here.month.store, Inline(), here.desk.clock, lambda _settings: awaited)
            (works,) = until(here.daemon.settings, 3600).maintenance
            begun = time_of(works, (EPOCH, EPOCH + timedelta(hours=1)))
            here.month.store.keep_mute(begun)
            here.daemon.mutes.begin(begun)
            await keeper.round()
            assert bool(here.daemon.mutes.in_force(here.desk.clock())) == is_in_force

    run_virtual(play())
