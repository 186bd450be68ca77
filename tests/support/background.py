"""An async thing of a test run in a loop of its own, for tests that talk to real processes meanwhile."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def in_background(thing: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Enter `thing` in the loop of a new thread, and leave it there at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="background")
    thread.start()
    try:
        entered = asyncio.run_coroutine_threadsafe(thing.__aenter__(), loop).result(60)
        try:
            yield entered
        finally:
            asyncio.run_coroutine_threadsafe(_left(thing), loop).result(60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _left(thing: AbstractAsyncContextManager[T]) -> None:
    await thing.__aexit__(None, None, None)
