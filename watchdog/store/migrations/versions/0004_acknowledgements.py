"""What people say to incidents: on the incident while it lasts, and among its events for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("acknowledged", sa.Text, nullable=False, server_default=sa.text("'null'")))
    op.add_column("events", sa.Column("author", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("events", sa.Column("note", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("events", sa.Column("until", sa.BigInteger))
