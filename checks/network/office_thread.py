"""Work that blocks, in a thread that ends with whoever waits for it."""

import asyncio
import contextlib
import io
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from checks.network.errors import StarvedError

ResultT = TypeVar("ResultT")


async def in_thread(
    work: Callable[[], ResultT], *, name: str, stop: Callable[[], None], ended: Callable[[], None]
) -> ResultT:
    """What `work` answers or raises.

    `stop` is called on the loop once nobody waits any more, whether there is an answer or the time is up: it must make
    `work` return at once. `ended` is called on the loop when the thread is over, which may be later; a file that nobody
    waits for any more is closed. Raises StarvedError where no thread can be had.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[ResultT] = loop.create_future()
    handed = _Handed()

    def over(tell: Callable[[], None]) -> None:
        ended()
        if not outcome.done():
            tell()

    def errand() -> None:
        try:
            answer = work()
            handed.put(answer)
            tell = partial(outcome.set_result, answer)
        except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
            tell = partial(outcome.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed, so nobody waits
            loop.call_soon_threadsafe(over, tell)

    try:
        threading.Thread(target=errand, name=name, daemon=True).start()
    except RuntimeError:
        ended()
        stop()
        raise StarvedError("no threads left on this machine") from None
    try:
        return await outcome
    except BaseException:
        handed.let_go()  # there may be an answer already that comes to nobody
        raise
    finally:
        stop()


class _Handed:
    """An answer between the thread that makes it and whoever waits for it: the last of them closes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer: object = None
        self._is_unwanted = False

    def put(self, answer: object) -> None:
        with self._lock:
            self._answer = answer
            is_unwanted = self._is_unwanted
        if is_unwanted:
            _close(answer)

    def let_go(self) -> None:
        with self._lock:
            self._is_unwanted = True
        _close(self._answer)


def _close(answer: object) -> None:
    if isinstance(answer, io.IOBase):
        answer.close()
