"""Lists of active taxpayers: each replaces the one of its kind before it as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "taxpayer_lists",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("listed_on", sa.Text, nullable=False),
        sa.Column("imported_at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_taxpayer_lists"),
        sa.UniqueConstraint("id", name="uq_taxpayer_lists_id"),
    )
    op.create_index(
        "ix_taxpayer_lists_current",
        "taxpayer_lists",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "taxpayers",
        sa.Column("list", sa.Integer, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("list", "number", name="pk_taxpayers"),
        sa.ForeignKeyConstraint(["list"], ["taxpayer_lists.seq"], name="fk_taxpayers_list"),
        sqlite_with_rowid=False,
    )
