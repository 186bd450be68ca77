"""Asking a database for bills: one SELECT in a transaction that is rolled back. It blocks."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import tzinfo
from typing import IO, Any, Final

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from checks.billing.intake.amounts import DecimalMark
from watchdog.billing.source_rows import SourceError, as_list

_AT_ONCE: Final = 1_000
#: How a transaction is told that it may change nothing, by dialect. What knows no such word is rolled back.
_READ_ONLY: Final = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
#: How a query is told when to end by itself, by dialect, so that none runs on where nobody waits any more.
_ENDS: Final = {
    "postgresql": "SET LOCAL statement_timeout = '30s'",
    "mysql": "SET SESSION max_execution_time = 30000",
    "mariadb": "SET SESSION max_statement_time = 30",
}
#: Steps of SQLite's machine between two looks at whether somebody waits.
_SQLITE_STEPS: Final = 10_000


def rows_of_database(
    url: str, query: str, zone: tzinfo, mark: DecimalMark | None, is_over: threading.Event
) -> IO[bytes]:
    """Blocks; gives up between rows once `is_over`. Numbers are written with `mark`.

    Raises SourceError, with nothing of `url` in its words.
    """
    try:
        engine = create_engine(make_url(url), poolclass=NullPool)
    except ModuleNotFoundError as error:
        raise SourceError(f"the driver of this database is not installed: {error.name}") from None
    except (ArgumentError, SQLAlchemyError, ValueError):
        raise SourceError("the URL of the database cannot be read; write it as SQLAlchemy has it") from None
    try:
        with engine.connect() as connection:
            _bind(connection, is_over)
            try:
                return _asked(connection, query, zone, mark, is_over)
            finally:
                connection.rollback()
    except SourceError:
        raise
    except SQLAlchemyError as error:
        # What a driver says may hold the URL or the query's values; its kind is enough to look further.
        raise SourceError(f"the database refused: {type(error).__name__}; try the query by hand") from None
    except Exception as error:  # noqa: BLE001  # drivers raise what they like
        raise SourceError(f"the database cannot be asked: {type(error).__name__}") from None
    finally:
        engine.dispose()


def _bind(connection: Connection, is_over: threading.Event) -> None:
    """To change nothing, and to end."""
    dialect = connection.dialect.name
    for words in (_READ_ONLY.get(dialect), _ENDS.get(dialect)):
        if words is not None:
            connection.exec_driver_sql(words)
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.set_progress_handler(is_over.is_set, _SQLITE_STEPS)


def _asked(
    connection: Connection, query: str, zone: tzinfo, mark: DecimalMark | None, is_over: threading.Event
) -> IO[bytes]:
    result = connection.execution_options(stream_results=True).execute(text(query))

    def rows() -> Iterator[Any]:
        while some := result.fetchmany(_AT_ONCE):
            if is_over.is_set():
                raise SourceError("nobody waits any more")
            yield from some

    return as_list(list(result.keys()), rows(), zone, mark)
