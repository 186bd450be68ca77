"""What can go wrong with the store, in the words of whoever must act.

StoreError
├── StoreBusyError       another process holds the file; try again
├── StoreFullError       no room; try again once there is
├── StoreBrokenError     the disk failed; stop writing, start anew
├── StoreDamagedError    the file is not what we wrote
│   ├── StoreForeignError     it is whole, and somebody else's
│   └── StoreUnreadableError  SQLite finds it in order, and a value in it is none of ours
├── StoreRefusedError    rows that contradict each other: our own bug
├── StoreMissingError    no database there yet
├── StoreTooOldError     written by an older program, and we may only read
├── StoreTooNewError     written by a newer program
├── BackupRefusedError   a copy that may not be made, or not be put in place
└── AlreadyRunningError  the state folder has a holder
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import StatementError


class StoreError(Exception):
    """Nothing of the call was stored, as far as can be known; every verb may be called again."""


class StoreBusyError(StoreError):
    """Another process held the database longer than the busy timeout."""


class StoreFullError(StoreError):
    """The disk has no room for the change."""


class StoreBrokenError(StoreError):
    """Reading or writing failed below us. What a failed sync left on disk is unknown, so nothing more is written."""


class StoreDamagedError(StoreError):
    """The file is not a database of ours, or no longer a whole one."""


class StoreForeignError(StoreDamagedError):
    """A whole database that is none of ours: moving it out of the way is not for us to decide."""


class StoreUnreadableError(StoreDamagedError):
    """A value that this program cannot read. The file takes what is written, and only what needs that value fails."""


class StoreRefusedError(StoreError):
    """The change contradicts what is stored, say a notification of an incident nobody committed."""


class StoreMissingError(StoreError):
    """There is no database at that place."""


class StoreTooOldError(StoreError):
    """The database must be migrated first, which only the daemon does."""


class StoreTooNewError(StoreError):
    """The database has a schema this program does not know."""


class BackupRefusedError(StoreError):
    """A copy that would overwrite something, or a file that is no copy of ours."""


class AlreadyRunningError(StoreError):
    """Another daemon holds the state folder. `pid` is None while the holder is still starting."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        self.folder = folder
        self.pid = pid
        holder = f"process {pid}" if pid is not None else "another process"
        super().__init__(f"{folder}: {holder} already runs on this state folder; stop it, or name another with --state")


#: Primary result codes of SQLite (https://www.sqlite.org/rescode.html).
_BY_CODE: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (StoreBusyError, "another process holds the database locked"),
    sqlite3.SQLITE_LOCKED: (StoreBusyError, "another connection holds the database locked"),
    sqlite3.SQLITE_FULL: (StoreFullError, "no room left on the disk"),
    sqlite3.SQLITE_IOERR: (StoreBrokenError, "the disk failed to read or write"),
    sqlite3.SQLITE_CANTOPEN: (StoreBrokenError, "the file cannot be opened"),
    sqlite3.SQLITE_READONLY: (StoreBrokenError, "the file may not be written"),
    sqlite3.SQLITE_PERM: (StoreBrokenError, "access was refused"),
    sqlite3.SQLITE_NOMEM: (StoreBrokenError, "no memory left"),
    sqlite3.SQLITE_CORRUPT: (StoreDamagedError, "the file is damaged"),
    sqlite3.SQLITE_NOTADB: (StoreDamagedError, "the file is not a database"),
    sqlite3.SQLITE_CONSTRAINT: (StoreRefusedError, "the change contradicts what is stored"),
}

#: The shared index beside the file could not grow. SQLite calls that an I/O error, yet what is missing is room.
_NO_ROOM_FOR_INDEX = sqlite3.SQLITE_IOERR_SHMSIZE

_PRIMARY_CODE = 0xFF


@contextmanager
def mapped_errors(place: str) -> Iterator[None]:
    """The one border where SQLite's errors become ours; `place` begins the message, and no value stands in it."""
    try:
        yield
    except StatementError as error:
        raise _mapped(place, error.orig) from error


@contextmanager
def mapped_file_errors(place: str) -> Iterator[None]:
    """The same for SQLite asked directly, where a whole file is looked at or copied."""
    try:
        yield
    except sqlite3.Error as error:
        raise _mapped(place, error) from error


#: How Python's driver words text whose bytes are none; it has no code, and quotes the text.
_NO_TEXT = "Could not decode to UTF-8"


def _mapped(place: str, error: BaseException | None) -> StoreError:
    if str(error).startswith(_NO_TEXT):
        return StoreUnreadableError(f"{place}: holds text that cannot be read: the file is damaged")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code == _NO_ROOM_FOR_INDEX:
        code = sqlite3.SQLITE_FULL
    kind, meaning = _BY_CODE.get(code & _PRIMARY_CODE, (StoreRefusedError, "the change cannot be stored"))
    return kind(f"{place}: {meaning} ({error})")
