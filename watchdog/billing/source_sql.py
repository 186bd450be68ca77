"""Asking a database for bills: one SELECT in a transaction that is rolled back. It blocks."""

import threading
from collections.abc import Iterator
from datetime import tzinfo
from typing import IO, Any, Final

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from watchdog.billing.source_rows import SourceError, as_list

_AT_ONCE: Final = 1_000
#: How a transaction is told that it may change nothing, by dialect. What knows no such word is rolled back.
_READ_ONLY: Final = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}


def rows_of_database(url: str, query: str, zone: tzinfo, is_over: threading.Event) -> IO[bytes]:
    """Blocks; gives up between rows once `is_over`. Raises SourceError, with nothing of `url` in its words."""
    try:
        engine = create_engine(make_url(url), poolclass=NullPool)
    except ModuleNotFoundError as error:
        raise SourceError(f"the driver of this database is not installed: {error.name}") from None
    except (ArgumentError, SQLAlchemyError, ValueError):
        raise SourceError("the URL of the database cannot be read; write it as SQLAlchemy has it") from None
    try:
        with engine.connect() as connection:
            if (words := _READ_ONLY.get(engine.dialect.name)) is not None:
                connection.exec_driver_sql(words)
            try:
                return _asked(connection, query, zone, is_over)
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


def _asked(connection: Connection, query: str, zone: tzinfo, is_over: threading.Event) -> IO[bytes]:
    result = connection.execution_options(stream_results=True).execute(text(query))

    def rows() -> Iterator[Any]:
        while some := result.fetchmany(_AT_ONCE):
            if is_over.is_set():
                raise SourceError("nobody waits any more")
            yield from some

    return as_list(list(result.keys()), rows(), zone)
