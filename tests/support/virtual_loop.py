"""Virtual time: an event loop that never waits, so that months of sleeping run in seconds.

    def test_a_day_passes() -> None:
        clock = virtual_clock()                      # aware UTC, moves with the loop

        async def day() -> datetime:
            await asyncio.sleep(86_400)
            return clock()

        assert run_virtual(day()) == EPOCH + timedelta(days=1)

Timers, sleeps and asyncio.timeout work as always. Threads do not exist here: an executor's work runs at once, in
place, and takes no time; sockets never become ready. Hand in fakes for what does I/O.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from watchdog.clock import Clock

T = TypeVar("T")

#: When virtual time begins, unless told otherwise: a Wednesday of the ten-day blackout, 09:00 in Peshawar.
EPOCH = datetime(2017, 10, 18, 4, 0, tzinfo=UTC)

#: Passes of the loop at one instant; more is a busy loop, not work.
MAX_PASSES_AT_ONE_INSTANT = 200_000


class DeadlockError(Exception):
    """Nothing is scheduled, and the goal is not reached: whoever waits would wait for ever."""


class BusyLoopError(Exception):
    """The loop runs round and round without any time passing."""


class _Leap(selectors.SelectSelector):
    """Instead of waiting for `timeout`, moves the clock on by it. No file ever becomes ready."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self._passes = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise DeadlockError(f"nothing scheduled at {self.now_s} s of virtual time")
        self._passes = 0 if timeout > 0 else self._passes + 1
        if self._passes > MAX_PASSES_AT_ONE_INSTANT:
            raise BusyLoopError(f"{self._passes} passes at {self.now_s} s of virtual time")
        self.now_s += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time() begins at 0 and jumps from timer to timer."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        return self._leap.now_s

    def stall(self, seconds: float) -> None:
        """Time passes, and nothing runs: the process was stopped, or something held the loop."""
        self._leap.now_s += seconds

    def run_in_executor(self, executor: object, func: Callable[..., T], *args: object) -> asyncio.Future[T]:
        del executor
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  # belongs to whoever awaits
            done.set_exception(error)
        return done


def virtual_clock(start: datetime = EPOCH) -> Clock:
    """The wall clock that goes with the running loop: `start` when the loop's time is 0."""
    return lambda: start + timedelta(seconds=asyncio.get_running_loop().time())


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end in virtual time; other tasks are cancelled then, as asyncio.run does.

    Raises DeadlockError or BusyLoopError where real time would pass for ever.
    """
    failures: list[Mapping[str, Any]] = []
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.get_loop().set_exception_handler(lambda _loop, context: failures.append(context))
        result = runner.run(main)
    if failures:
        raise AssertionError(f"unheard failures in the loop: {failures}")
    return result
