"""Used links, and a record that nobody can change: events, deliveries and uses of links are append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_uses",
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("incident_id", sa.Text),
        sa.Column("receiver", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_link_uses"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_link_uses_incident_id"),
    )
    op.create_index("ix_link_uses_incident_id", "link_uses", ["incident_id"])
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("events", "deliveries", "link_uses"):
        op.execute(
            f"CREATE TRIGGER {name}_stay BEFORE DELETE ON {name} "
            f"BEGIN SELECT RAISE(ABORT, '{name} are never deleted'); END"
        )
        op.execute(
            f"CREATE TRIGGER {name}_stand BEFORE UPDATE ON {name} WHEN NEW.at >= OLD.at "
            f"BEGIN SELECT RAISE(ABORT, '{name} are never changed'); END"
        )
