"""What is on record stays as it was written: the database itself refuses to change or delete it.

That holds against bugs and against statements by hand. Whoever may write the file can also take the triggers away.
"""

from typing import Any

from sqlalchemy import Connection, Table, event

_STAY = "CREATE TRIGGER {name}_stay BEFORE DELETE ON {name} BEGIN SELECT RAISE(ABORT, '{name} are never deleted'); END"

#: A clock that was ahead and is set right dates back what it wrote (watchdog.store.setting_right); nothing else may.
_STAND = (
    "CREATE TRIGGER {name}_stand BEFORE UPDATE ON {name} WHEN NEW.at >= OLD.at OR {differs} "
    "BEGIN SELECT RAISE(ABORT, '{name} are never changed'); END"
)

#: REPLACE deletes what stands in its way without asking a trigger for deletes. RAISE(IGNORE) leaves the former row, as
#: ON CONFLICT DO NOTHING does, which is how we write (https://www.sqlite.org/lang_createtrigger.html#raise).
_LAST = (
    "CREATE TRIGGER {name}_last BEFORE INSERT ON {name} WHEN EXISTS (SELECT 1 FROM {name} WHERE {same}) "
    "BEGIN SELECT RAISE(IGNORE); END"
)


def keep(table: Table) -> None:
    """Have `table`, which has a column `at`, made append-only wherever SQLite makes it."""

    def made(_table: Table, connection: Connection, **_: Any) -> None:  # noqa: ANN401  # as SQLAlchemy calls it
        if connection.dialect.name == "sqlite":
            for trigger in triggers(table):
                connection.exec_driver_sql(trigger)

    event.listen(table, "after_create", made)


def triggers(table: Table) -> list[str]:
    others = ["rowid", *(column.name for column in table.columns if column.name != "at")]
    keys = ["rowid", *(column.name for column in table.columns if column.unique or _is_key(table, column.name))]
    differs = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in others)
    same = " OR ".join(f"{name} = NEW.{name}" for name in keys)
    return [trigger.format(name=table.name, differs=differs, same=same) for trigger in (_STAY, _STAND, _LAST)]


def _is_key(table: Table, name: str) -> bool:
    return name in table.primary_key.columns
