"""Time as a process has it that others push off the cores: what a busy machine takes from it is no lateness of ours."""

import asyncio
import os
import time


class OwnTime:
    """Seconds in which the main thread ran or slept; those in which it was ready and had no core are left out."""

    def __init__(self) -> None:
        # Stays open for the life of the process: it is read many times a second.
        self._schedstat = os.open("/proc/self/schedstat", os.O_RDONLY | os.O_CLOEXEC)

    def without_core_s(self) -> float:
        """How long the main thread has waited for a core in all (schedstat of proc(5))."""
        return int(os.pread(self._schedstat, 100, 0).split()[1]) / 1e9

    def __call__(self) -> float:
        return time.monotonic() - self.without_core_s()

    def close(self) -> None:
        os.close(self._schedstat)


class OwnTimeLoop(asyncio.SelectorEventLoop):
    """A loop of the main thread whose clock stands still while others have the cores, so that due times do, too."""

    def __init__(self) -> None:
        self._own_time = OwnTime()
        super().__init__()

    def time(self) -> float:
        return self._own_time()

    def close(self) -> None:
        if not self.is_closed():
            self._own_time.close()
        super().close()
