"""Several ways to one answer, started one after another; the first success wins."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

ResultT = TypeVar("ResultT")

Attempt: TypeAlias = Callable[[], Coroutine[Any, Any, ResultT]]


class Race(Generic[ResultT]):
    """Starts the next attempt when the last has failed or `stagger_s` have passed.

    `lose` disposes of a result that came second; attempts still running when it is decided are cancelled.
    """

    def __init__(self, attempts: Sequence[Attempt[ResultT]], stagger_s: float, lose: Callable[[ResultT], None]) -> None:
        self._waiting = list(attempts)
        self._stagger_s = stagger_s
        self._lose = lose
        self._running: set[asyncio.Task[ResultT]] = set()
        self.errors: list[BaseException] = []

    async def winner(self) -> ResultT | None:
        """The first result; None when every attempt has failed, with the reasons in `errors`."""
        won: asyncio.Task[ResultT] | None = None
        try:
            while won is None and (self._waiting or self._running):
                if self._waiting:
                    self._running.add(asyncio.create_task(self._waiting.pop(0)()))
                won = await self._next_success()
        finally:
            for attempt in self._running:
                attempt.cancel()
                attempt.add_done_callback(self._dispose)
        return None if won is None else won.result()

    async def _next_success(self) -> "asyncio.Task[ResultT] | None":
        patience_s = self._stagger_s if self._waiting else None
        done, _ = await asyncio.wait(self._running, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        for attempt in done:
            error = attempt.exception()
            if error is None:
                self._running.discard(attempt)
                return attempt
            self.errors.append(error)
            self._running.discard(attempt)
        return None

    def _dispose(self, attempt: "asyncio.Task[ResultT]") -> None:
        if not attempt.cancelled() and attempt.exception() is None:
            self._lose(attempt.result())
