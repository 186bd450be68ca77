"""Parts of incidents that people were told of before, and unpaid bills that may lie behind an incident."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("was_told", sa.Boolean, nullable=False, server_default=sa.text("0")))
    op.add_column("incidents", sa.Column("debts", sa.Text, nullable=False, server_default=sa.text("'[]'")))
    known = sa.text("root IS NOT NULL")
    op.create_index("ix_incidents_root", "incidents", ["root"], sqlite_where=known, postgresql_where=known)
