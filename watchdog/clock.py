"""The only place that reads the wall clock, and the source of ids."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

#: Hands out the present as aware UTC.
Clock = Callable[[], datetime]

#: Hands out ids nobody has seen before: 24 hexadecimal digits.
Ids = Callable[[], str]


def system_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # this is the clock


def random_ids(source: random.Random) -> Ids:
    """Ids from `source`: random.SystemRandom in the daemon, a seeded one in tests."""
    return lambda: f"{source.getrandbits(96):024x}"


def system_pause(seconds: float) -> None:
    """Hold the thread: for the moments before there is a loop."""
    time.sleep(seconds)


def time_limit(seconds: float) -> Callable[[], bool]:
    """Says True once `seconds` have passed: for work outside a loop that must not take longer."""
    end_s = time.monotonic() + seconds
    return lambda: time.monotonic() > end_s


def time_since() -> Callable[[], float]:
    """Says how many seconds have passed since this call."""
    start_s = time.monotonic()
    return lambda: time.monotonic() - start_s
