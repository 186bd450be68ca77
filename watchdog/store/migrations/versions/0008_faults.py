"""Faults that settle and are held: the whole state in one column; incidents that are unstable, well or explained."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Until now every failure that counted was critical.
_CONVERTED = """
UPDATE subjects SET fault = CASE fault
  WHEN 'suspect' THEN '{"is":"suspect","failures":' || fault_count || ',"criticals":' || fault_count
    || ',"since":' || fault_since || '}'
  WHEN 'open' THEN '{"is":"open","severity":"critical","passes":' || fault_count || ',"others":0,"since":'
    || fault_since || '}'
  WHEN 'healthy' THEN '{"is":"healthy"}'
  ELSE fault END
"""


def upgrade() -> None:
    op.execute(sa.text(_CONVERTED.replace(":", r"\:")))
    op.drop_column("subjects", "fault_since")
    op.drop_column("subjects", "fault_count")
    op.add_column("incidents", sa.Column("root", sa.Text))
    op.add_column("incidents", sa.Column("is_unstable", sa.Boolean, nullable=False, server_default=sa.text("0")))
    op.add_column("incidents", sa.Column("recovered_at", sa.BigInteger))
