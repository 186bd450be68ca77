"""Coroutines that have nothing to wait for, driven without a loop."""

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What `work` comes to. Fails where it waits for anything."""
    try:
        work.send(None)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]  # StopIteration is not generic
    work.close()
    raise AssertionError("it waits")
