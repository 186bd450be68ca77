"""The only place that reads the wall clock, and the source of ids."""

import ctypes
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

#: adjtimex(2): the clock is not synchronised.
TIME_ERROR: Final = 5
_TIMEX_BYTES: Final = 1024  # struct timex is 208 bytes on 64-bit Linux; the kernel writes no more than that

_TIMESYNC_FILE: Final = Path("/run/systemd/timesync/synchronized")

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


def since_boot_s() -> float:
    """Seconds since the machine was started, those in which it was suspended included (clock_gettime(2))."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def kernel_clock_state() -> int:
    """adjtimex(2) without changing anything; 5 is an unsynchronised clock, -1 where it may not be asked."""
    library = ctypes.CDLL(None, use_errno=True)
    answer: int = library.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return answer


def is_vouched_for(since: datetime) -> bool:
    """Whether a time service has set or confirmed the wall clock since it showed `since`.

    The kernel forgets that it is synchronised as soon as somebody sets the clock by hand (ntp_clear in the kernel's
    do_settimeofday64), so its word is one of after that. Under a filter of system calls it may not be asked (the unit's
    ProtectClock=yes; systemd/chrony.conf lifts that); then systemd-timesyncd's file says it, touched at each
    synchronisation (systemd-timesyncd.service(8)); touched later than now, it was so by another clock.
    """
    if 0 <= kernel_clock_state() < TIME_ERROR:
        return True
    try:
        return since.timestamp() <= _TIMESYNC_FILE.stat().st_mtime <= system_clock().timestamp()
    except OSError:
        return False
