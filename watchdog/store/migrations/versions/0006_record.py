"""Used links, and a record that nobody can change: events, deliveries and uses of links are append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: By table: what no two rows share, and what else of a row never changes; only `at` may.
_ON_RECORD = {
    "events": (
        ("seq", "id"),
        ("incident_id", "kind", "rung", "severity", "cause", "summary", "author", "note", "until"),
    ),
    "deliveries": (("seq",), ("notification_id", "state", "reason", "detail", "repeat")),
    "link_uses": (("nonce",), ("action", "incident_id", "receiver", "about", "answer", "already_by")),
}


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
        sa.Column("already_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_link_uses"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_link_uses_incident_id"),
    )
    op.create_index("ix_link_uses_incident_id", "link_uses", ["incident_id"])
    if op.get_bind().dialect.name != "sqlite":
        return
    for name, (keys, others) in _ON_RECORD.items():
        differs = " OR ".join(f"NEW.{one} IS NOT OLD.{one}" for one in ("rowid", *keys, *others))
        same = " OR ".join(f"{one} = NEW.{one}" for one in ("rowid", *keys))
        op.execute(
            f"CREATE TRIGGER {name}_stay BEFORE DELETE ON {name} "
            f"BEGIN SELECT RAISE(ABORT, '{name} are never deleted'); END"
        )
        op.execute(
            f"CREATE TRIGGER {name}_stand BEFORE UPDATE ON {name} WHEN NEW.at >= OLD.at OR {differs} "
            f"BEGIN SELECT RAISE(ABORT, '{name} are never changed'); END"
        )
        op.execute(
            f"CREATE TRIGGER {name}_last BEFORE INSERT ON {name} "
            f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {same}) "  # noqa: S608  # names of ours
            "BEGIN SELECT RAISE(IGNORE); END"
        )
