"""How far the escalations of an incident have come."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("chases", sa.Text, nullable=False, server_default=sa.text("'[]'")))
