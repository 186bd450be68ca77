"""Delivery loops come and go with the settings, and never two of one name."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from alerts.channel import Channel, Delivered, Outcome
from alerts.message import Notification
from tests.support.virtual_loop import run_virtual
from watchdog.engine.ending import FINISH_WITHIN_S
from watchdog.engine.outgoing import Outgoing


@dataclass(slots=True, eq=False)
class Way:
    """A channel that nobody sends over here."""

    name: str
    timeout_s: float = 10.0

    async def send(self, notification: Notification) -> Outcome:
        return Delivered(notification.id)


@dataclass(slots=True, eq=False)
class Loop:
    """Runs until told to stop, and then for as long as its last send takes."""

    channel: Channel
    wake: asyncio.Event
    lives: "Lives"
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def forever(self) -> None:
        self.lives.begin(self)
        await self.stopping.wait()
        await asyncio.sleep(self.lives.last_send_s.get(self.channel.name, 0))
        self.lives.end(self)

    def stop(self) -> None:
        self.stopping.set()


@dataclass(slots=True)
class Lives:
    """Every loop ever made, and when it began and ended."""

    last_send_s: dict[str, float] = field(default_factory=dict)
    made: list[Loop] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    log: list[tuple[float, str]] = field(default_factory=list)

    def new_loop(self, channel: Channel, wake: asyncio.Event) -> Loop:
        self.made.append(Loop(channel, wake, self))
        return self.made[-1]

    def begin(self, loop: Loop) -> None:
        assert loop.channel.name not in self.running
        self.running.append(loop.channel.name)
        self.log.append((asyncio.get_running_loop().time(), f"{loop.channel.name} begins"))

    def end(self, loop: Loop) -> None:
        self.running.remove(loop.channel.name)
        self.log.append((asyncio.get_running_loop().time(), f"{loop.channel.name} ends"))


def play(lives: Lives, scene: Callable[[Outgoing], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        outgoing = Outgoing(lives.new_loop)
        await scene(outgoing)
        await outgoing.finish()

    run_virtual(whole())


def test_a_channel_that_stays_the_same_goes_on_undisturbed() -> None:
    lives, mail = Lives(), Way("mail")

    async def scene(outgoing: Outgoing) -> None:
        outgoing.configure([mail])
        await asyncio.sleep(1)
        outgoing.configure([mail, Way("sms")])
        await asyncio.sleep(1)

    play(lives, scene)
    assert [loop.channel.name for loop in lives.made] == ["mail", "sms"]


def test_a_changed_channel_waits_for_the_send_of_its_former_loop() -> None:
    lives = Lives({"mail": 5.0})

    async def scene(outgoing: Outgoing) -> None:
        outgoing.configure([Way("mail")])
        await asyncio.sleep(1)
        outgoing.configure([Way("mail")])
        await asyncio.sleep(10)

    play(lives, scene)
    assert lives.log[:3] == [(0, "mail begins"), (6, "mail ends"), (6, "mail begins")]


def test_a_hanging_channel_holds_up_no_other_at_a_reload() -> None:
    lives = Lives({"mail": 9.0})

    async def scene(outgoing: Outgoing) -> None:
        outgoing.configure([Way("mail"), Way("sms")])
        await asyncio.sleep(1)
        outgoing.configure([Way("mail"), Way("sms")])
        await asyncio.sleep(20)

    play(lives, scene)
    assert (1, "sms begins") in lives.log


def test_channels_that_are_gone_end() -> None:
    lives = Lives()

    async def scene(outgoing: Outgoing) -> None:
        outgoing.configure([Way("mail")])
        await asyncio.sleep(1)
        outgoing.configure([])
        await asyncio.sleep(1)
        assert lives.running == []

    play(lives, scene)


def test_waking_reaches_every_loop() -> None:
    lives = Lives()

    async def scene(outgoing: Outgoing) -> None:
        outgoing.configure([Way("mail"), Way("sms")])
        outgoing.wake()

    play(lives, scene)
    assert [loop.wake.is_set() for loop in lives.made] == [True, True]


def test_the_end_waits_for_sends_but_not_for_ever() -> None:
    lives = Lives({"mail": 3600.0})

    async def whole() -> float:
        outgoing = Outgoing(lives.new_loop)
        outgoing.configure([Way("mail")])
        await asyncio.sleep(1)
        await outgoing.finish()
        return asyncio.get_running_loop().time()

    assert run_virtual(whole()) == pytest.approx(1 + FINISH_WITHIN_S)


def test_a_loop_that_breaks_is_raised() -> None:
    class Broken(Loop):
        async def forever(self) -> None:
            raise RuntimeError("channel loop")

    async def whole() -> None:
        outgoing = Outgoing(lambda channel, wake: Broken(channel, wake, Lives()))
        outgoing.configure([Way("mail")])
        await outgoing.run()

    with pytest.raises(RuntimeError, match="channel loop"):
        run_virtual(whole())
