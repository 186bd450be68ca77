"""One delivery loop per configured channel, started and ended as settings come and go."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from alerts.channel import Channel

#: A send under way when its loop must end may finish within this time; later it is cut off and will repeat.
FINISH_WITHIN_S = 15.0


class Loop(Protocol):
    """alerts.delivery.DeliveryLoop, as far as it is started and ended here."""

    async def forever(self) -> None: ...

    def stop(self) -> None:
        """End after the send under way, if there is one."""


#: Makes the loop of one channel; the event wakes it.
NewLoop = Callable[[Channel, asyncio.Event], Loop]


@dataclass(slots=True)
class _Running:
    loop: Loop
    wake: asyncio.Event
    task: asyncio.Task[None]


class Outgoing:
    """All ways out. A loop that breaks ends the daemon: silence would be worse."""

    def __init__(self, new_loop: NewLoop) -> None:
        self._new_loop = new_loop
        self._running: list[_Running] = []
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def configure(self, channels: Iterable[Channel]) -> None:
        """Take `channels` as all ways out. Loops of the former settings finish what they are sending first."""
        former = self._running
        self._running = [self._start(channel, after=tuple(former)) for channel in channels]

    def wake(self) -> None:
        """There may be something to send."""
        for running in self._running:
            running.wake.set()

    async def run(self) -> None:
        """Wait until a loop breaks, and raise what broke it."""
        await self._failed

    async def finish(self) -> None:
        """Let every send under way end, within FINISH_WITHIN_S."""
        for running in self._running:
            running.loop.stop()
        tasks = [running.task for running in self._running]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=FINISH_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not self._failed.done():
            self._failed.cancel()

    def _start(self, channel: Channel, *, after: tuple[_Running, ...]) -> _Running:
        wake = asyncio.Event()
        loop = self._new_loop(channel, wake)
        task = asyncio.get_running_loop().create_task(self._run_after(loop, after))
        task.add_done_callback(self._ended)
        return _Running(loop, wake, task)

    @staticmethod
    async def _run_after(loop: Loop, former: tuple[_Running, ...]) -> None:
        """Two loops of one channel name never claim rows side by side."""
        for running in former:
            running.loop.stop()
        if former:
            await asyncio.wait([running.task for running in former])
        await loop.forever()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None and not self._failed.done():
            self._failed.set_exception(error)
