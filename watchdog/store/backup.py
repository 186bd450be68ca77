"""A copy of the database while it is written to: one moment of it, in one file, that is known to be whole."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from watchdog.store.database_file import Held, look_into, problem_of
from watchdog.store.errors import BackupRefusedError, StoreDamagedError, StoreMissingError, mapped_file_errors
from watchdog.store.strange_folder import entered, hand_over, workshop

#: Pages that are copied in one go; a page is 4 KiB.
PAGES_AT_ONCE = 128

#: What was copied is brought to the disk this often, so that no commit waits behind a whole copy at once.
SYNC_EVERY_PAGES = 2048

#: Between two goes the disk belongs to the daemon.
BREATH_S = 0.002

_BUSY_TIMEOUT_S = 60.0
_OURS_ALONE = 0o600


def back_up(source: Path, target: Path, *, replace: bool, pause: Callable[[float], None]) -> Held:
    """Copy the database at `source` to the new file `target`, and say what the copy holds.

    It is the state of one moment, whatever is committed meanwhile; commits go on, and the journal grows until the copy
    is made. The file appears under its name when it is on the disk and was checked. Costs one reading of the whole
    database and one of the copy. Raises StoreError; BackupRefusedError where `target` may not be made.
    """
    if not source.exists():
        raise StoreMissingError(f"{source}: there is no database to copy; the daemon makes it at its first start")
    _refuse_unless_new(source, target, replace=replace)
    with workshop(target.parent) as place:
        part = place / target.name
        with made_new(part) as file:
            with mapped_file_errors(f"{source}, copied to {target.parent}"), _shared(source) as reading:
                copy_pages(reading, part, file, pause)
            problem = problem_of(part)
            if problem is not None:
                raise StoreDamagedError(f"{source}: its copy is not whole, so the database is damaged: {problem}")
            held = look_into(part)
            os.fsync(file)
        hand_over(part, target)
    return held


def _refuse_unless_new(source: Path, target: Path, *, replace: bool) -> None:
    if target.is_dir():
        raise BackupRefusedError(f"{target}: is a folder; name a file in it, or say --to {target}")
    if target.exists() and (not replace or target.samefile(source)):
        raise BackupRefusedError(f"{target}: is there already; name another file, or say --force")
    if not target.parent.is_dir():
        raise BackupRefusedError(f"{target.parent}: there is no such folder; make it first")


@contextmanager
def made_new(part: Path) -> Iterator[int]:
    """A new file that nobody else may read."""
    with suppress(FileNotFoundError):
        part.unlink()
    file = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OURS_ALONE)
    try:
        yield file
    finally:
        os.close(file)


@contextmanager
def _shared(source: Path) -> Iterator[sqlite3.Connection]:
    """A view of a database that a daemon may be writing to. Files beside it are opened and removed as its owner."""
    with entered(source.parent) as here:
        uri = f"{(here / source.name).absolute().as_uri()}?mode=rw"
        reading = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S)
        try:
            _begin(reading)
        except BaseException:
            reading.close()
            raise
    try:
        yield reading
    finally:
        with entered(source.parent):
            reading.close()


def _begin(reading: sqlite3.Connection) -> None:
    """One view for all that is read from here on: without it each commit would make the copying begin anew."""
    reading.execute("PRAGMA query_only = ON")
    reading.execute("BEGIN")
    reading.execute("SELECT count(*) FROM sqlite_master").fetchone()


def copy_pages(reading: sqlite3.Connection, part: Path, file: int, pause: Callable[[float], None]) -> None:
    """All that `reading` sees at this moment, into the empty `part`, which `file` has open. Raises sqlite3.Error."""
    synced = 0

    def breathe(_status: int, remaining: int, total: int) -> None:
        nonlocal synced
        if total - remaining - synced >= SYNC_EVERY_PAGES:
            synced = total - remaining
            os.fdatasync(file)
        pause(BREATH_S)

    if not reading.in_transaction:
        _begin(reading)
    with closing(sqlite3.connect(part, isolation_level=None)) as writing:
        writing.execute("PRAGMA synchronous = OFF")
        reading.backup(writing, pages=PAGES_AT_ONCE, progress=breathe)
        # The copy is one file, without a journal beside it.
        writing.execute("PRAGMA journal_mode = DELETE")
