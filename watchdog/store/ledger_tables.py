"""The tables of the ledger: events that nobody can change, and what they add up to."""

from typing import Any

from sqlalchemy import Boolean, Column, Connection, Index, Table, Text, event, text

from checks.ledger.event import LedgerEventKind
from checks.ledger.proposal import ProposalStanding
from watchdog.store.columns import Instant, JsonText, Member, Words
from watchdog.store.metadata import Sequence, metadata

ledger_events = Table(
    "ledger_events",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("about", Words, nullable=False),
    Column("kind", Member(LedgerEventKind), nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("author", Words, nullable=False),
    Column("evidence", Words, nullable=False),
    Column("details", JsonText, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_ledger_events_about", "about"),
)

_IS_PAYEE = text("about = vendor")

#: One row for each bill and each payee, written in the transaction of its newest event.
ledger_states = Table(
    "ledger_states",
    metadata,
    Column("about", Words, primary_key=True),
    Column("vendor", Words, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Index("ix_ledger_states_open", "about", sqlite_where=text("is_open = 1"), postgresql_where=text("is_open")),
    Index("ix_ledger_states_payees", "about", sqlite_where=_IS_PAYEE, postgresql_where=_IS_PAYEE),
)

#: What waits for a person's word, and who gave or refused it.
ledger_proposals = Table(
    "ledger_proposals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("proposed_at", Instant, nullable=False),
    Column("author", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("drafts", JsonText, nullable=False),
    Column("is_word", Boolean, nullable=False),
    Column("standing", Member(ProposalStanding), nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("outcome", JsonText, nullable=False),
    Index("ix_ledger_proposals_standing", "standing"),
)

#: As in migrations 0012 and 0015: the chain would not survive a date set back, so not even that is allowed here. A row
#: that would replace another takes its whole transaction back: to take back one alone, SQLite would keep the pages that
#: every row changes, which takes as long as to write them.
_NEVER = "CREATE TRIGGER {name} BEFORE {verb} ON ledger_events {when}BEGIN SELECT RAISE({undone}, '{why}'); END"
_SAME = "WHEN EXISTS (SELECT 1 FROM ledger_events WHERE seq = NEW.seq OR id = NEW.id) "
TRIGGERS = tuple(
    _NEVER.format(name=name, verb=verb, when=when, undone=undone, why=why)
    for name, verb, when, undone, why in (
        ("ledger_events_never_changed", "UPDATE", "", "ABORT", "ledger_events are never changed"),
        ("ledger_events_never_deleted", "DELETE", "", "ABORT", "ledger_events are never deleted"),
        ("ledger_events_last", "INSERT", _SAME, "ROLLBACK", "ledger_events are never replaced"),
    )
)


def _keep(_table: Table, connection: Connection, **_: Any) -> None:  # noqa: ANN401  # as SQLAlchemy calls it
    if connection.dialect.name == "sqlite":
        for trigger in TRIGGERS:
            connection.exec_driver_sql(trigger)


event.listen(ledger_events, "after_create", _keep)

#: A decision stands: who was first was first.
PROPOSAL_TRIGGERS = (
    (
        "CREATE TRIGGER ledger_proposals_never_deleted BEFORE DELETE ON ledger_proposals "
        "BEGIN SELECT RAISE(ABORT, 'ledger_proposals are never deleted'); END"
    ),
    (
        "CREATE TRIGGER ledger_proposals_decided_once BEFORE UPDATE ON ledger_proposals "
        "WHEN OLD.standing <> 'waiting' OR NEW.id <> OLD.id OR NEW.drafts <> OLD.drafts OR NEW.author <> OLD.author "
        "OR NEW.source <> OLD.source OR NEW.note <> OLD.note OR NEW.is_word <> OLD.is_word "
        "OR NEW.proposed_at <> OLD.proposed_at "
        "BEGIN SELECT RAISE(ABORT, 'ledger_proposals are decided once'); END"
    ),
    (
        "CREATE TRIGGER ledger_proposals_last BEFORE INSERT ON ledger_proposals "
        "WHEN EXISTS (SELECT 1 FROM ledger_proposals WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'ledger_proposals are never replaced'); END"
    ),
)


def _decide_once(_table: Table, connection: Connection, **_: Any) -> None:  # noqa: ANN401  # as SQLAlchemy calls it
    if connection.dialect.name == "sqlite":
        for trigger in PROPOSAL_TRIGGERS:
            connection.exec_driver_sql(trigger)


event.listen(ledger_proposals, "after_create", _decide_once)
