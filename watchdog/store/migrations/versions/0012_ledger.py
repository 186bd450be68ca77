"""The ledger of bills: events that nobody can change, and what they add up to."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _events()
    _states()
    _proposals()
    if op.get_bind().dialect.name == "sqlite":
        _guard()


def _events() -> None:
    op.create_table(
        "ledger_events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("happened_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_ledger_events"),
        sa.UniqueConstraint("id", name="uq_ledger_events_id"),
    )
    op.create_index("ix_ledger_events_about", "ledger_events", ["about"])


def _states() -> None:
    op.create_table(
        "ledger_states",
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("vendor", sa.Text, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("about", name="pk_ledger_states"),
    )
    op.create_index(
        "ix_ledger_states_open",
        "ledger_states",
        ["about"],
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    payees = sa.text("about = vendor")
    op.create_index("ix_ledger_states_payees", "ledger_states", ["about"], sqlite_where=payees, postgresql_where=payees)


def _proposals() -> None:
    op.create_table(
        "ledger_proposals",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("proposed_at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("drafts", sa.Text, nullable=False),
        sa.Column("is_word", sa.Boolean, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_proposals"),
    )
    op.create_index("ix_ledger_proposals_standing", "ledger_proposals", ["standing"])


def _guard() -> None:
    for verb, what in (("UPDATE", "changed"), ("DELETE", "deleted")):
        op.execute(
            f"CREATE TRIGGER ledger_events_never_{what} BEFORE {verb} ON ledger_events "
            f"BEGIN SELECT RAISE(ABORT, 'ledger_events are never {what}'); END"
        )
    op.execute(
        "CREATE TRIGGER ledger_events_last BEFORE INSERT ON ledger_events "
        "WHEN EXISTS (SELECT 1 FROM ledger_events WHERE seq = NEW.seq OR id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'ledger_events are never replaced'); END"
    )
    op.execute(
        "CREATE TRIGGER ledger_proposals_never_deleted BEFORE DELETE ON ledger_proposals "
        "BEGIN SELECT RAISE(ABORT, 'ledger_proposals are never deleted'); END"
    )
    op.execute(
        "CREATE TRIGGER ledger_proposals_decided_once BEFORE UPDATE ON ledger_proposals "
        "WHEN OLD.standing <> 'waiting' OR NEW.id <> OLD.id OR NEW.drafts <> OLD.drafts OR NEW.author <> OLD.author "
        "OR NEW.source <> OLD.source OR NEW.note <> OLD.note OR NEW.is_word <> OLD.is_word "
        "OR NEW.proposed_at <> OLD.proposed_at "
        "BEGIN SELECT RAISE(ABORT, 'ledger_proposals are decided once'); END"
    )
    op.execute(
        "CREATE TRIGGER ledger_proposals_last BEFORE INSERT ON ledger_proposals "
        "WHEN EXISTS (SELECT 1 FROM ledger_proposals WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'ledger_proposals are never replaced'); END"
    )
