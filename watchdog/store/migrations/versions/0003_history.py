"""History for years: looks packed by the hour, what was measured, roll-ups of hours and days."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("observations", sa.Column("measured", sa.LargeBinary))
    _late_observations()
    _measures()
    op.create_table(
        "packed_spans",
        sa.Column("span", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("span", "number", name="pk_packed_spans"),
        sqlite_with_rowid=False,
    )
    _by_span("packed_looks", sa.Column("looks", sa.LargeBinary, nullable=False))
    for name in ("hours", "days"):
        _by_span(name, *_counts())
    for name in ("hour_measures", "day_measures"):
        _by_span(name, sa.Column("measured", sa.LargeBinary, nullable=False))


def _late_observations() -> None:
    op.create_table(
        "late_observations",
        sa.Column("observed_at", sa.BigInteger, nullable=False),
        sa.Column("series_id", sa.Integer, nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("cause", sa.Text),
        sa.Column("duration_us", sa.BigInteger, nullable=False),
        sa.Column("measured", sa.LargeBinary),
        sa.PrimaryKeyConstraint("observed_at", "series_id", name="pk_late_observations"),
        sqlite_with_rowid=False,
    )


def _measures() -> None:
    op.create_table(
        "measures",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_measures"),
    )
    op.create_index("uq_measures_name_unit_labels", "measures", ["name", "unit", "labels"], unique=True)


def _by_span(name: str, *columns: "sa.Column[Any]") -> None:
    op.create_table(
        name, sa.Column("id", _ID, nullable=False), *columns, sa.PrimaryKeyConstraint("id", name=f"pk_{name}")
    )


def _counts() -> "list[sa.Column[Any]]":
    counts = [sa.Column(status, sa.Integer, nullable=False) for status in ("ok", "warning", "critical", "unknown")]
    took = [sa.Column(name, sa.BigInteger, nullable=False) for name in ("shortest_us", "mean_us", "longest_us")]
    return [*counts, *took]
