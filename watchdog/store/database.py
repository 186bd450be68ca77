"""Connections to one SQLite file: how they are set up, how transactions begin, which errors leave."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from watchdog.store.errors import (
    StoreBrokenError,
    StoreDamagedError,
    StoreMissingError,
    StoreUnreadableError,
    mapped_errors,
)
from watchdog.store.schema import migrate, refuse_other_schemas
from watchdog.store.strange_folder import entered, is_strange

DATABASE_NAME = "nigehban.sqlite3"

_BUSY_TIMEOUT_S = 5.0
_JOURNAL_LIMIT_B = 64 * 1024 * 1024
_BEGIN = "nigehban_begin"
_MEMORY = "memory"


class Database:
    """One writing connection and one reading connection, each behind a lock of its own.

    In memory both are the same connection, so that the virtual-time tests run the very same code.
    """

    def __init__(self, name: str, writing: Engine, reading: Engine | None = None) -> None:
        self.name = name
        self._broken: StoreBrokenError | StoreDamagedError | None = None
        self._engines = [engine for engine in (writing, reading) if engine is not None]
        self._writer_lock = threading.Lock()
        self._reader_lock = self._writer_lock if reading is None else threading.Lock()
        with mapped_errors(name):
            self._writer = writing.connect()
            self._peeker = writing.connect().execution_options(**{_BEGIN: "BEGIN"})
            self._reader = self._peeker if reading is None else reading.connect()

    @property
    def folder(self) -> Path | None:
        """Where it lies; None in memory."""
        return None if self.name == _MEMORY else Path(self.name).parent

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, holding the write lock from its start: all of it is stored when this ends, or nothing.

        Raises StoreBusyError, StoreFullError, StoreBrokenError, StoreDamagedError, StoreRefusedError. After
        StoreBrokenError and StoreDamagedError every later call raises it again: nobody knows what a failed sync left
        on disk, and what is written into a damaged file is written for nobody.
        """
        with self._writer_lock:
            if self._broken is not None:
                raise type(self._broken)(*self._broken.args)
            try:
                with mapped_errors(self.name), self._writer.begin():
                    yield self._writer
            except StoreUnreadableError:
                raise
            except (StoreBrokenError, StoreDamagedError) as error:
                self._broken = type(error)(f"{error}; nothing more is written until a restart")
                raise

    @contextmanager
    def peek(self) -> Iterator[Connection]:
        """A short look from the writing side: needs no write lock, never waits for listings."""
        with self._writer_lock, self._legible(), self._peeker.begin():
            yield self._peeker

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view for listings; refuses to write, never delays a commit."""
        with self._reader_lock, self._legible(), self._reader.begin():
            yield self._reader

    @contextmanager
    def _legible(self) -> Iterator[None]:
        try:
            with mapped_errors(self.name):
                yield
        except (ValueError, KeyError) as error:
            unread = "holds a value this program cannot read (is it of a newer version?)"
            raise StoreUnreadableError(f"{self.name}: {unread}: {error}") from error

    def close(self) -> None:
        with ExitStack() as closing:
            for engine in self._engines:
                closing.callback(engine.dispose)
            for connection in {id(c): c for c in (self._writer, self._peeker, self._reader)}.values():
                closing.callback(connection.close)


def open_memory() -> Database:
    """A database that lives as long as the process."""
    engine = _engine("sqlite://", begin="BEGIN IMMEDIATE", pragmas=("foreign_keys = ON",))
    return _migrated(Database(_MEMORY, engine))


def open_database(path: Path, busy_timeout_s: float = _BUSY_TIMEOUT_S) -> Database:
    """The database at `path`, made or migrated where needed. Raises StoreError.

    synchronous=FULL: a commit is on disk before it returns (https://www.sqlite.org/pragma.html#pragma_synchronous).
    """
    _keep_private(path)
    busy = f"busy_timeout = {round(busy_timeout_s * 1000)}"
    pragmas = (busy, "journal_mode = WAL", "synchronous = FULL", f"journal_size_limit = {_JOURNAL_LIMIT_B}")
    writing = _engine(_url(path), begin="BEGIN IMMEDIATE", pragmas=(*pragmas, "foreign_keys = ON"))
    reading = _engine(_url(path), begin="BEGIN", pragmas=(busy, "query_only = ON"))
    return _migrated(Database(str(path), writing, reading))


def _keep_private(path: Path) -> None:
    """Whoever is told of what stands in it. SQLite gives its log and index beside it the same mode.

    What cannot be done here is said by whoever opens the file next.
    """
    with suppress(OSError):
        path.touch(mode=0o600)
        path.chmod(0o600)


def open_listing_database(path: Path, busy_timeout_s: float = _BUSY_TIMEOUT_S) -> Database:
    """The database at `path` for looking only, whether a daemon runs or not.

    Raises StoreMissingError, and StoreTooOldError or StoreTooNewError where only another program can read it.
    """
    if not path.exists():
        raise StoreMissingError(f"{path}: there is no database yet; the daemon makes it at its first start")
    pragmas = (f"busy_timeout = {round(busy_timeout_s * 1000)}", "query_only = ON")
    connect = partial(_connected_as_owner, path) if is_strange(path.parent) else None
    database = Database(str(path), _engine(_url(path), begin="BEGIN", pragmas=pragmas, connect=connect))
    return _checked(database, refuse_other_schemas)


def _connected_as_owner(path: Path) -> sqlite3.Connection:
    """With all that it opens by name already open: root opens nothing by a name in a folder of somebody else."""
    with entered(path.parent) as here:
        connection = sqlite3.connect(here / path.name, check_same_thread=False, isolation_level=None)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def _migrated(database: Database) -> Database:
    return _checked(database, migrate)


def _checked(database: Database, check: Callable[[Database], None]) -> Database:
    try:
        check(database)
    except BaseException:
        database.close()
        raise
    return database


def _url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _engine(
    url: str | URL, *, begin: str, pragmas: tuple[str, ...], connect: Callable[[], sqlite3.Connection] | None = None
) -> Engine:
    engine = create_engine(
        url,
        **({} if connect is None else {"creator": connect}),
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "isolation_level": None},
        json_serializer=json.dumps,
    )

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    # sqlite3's own transactions begin late and not before DDL; we say when, and with which lock.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, begin))

    return engine
