"""What is read often is found by an index, however many bills are paid."""

import pytest
from sqlalchemy import event

from tests.support.ledgers import received
from watchdog.store.database import Database, open_memory
from watchdog.store.ledger import LedgerRows


@pytest.mark.parametrize(
    ("verb", "index"),
    [
        ("open_bills", "ix_ledger_states_open"),
        ("payees", "ix_ledger_states_payees"),
        ("head", "ledger_events"),
    ],
)
def test_what_a_start_and_every_pass_read_scans_no_paid_bill(verb: str, index: str) -> None:
    database = open_memory()
    rows = LedgerRows(database)
    rows.append([received()], received().happened_at)
    for plan in plans_of(database, rows, verb):
        assert "SCAN ledger_states USING INDEX" in plan or "SCAN ledger_states" not in plan, plan
        assert index in plan


def plans_of(database: Database, rows: LedgerRows, verb: str) -> list[str]:
    statements: list[tuple[str, object]] = []
    with database.read() as connection:
        engine = connection.engine

    def note(*told: object) -> None:
        statements.append((str(told[2]), told[3]))

    event.listen(engine, "before_cursor_execute", note)
    getattr(rows, verb)()
    event.remove(engine, "before_cursor_execute", note)
    with database.read() as connection:
        asked = [one for one in statements if one[0].lstrip().startswith("SELECT")]
        assert asked
        return [
            " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters))  # type: ignore[arg-type]  # as they were handed in
            for sql, parameters in asked
        ]
