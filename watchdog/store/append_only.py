"""What is on record stays as it was written: the database itself refuses to change or delete it."""

from typing import Any

from sqlalchemy import Connection, Table, event

#: A clock that was ahead and is set right dates back what it wrote (watchdog.store.setting_right); nothing else may.
_STAY = "CREATE TRIGGER {name}_stay BEFORE DELETE ON {name} BEGIN SELECT RAISE(ABORT, '{name} are never deleted'); END"
_STAND = (
    "CREATE TRIGGER {name}_stand BEFORE UPDATE ON {name} WHEN NEW.at >= OLD.at "
    "BEGIN SELECT RAISE(ABORT, '{name} are never changed'); END"
)


def keep(table: Table) -> None:
    """Have `table`, which has a column `at`, made append-only wherever SQLite makes it."""

    def made(_table: Table, connection: Connection, **_: Any) -> None:  # noqa: ANN401  # as SQLAlchemy calls it
        if connection.dialect.name == "sqlite":
            for trigger in (_STAY, _STAND):
                connection.exec_driver_sql(trigger.format(name=table.name))

    event.listen(table, "after_create", made)
