"""Opening the state at a start: only a database that is whole, else the newest copy that is, else an empty one."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog

from watchdog.store.database import DATABASE_NAME
from watchdog.store.database_file import problem_at_rest
from watchdog.store.errors import StoreDamagedError, StoreError, StoreForeignError
from watchdog.store.opened import Opened, opened
from watchdog.store.putting_back import aside_folder, finish_exchange, put_back_newest

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: A daemon that met damage while it ran leaves what it met here, for a large file is not checked whole at the start.
_MARK_NAME = "nigehban.damaged"


def open_sound(
    folder: Path,
    copies: Callable[[datetime], Sequence[Path]],
    *,
    id_: str,
    at: datetime,
    ran_out: Callable[[], bool],
) -> Opened:
    """The store of a state folder whose StateLock is held; `copies` lists what there is, the one to take first first.

    It is asked only where one is needed, with `at`; what cannot be listed is none.

    A database that is damaged is moved aside, never deleted. Checking it ends when `ran_out` says so, and what was not
    reached then is met later: see `leave_mark`. Raises StoreError: a database that is somebody else's, newer than this
    program, locked, or on a disk that is full or broken, is left as it is.
    """
    finish_exchange(folder)
    problem = _problem(folder, ran_out)
    if problem is None:
        try:
            return opened(folder / DATABASE_NAME)
        except StoreForeignError:
            raise
        except StoreDamagedError as error:
            problem = str(error)
    aside = aside_folder(folder, at)
    log.error("the database is damaged", problem=problem, aside=str(aside))
    why = f"{folder / DATABASE_NAME} is damaged ({problem}). It was moved to {aside}, for whoever can save more of it."
    done = put_back_newest(folder, _listed(copies, at), id_=id_, at=at, why=why, refused=_log_refused)
    (folder / _MARK_NAME).unlink(missing_ok=True)
    log.error("the state was put back", copy=done.restoration.source or "none", copied_at=done.restoration.copied_at)
    return opened(folder / DATABASE_NAME)


def _listed(copies: Callable[[datetime], Sequence[Path]], at: datetime) -> Sequence[Path]:
    try:
        return copies(at)
    except OSError as error:
        log.error("copies cannot be looked for", error=str(error))
        return ()


def leave_mark(folder: Path, error: StoreDamagedError) -> None:
    """What a running daemon met, so that the next start does not trust this database.

    A disk that is full keeps the words out, but hardly ever the file, and that it is there is enough. Raises OSError.
    """
    mark = folder / _MARK_NAME
    mark.touch()
    with suppress(OSError):
        mark.write_text(f"{error}\n", "utf-8")


def _problem(folder: Path, ran_out: Callable[[], bool]) -> str | None:
    database, mark = folder / DATABASE_NAME, folder / _MARK_NAME
    if not database.exists():
        return None
    if mark.exists():
        return mark.read_text("utf-8", "replace").strip() or "damage was met while it was in use"
    return problem_at_rest(database, ran_out)


def _log_refused(error: StoreError) -> None:
    log.error("a copy will not do", error=str(error))
