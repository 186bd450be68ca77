"""One delivery loop per configured channel, started and ended as settings come and go."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from alerts.channel import Channel
from watchdog.engine.ending import FINISH_WITHIN_S


class Loop(Protocol):
    """alerts.delivery.DeliveryLoop, as far as it is started and ended here."""

    async def forever(self) -> None: ...

    def stop(self) -> None:
        """End after the send under way, if there is one."""


#: Makes the loop of one channel; the event wakes it.
NewLoop = Callable[[Channel, asyncio.Event], Loop]


@dataclass(frozen=True, slots=True)
class _Running:
    channel: Channel
    loop: Loop
    wake: asyncio.Event
    task: asyncio.Task[None]


class Outgoing:
    """All ways out. A loop that breaks ends the daemon: silence would be worse."""

    def __init__(self, new_loop: NewLoop) -> None:
        self._new_loop = new_loop
        self._running: dict[str, _Running] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def configure(self, channels: Iterable[Channel]) -> None:
        """Take `channels` as all ways out. One that is still the same object goes on undisturbed.

        The loop of one that is not finishes what it is sending; only its own successor waits for that.
        """
        former, self._running = self._running, {}
        for channel in channels:
            standing = former.get(channel.name)
            if standing is not None and standing.channel is channel:
                self._running[channel.name] = former.pop(channel.name)
            else:
                self._running[channel.name] = self._start(channel, after=standing)
        for running in former.values():
            running.loop.stop()
            self._ending.add(running.task)

    def wake(self) -> None:
        """There may be something to send."""
        for running in self._running.values():
            running.wake.set()

    async def run(self) -> None:
        """Wait until a loop breaks, and raise what broke it."""
        await self._failed

    async def finish(self) -> None:
        """Let every send under way end, within FINISH_WITHIN_S."""
        for running in self._running.values():
            running.loop.stop()
        tasks = [*(running.task for running in self._running.values()), *self._ending]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=FINISH_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not self._failed.done():
            self._failed.cancel()

    def _start(self, channel: Channel, *, after: _Running | None) -> _Running:
        wake = asyncio.Event()
        loop = self._new_loop(channel, wake)
        task = asyncio.get_running_loop().create_task(self._run_after(loop, after))
        task.add_done_callback(self._ended)
        return _Running(channel, loop, wake, task)

    @staticmethod
    async def _run_after(loop: Loop, former: _Running | None) -> None:
        """Two loops of one channel name never claim rows side by side."""
        if former is not None:
            await asyncio.wait([former.task])
        await loop.forever()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not self._failed.done():
            self._failed.set_exception(error)
