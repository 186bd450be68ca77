"""What a start reads from a database: only one of which all that can be read will do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.record import SubjectRecord
from checks.model import CheckId
from checks.plugin import Json
from watchdog.store.database import open_database
from watchdog.store.database_file import tables_of
from watchdog.store.errors import StoreDamagedError
from watchdog.store.store import Store
from watchdog.store.tables import incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The store, and all that a start reads from it: it could be read."""

    store: Store
    records: Sequence[SubjectRecord]
    memories: Mapping[CheckId, Mapping[str, Json]]


def opened(database: Path) -> Opened:
    """Opens and migrates it. Raises StoreError: StoreDamagedError also where SQLite finds nothing wrong."""
    try:
        return _opened(database)
    except UnicodeDecodeError as error:
        raise StoreDamagedError(f"{database}: what should be text is none: {error}") from error


def _opened(database: Path) -> Opened:
    store = Store(open_database(database))
    try:
        _refuse_missing_tables(database)
        return Opened(store=store, records=store.load_records(), memories=store.load_memories())
    except BaseException:
        store.close()
        raise


def _refuse_missing_tables(database: Path) -> None:
    if missing := sorted(incidents.metadata.tables.keys() - tables_of(database)):
        raise StoreDamagedError(f"these tables are missing: {', '.join(missing)}")
