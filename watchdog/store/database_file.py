"""A database as a file that nobody writes to: whether it is whole, and what it holds."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watchdog.store.columns import from_us
from watchdog.store.errors import StoreDamagedError, mapped_file_errors

#: How often a check looks at its time, in steps of SQLite's machine: some 10 ms.
_STEPS_PER_LOOK = 100_000

_HEAD_BYTES = 100
_MAGIC = b"SQLite format 3\0"

#: Where instants stand that say how new a database is.
_INSTANTS = (
    ("observations", "observed_at"),
    ("events", "at"),
    ("deliveries", "at"),
    ("outbox", "created_at"),
    ("subjects", "seen_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a database holds."""

    size_b: int
    revision: str | None
    """Of its schema; None where it is none of ours."""
    newest: datetime | None
    """The newest thing in it: up to then the state is in it."""
    subjects: int
    open_incidents: int
    waiting: int
    """Messages that nobody was sent yet."""


def problem_of(path: Path, ran_out: Callable[[], bool] | None = None) -> str | None:
    """What SQLite's whole integrity check finds first; None where it finds nothing before `ran_out` says so.

    Costs a reading of the whole file, and a look-up of each row in each index. Raises StoreError where it cannot be
    looked at.
    """
    try:
        with opened_as_it_is(path) as connection:
            if ran_out is not None:
                connection.set_progress_handler(ran_out, _STEPS_PER_LOOK)
            found: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except UnicodeDecodeError:  # in SQLite's own message, which quotes what it found
        return "what should be text is none"
    except sqlite3.Error as error:
        match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
            case sqlite3.SQLITE_INTERRUPT:
                return None
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR:
                return str(error)
            case _:
                with mapped_file_errors(str(path)):
                    raise
    return None if found == "ok" else found.replace("\n", "; ")


def problem_at_rest(path: Path, ran_out: Callable[[], bool] | None = None) -> str | None:
    """The same for a file that this process has not open: opening it once more would let go of SQLite's locks."""
    return _strange_head(path) or problem_of(path, ran_out)


def _strange_head(path: Path) -> str | None:
    """No head of ours, or format versions that SQLite takes for those of a later age, to be read and never written.

    https://www.sqlite.org/fileformat2.html#file_format_version_numbers
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head and not head.startswith(_MAGIC):
        return "it is no database at all"
    versions = head[18:20]
    return None if not head or set(versions) <= {1, 2} else f"its head names the format {versions.hex(' ')}"


def look_into(path: Path) -> Held:
    """Raises StoreDamagedError where it is no database of ours, or cannot be read."""
    tables = tables_of(path)
    with mapped_file_errors(str(path)), opened_as_it_is(path) as connection:
        if not {"alembic_version", "subjects", "incidents", "outbox"} <= tables:
            raise StoreDamagedError(f"{path}: a database, but not one of Nigehban's")

        def number(query: str) -> int:
            counted: int = connection.execute(query).fetchone()[0]
            return counted

        instants = [
            connection.execute(f"SELECT max({column}) FROM {table}").fetchone()[0]  # noqa: S608  # names of ours
            for table, column in _INSTANTS
            if table in tables
        ]
        newest = max((one for one in instants if one is not None), default=None)
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return Held(
            size_b=path.stat().st_size,
            revision=revision[0] if revision else None,
            newest=None if newest is None else from_us(newest),
            subjects=number("SELECT count(*) FROM subjects"),
            open_incidents=number("SELECT count(*) FROM incidents WHERE closed_at IS NULL"),
            waiting=number("SELECT count(*) FROM outbox WHERE ended_at IS NULL"),
        )


def tables_of(path: Path) -> frozenset[str]:
    """Their names. Raises StoreError."""
    with mapped_file_errors(str(path)), opened_as_it_is(path) as connection:
        return frozenset(name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))


@contextmanager
def opened_as_it_is(path: Path) -> Iterator[sqlite3.Connection]:
    """For looking. A file that has no journal beside it is taken as it is, wherever it lies, and nothing is made."""
    has_journal = os.path.exists(f"{path}-wal")  # noqa: PTH110  # a name beside it, no path of its own
    mode = "mode=rw" if has_journal else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=5)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        yield connection
