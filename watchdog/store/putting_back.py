"""Another database in the place of the one that is there, in one step that a kill cannot halve.

The new file is made ready under a name of its own, with all that has to be known of it inside; from the moment it has
that name, the exchange is certain, and a start that finds it finishes what was begun. Nothing is ever deleted: what was
there is moved aside, journal and all.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alerts.restored import Restoration
from watchdog.store import restorations
from watchdog.store.backup import copy_pages, made_new
from watchdog.store.database import DATABASE_NAME, open_database
from watchdog.store.database_file import Held, look_into, opened_as_it_is, problem_at_rest
from watchdog.store.errors import (
    BackupRefusedError,
    StoreBrokenError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    mapped_file_errors,
)
from watchdog.store.opened import opened
from watchdog.store.strange_folder import entered, fetched, hand_over, is_strange, sync_folder, workshop

#: Begins the name of a database that is ready to be put in place; its end names the folder of the former one.
READY = f"{DATABASE_NAME}.ready-"

#: What was moved out of the way lies here, in a folder per time.
ASIDE_NAME = "set-aside"

_PART_NAME = f"{DATABASE_NAME}.part"
_JOURNALS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """What was done."""

    restoration: Restoration
    taken_for_told: int
    """Messages that waited in the copy and are not sent."""
    aside: Path | None
    """Where the former database lies now; None where there was none."""
    held: Held | None = None
    """What the copy held; None where there was none."""


def put_back(folder: Path, copy: Path, *, id_: str, at: datetime, why: str = "") -> PutBack:
    """`copy` takes the place of the database in `folder`; hold its StateLock.

    Raises StoreError, and changes nothing then: BackupRefusedError for a file that is not there, not whole or holds
    what a start could not read, StoreTooNewError for one of a newer program.
    """
    if not copy.is_file():
        raise BackupRefusedError(f"{copy}: there is no such file")
    with _part(folder) as part, _readable(copy) as readable:
        if problem := problem_at_rest(readable):
            raise BackupRefusedError(f"{copy}: this copy is damaged itself: {problem}")
        held = look_into(readable)
        restoration = Restoration(id=id_, at=at, copied_at=held.newest or at, source=copy.name, why=why)
        with mapped_file_errors(f"{copy}, copied to {folder}"):
            _copy(readable, part)
        restoration, told = _marked(part, restoration)
        _refuse_unreadable(part, copy)
        _make_ready(part, folder, at)
    return PutBack(restoration=restoration, taken_for_told=told, aside=finish_exchange(folder), held=held)


@contextmanager
def _readable(copy: Path) -> Iterator[Path]:
    """`copy`, or where root has to do with a folder of somebody else, a copy of it in one of ours."""
    if not is_strange(copy.parent):
        yield copy
        return
    with workshop(copy.parent) as place:
        yield fetched(copy, place)


def _copy(copy: Path, part: Path) -> None:
    with opened_as_it_is(copy) as reading, made_new(part) as file:
        copy_pages(reading, part, file, _at_once)


def _marked(part: Path, restoration: Restoration) -> tuple[Restoration, int]:
    """`part` knows that it was put back. Answers what it knows, and how many messages are taken for told."""
    with closing(open_database(part)) as database, database.write() as connection:
        restoration = replace(restoration, open_then=restorations.open_incidents(connection))
        told = restorations.take_for_told(connection, restoration.at)
        restorations.mark(connection, restoration)
    return restoration, told


def _refuse_unreadable(part: Path, copy: Path) -> None:
    """In its place it would be taken for damaged at each start, and exchanged for itself for ever."""
    try:
        opened(part).store.close()
    except StoreDamagedError as error:
        raise BackupRefusedError(f"{copy}: this copy cannot be read: {error}") from error


def begin_empty(folder: Path, *, id_: str, at: datetime, why: str) -> PutBack:
    """A new database takes the place of one that is damaged, where no copy can. Raises StoreError."""
    restoration = Restoration(id=id_, at=at, copied_at=None, source="", why=why)
    with _part(folder) as part:
        with made_new(part):
            pass
        with closing(open_database(part)) as database, database.write() as connection:
            restorations.mark(connection, restoration)
        _make_ready(part, folder, at)
    return PutBack(restoration=restoration, taken_for_told=0, aside=finish_exchange(folder))


def put_back_newest(
    folder: Path, copies: Sequence[Path], *, id_: str, at: datetime, why: str, refused: Callable[[StoreError], None]
) -> PutBack:
    """The first of `copies` that will do, else an empty database. Raises StoreFullError where there is no room."""
    for copy in copies:
        try:
            return put_back(folder, copy, id_=id_, at=at, why=why)
        except StoreFullError:
            raise
        except StoreError as error:
            refused(error)
    return begin_empty(folder, id_=id_, at=at, why=why)


def finish_exchange(folder: Path) -> Path | None:
    """Puts a database that is ready in place; call it at every start. Answers where the former one lies."""
    with entered(folder) as here:
        aside = _exchanged(here)
        return None if aside is None else folder / aside.relative_to(here)


def _exchanged(folder: Path) -> Path | None:
    ready = max(folder.glob(f"{READY}*"), default=None)
    if ready is None:
        return None
    database, aside = folder / DATABASE_NAME, folder / ASIDE_NAME / ready.name.removeprefix(READY)
    former = [one for one in (database, *_beside(database)) if one.exists()]
    if former:
        aside.parent.mkdir(mode=0o700, exist_ok=True)
        aside.mkdir(mode=0o700, exist_ok=True)
        for one in former:
            one.rename(aside / one.name)
        sync_folder(aside)
    ready.rename(database)
    sync_folder(folder)
    return aside if aside.exists() else None


@contextmanager
def _part(folder: Path) -> Iterator[Path]:
    if is_strange(folder):
        with workshop(folder) as place:
            yield place / _PART_NAME
        return
    part = folder / _PART_NAME
    _remove(part)
    try:
        yield part
    finally:
        _remove(part)


def aside_folder(folder: Path, at: datetime) -> Path:
    """Where what is exchanged at `at` will lie."""
    return folder / ASIDE_NAME / _stamp(at)


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _make_ready(part: Path, folder: Path, at: datetime) -> None:
    """From here on there is no way back."""
    if any(one.exists() for one in _beside(part)):
        raise StoreBrokenError(f"{part}: its journal could not be written into it")
    file = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    hand_over(part, folder / (READY + _stamp(at)))


def _beside(database: Path) -> list[Path]:
    return [database.with_name(database.name + end) for end in _JOURNALS]


def _remove(part: Path) -> None:
    for one in (part, *_beside(part)):
        one.unlink(missing_ok=True)


def _at_once(_seconds: float) -> None:
    """Nothing else wants the disk."""
