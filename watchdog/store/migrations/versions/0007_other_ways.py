"""Messages that go another way when their own fails: when a row was first tried, and which rows stand in for it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("first_tried_at", sa.BigInteger))
    op.add_column("outbox", sa.Column("passed_on", sa.Text))
    op.add_column("outbox", sa.Column("stands_for", sa.Text))
    # What was refused before is history.
    op.execute("UPDATE outbox SET passed_on = '' WHERE ended_at IS NOT NULL")
    op.create_index(
        "ix_outbox_refused",
        "outbox",
        ["seq"],
        sqlite_where=sa.text("state = 'rejected' AND passed_on IS NULL"),
        postgresql_where=sa.text("state = 'rejected' AND passed_on IS NULL"),
    )
