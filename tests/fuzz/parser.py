"""What is fuzzed: a parser of outside bytes, what it may raise, and bytes to begin with."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

Feed: TypeAlias = Callable[[bytes], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """`feed` may raise what `refusals` names; anything else is a defect."""

    name: str
    feed: Feed
    refusals: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]

    def digest(self, data: bytes) -> bool:
        """Whether the parser took `data`; False where it refused it in the way it documents."""
        try:
            self.feed(data)
        except self.refusals:
            return False
        return True


def on_a_loop(work: Callable[[bytes], Coroutine[Any, Any, object]]) -> Feed:
    """A feed for a protocol that needs a running loop; one loop for all its inputs."""
    return partial(_run, work, asyncio.new_event_loop())


def _run(work: Callable[[bytes], Coroutine[Any, Any, object]], loop: asyncio.AbstractEventLoop, data: bytes) -> object:
    return loop.run_until_complete(work(data))
