"""Whether an incident is only played."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("drill", sa.Text, nullable=False, server_default=sa.text("'null'")))
