"""The program is upgraded and dies on the way: FAULTS row 10. The state is that of before, or that of after."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from tests.support import migrate_script
from tests.support.mortal import mortal
from watchdog.store.database import DATABASE_NAME
from watchdog.store.schema import HEAD
from watchdog.store.store import open_store

FIRST = "0001"

#: An incident as the first schema kept it.
ROW = (
    "INSERT INTO incidents (id, check_id, subject, nature, kind, labels, severity, cause, summary, facts, evidence, "
    "opened_at, since, deadline, close_reason) VALUES ('i1', 'mx', 'mx1', 'fault', 'smtp', '{}', 'critical', "
    "'refused', 'mx1 refuses', '[]', '', 1, 1, 'null', '')"
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of the first schema, as an older program closed it."""
    file = tmp_path / "old"
    engine = create_engine(f"sqlite:///{file}")
    config = Config()
    config.set_main_option("script_location", "watchdog.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
        connection.exec_driver_sql(ROW)
    engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    return file


def revision(folder: Path) -> str:
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return found


@pytest.mark.slow
@pytest.mark.parametrize(("call", "step"), [("fdatasync", 1), ("pwrite64", 23)])
def test_a_kill_at_any_step_of_an_upgrade_leaves_a_state_that_the_next_start_brings_up(
    tmp_path: Path, old: Path, call: str, step: int
) -> None:
    kills, revisions = 0, set()
    with mortal(migrate_script, call) as script:
        for number in range(1, 1000, step):
            folder = tmp_path / f"{number}"
            folder.mkdir()
            shutil.copy(old, folder / DATABASE_NAME)
            ran = script.run(folder, dies_at=number)
            revisions.add(revision(folder))
            with closing(open_store(folder)) as store:
                assert [one.id for one in store.listings.open_incidents()] == ["i1"]
            if ran.is_whole:
                break
            kills += 1
    assert kills > 1
    assert revisions == {FIRST, HEAD}, "a state between the two was left"
