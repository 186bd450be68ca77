"""The tables of active taxpayers: lists that replace each other as wholes, and who stands on them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from checks.ledger.taxpayers import ListKind
from watchdog.store.columns import Instant, Member, Words
from watchdog.store.metadata import Sequence, metadata

taxpayer_lists = Table(
    "taxpayer_lists",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Member(ListKind), nullable=False),
    Column("listed_on", Text, nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("author", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Index("ix_taxpayer_lists_current", "kind", unique=True, sqlite_where=text("is_current"),
          postgresql_where=text("is_current")),
)  # fmt: skip

#: One row for each number: whoever is listed by two can be found by either.
taxpayers = Table(
    "taxpayers",
    metadata,
    Column("list", Integer, ForeignKey("taxpayer_lists.seq"), primary_key=True),
    Column("number", Text, primary_key=True),
    Column("name", Words, nullable=False),
    sqlite_with_rowid=False,
)
