"""All of watchdog/store/newest_schema.sql: `python -m tests.support.newest_schema` writes it anew."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, create_engine

from watchdog.store.schema import upgrade

FILE = Path(__file__).parents[2] / "watchdog" / "store" / "newest_schema.sql"


def statements() -> Sequence[str]:
    """What lays the tables that all migrations make, one after the other, and what they write into them."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            upgrade(connection, None, "nothing")
            return laid(connection)
    finally:
        engine.dispose()


def laid(connection: Connection) -> Sequence[str]:
    """Everything that is in a database, each statement in one line."""
    raw = connection.connection.driver_connection
    assert raw is not None
    lines = (" ".join(statement.split()) for statement in raw.iterdump())
    return [line.replace(" ;", ";") for line in lines if line not in {"BEGIN TRANSACTION;", "COMMIT;"}]


if __name__ == "__main__":
    FILE.write_text("".join(f"{statement}\n" for statement in statements()))
