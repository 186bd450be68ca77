"""Work that blocks, in a thread that ends with whoever waits for it."""

import asyncio
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

    def over(tell: Callable[[], None], answer: object) -> None:
        ended()
        if outcome.done():
            _let_go(answer)
        else:
            tell()

    def errand() -> None:
        answer: ResultT | None = None
        try:
            answer = work()
            tell = partial(outcome.set_result, answer)
        except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
            tell = partial(outcome.set_exception, error)
        try:
            loop.call_soon_threadsafe(over, tell, answer)
        except RuntimeError:  # the loop is closed, so nobody waits
            _let_go(answer)

    try:
        threading.Thread(target=errand, name=name, daemon=True).start()
    except RuntimeError:
        ended()
        stop()
        raise StarvedError("no threads left on this machine") from None
    try:
        return await outcome
    finally:
        stop()


def _let_go(answer: object) -> None:
    if isinstance(answer, io.IOBase):
        answer.close()
