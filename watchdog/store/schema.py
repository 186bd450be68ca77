"""Which schema a file has, and the way to ours."""

from contextlib import AbstractContextManager
from importlib.resources import files
from typing import Protocol

from sqlalchemy import Connection, inspect, text

from watchdog.store.errors import StoreDamagedError, StoreForeignError, StoreTooNewError, StoreTooOldError

#: The newest revision in migrations/versions. A test holds the two together, so that a start need not load Alembic.
HEAD = "0015"


#: One of them is enough to know a database of ours by, whatever else was lost.
_OURS = frozenset({"alembic_version", "subjects", "incidents", "events", "outbox", "deliveries"})


class Migratable(Protocol):
    @property
    def name(self) -> str: ...

    def write(self) -> AbstractContextManager[Connection]: ...

    def read(self) -> AbstractContextManager[Connection]: ...


def migrate(database: Migratable) -> None:
    """Brings the schema to HEAD in one transaction: a kill on the way leaves the file as it was.

    Raises StoreTooNewError for a revision we do not know, StoreDamagedError for tables that are not ours.
    """
    with database.read() as connection:
        if _revision(connection, database.name) == HEAD:
            return
    with database.write() as connection:
        if not inspect(connection).get_table_names():
            _lay(connection)
        elif (revision := _revision(connection, database.name)) != HEAD:
            upgrade(connection, revision, database.name)


def refuse_other_schemas(database: Migratable) -> None:
    """Raises StoreTooOldError or StoreTooNewError unless the schema is ours."""
    with database.read() as connection:
        revision = _revision(connection, database.name)
    if revision is None or revision < HEAD:
        raise StoreTooOldError(f"{database.name}: written by an older nigehban; start the daemon, which brings it up")
    if revision != HEAD:
        raise _too_new(database.name, revision)


def _revision(connection: Connection, name: str) -> str | None:
    """The revision of the file; None for an empty one."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if not _OURS & set(tables):
        raise StoreForeignError(f"{name}: a database, but not one of ours; name another state folder")
    revision: str | None = None
    if "alembic_version" in tables:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if revision is None and set(tables) != {"alembic_version"}:
        raise StoreDamagedError(f"{name}: its tables are there, but not the number of their schema")
    return revision


def _lay(connection: Connection) -> None:
    """All tables of a new database as the migrations leave them, at a tenth of their time and without Alembic."""
    for statement in (files("watchdog.store") / "newest_schema.sql").read_text().splitlines():
        connection.exec_driver_sql(statement)


def upgrade(connection: Connection, revision: str | None, name: str) -> None:
    """From `revision` to the newest one, step by step; None: from nothing."""
    from alembic import command  # noqa: PLC0415  # costs 150 ms, needed once per upgrade
    from alembic.config import Config  # noqa: PLC0415  # as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # as above

    config = Config()
    config.set_main_option("script_location", "watchdog.store:migrations")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise _too_new(name, revision)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _too_new(name: str, revision: str) -> StoreTooNewError:
    return StoreTooNewError(
        f"{name}: written by a newer nigehban (schema {revision}, this program knows {HEAD}); "
        "start the newer program, or restore a copy made before the upgrade"
    )
