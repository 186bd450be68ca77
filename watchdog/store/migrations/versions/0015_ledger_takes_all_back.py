"""A row that would replace one of the ledger's takes its whole transaction back.

Where it might be taken back alone, SQLite keeps every page that a row changes as it was before, row by row: of a list of
a hundred thousand bills half a million pages, for as long as it holds the database.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TRIGGER ledger_events_last")
    op.execute(
        "CREATE TRIGGER ledger_events_last BEFORE INSERT ON ledger_events "
        "WHEN EXISTS (SELECT 1 FROM ledger_events WHERE seq = NEW.seq OR id = NEW.id) "
        "BEGIN SELECT RAISE(ROLLBACK, 'ledger_events are never replaced'); END"
    )
