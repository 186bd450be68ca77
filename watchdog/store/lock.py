"""One daemon per state folder."""

import errno
import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.clock import system_pause
from watchdog.store.errors import AlreadyRunningError, StoreError
from watchdog.store.strange_folder import refuse_strange

LOCK_NAME = "nigehban.lock"

_TRIES = 5
_BETWEEN_TRIES_S = 0.05


class StateLock:
    """Holds `folder` from construction until `release`, or until the kernel sees the process end.

    Makes the folder (0700) where it is missing. Raises AlreadyRunningError where another process holds it, and
    StoreError for a lock that is a link, and to root in a folder of somebody else (see `strange_folder.entered`; the
    folder is then called `named`). The lock file stays: removing it would let two holders lock two files of one name.
    """

    def __init__(
        self, folder: Path, *, pause: Callable[[float], None] = system_pause, named: Path | None = None
    ) -> None:
        self.folder = named or folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_strange(folder)
        self._file = self._opened(folder / LOCK_NAME)
        if not self._taken(pause):
            pid = self._holder()
            os.close(self._file)
            raise AlreadyRunningError(self.folder, pid)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def _opened(self, path: Path) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            text = "is a link, and what it leads to would be overwritten; the lock is a plain file: remove the link"
            raise StoreError(f"{self.folder / LOCK_NAME}: {text}") from error

    def _taken(self, pause: Callable[[float], None]) -> bool:
        """Whether the lock is ours now. A few tries: `is_held` holds it too, for the instant it looks."""
        for turn in range(_TRIES):
            if turn:
                pause(_BETWEEN_TRIES_S)
            with suppress(BlockingIOError):
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
        return False

    def release(self) -> None:
        os.ftruncate(self._file, 0)
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.release()

    def _holder(self) -> int | None:
        """Who wrote its number there: None in the instant between a holder's lock and its writing."""
        text = os.pread(self._file, 32, 0).strip()
        return int(text) if text.isdigit() else None


def is_held(folder: Path) -> bool:
    """Whether a daemon runs on `folder` now. A folder that is not there, or not ours to read, has none we can see."""
    try:
        file = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
