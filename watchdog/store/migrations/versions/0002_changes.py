"""What changed where an incident is a change, and what it was about before: causes that it had one after another."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("changed", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("incidents", sa.Column("earlier", sa.Text, nullable=False, server_default=sa.text("'[]'")))
