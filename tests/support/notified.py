"""A service manager that listens: what a daemon tells it, and when."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Manager:
    """NOTIFY_SOCKET's other end."""

    listening: socket.socket
    watchdog_s: float

    @property
    def environ(self) -> dict[str, str]:
        """What a unit with WatchdogSec= gives its main process; WATCHDOG_PID cannot be known before there is one."""
        return {
            "NOTIFY_SOCKET": str(self.listening.getsockname()),
            "WATCHDOG_USEC": str(int(self.watchdog_s * 1_000_000)),
        }

    def next(self, within_s: float) -> str | None:
        """The next datagram; None where none comes in time."""
        self.listening.settimeout(within_s)
        try:
            return self.listening.recv(4096).decode()
        except TimeoutError:
            return None

    def wait(self, state: str, within_s: float = 60.0) -> str:
        """The first datagram that tells of `state`."""
        while (told := self.next(within_s)) is not None:
            if state in told.split("\n"):
                return told
        raise TimeoutError(f"no {state} within {within_s:g} s")


@contextmanager
def listening_manager(folder: Path, watchdog_s: float) -> Iterator[Manager]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(folder / "notify"))
        yield Manager(listening, watchdog_s)
