"""The first tables: subjects, incidents, events, outbox, deliveries, observations, memories."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _incidents()
    _memories()
    _observations()
    _series()
    _events()
    _outbox()
    _subjects()
    _deliveries()


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("check_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("nature", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("service", sa.Text),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("deadline", sa.Text, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("close_reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_opened_at", "incidents", ["opened_at"])
    op.create_index(
        "uq_incidents_open",
        "incidents",
        ["check_id", "subject", "nature"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _memories() -> None:
    op.create_table(
        "memories",
        sa.Column("check_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("check_id", "key", name="pk_memories"),
    )


def _observations() -> None:
    op.create_table(
        "observations",
        sa.Column("observed_at", sa.BigInteger, nullable=False),
        sa.Column("series_id", sa.Integer, nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("cause", sa.Text),
        sa.Column("duration_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("observed_at", "series_id", name="pk_observations"),
        sqlite_with_rowid=False,
    )


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("check_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
    )
    op.create_index("uq_series_check_subject", "series", ["check_id", "subject"], unique=True)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("incident_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("rung", sa.Text),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_events_incident_id"),
    )
    op.create_index("ix_events_incident_id", "events", ["incident_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("incident_id", sa.Text),
        sa.Column("receiver", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("crashes", sa.Integer, nullable=False),
        sa.Column("repeat", sa.Boolean, nullable=False),
        sa.Column("claimed_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("announced_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_outbox_incident_id"),
    )
    _outbox_indexes()


def _outbox_indexes() -> None:
    op.create_index("ix_outbox_thread", "outbox", ["incident_id", "address", "seq"])
    for name, columns, where in (
        ("ix_outbox_pending", ["channel", "urgency", "seq"], "ended_at IS NULL"),
        ("ix_outbox_claimed", ["crashes"], "claimed_at IS NOT NULL"),
        ("ix_outbox_set_aside", ["seq"], "state = 'quarantined' AND announced_at IS NULL"),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _subjects() -> None:
    op.create_table(
        "subjects",
        sa.Column("check_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("measurements", sa.Text, nullable=False),
        sa.Column("duration_us", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("judged_at", sa.BigInteger, nullable=False),
        sa.Column("good_at", sa.BigInteger),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("fault_since", sa.BigInteger),
        sa.Column("fault_count", sa.Integer, nullable=False),
        sa.Column("deadline", sa.Text, nullable=False),
        sa.Column("deadline_words", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("fault_incident", sa.Text),
        sa.Column("deadline_incident", sa.Text),
        sa.Column("stale_incident", sa.Text),
        sa.PrimaryKeyConstraint("check_id", "subject", name="pk_subjects"),
        sa.ForeignKeyConstraint(["fault_incident"], ["incidents.id"], name="fk_subjects_fault_incident"),
        sa.ForeignKeyConstraint(["deadline_incident"], ["incidents.id"], name="fk_subjects_deadline_incident"),
        sa.ForeignKeyConstraint(["stale_incident"], ["incidents.id"], name="fk_subjects_stale_incident"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("notification_id", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("repeat", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["notification_id"], ["outbox.id"], name="fk_deliveries_notification_id"),
    )
    op.create_index("ix_deliveries_notification_id", "deliveries", ["notification_id"])
