"""The ledger in the store: events are appended together with what they add up to, or not at all."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

import structlog
from pydantic import ValidationError
from sqlalchemy import ColumnElement, func, literal_column, select

from checks.ledger.event import Draft, LedgerEvent
from checks.ledger.fold import folded, folded_payee
from checks.ledger.proposal import Answered, Decision, Proposal
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.store import ledger_links, ledger_proposals
from watchdog.store.database import Database
from watchdog.store.errors import StoreUnreadableError
from watchdog.store.ledger_audit import LedgerAudit, audit, head_asked
from watchdog.store.ledger_edits import Edit, put_right
from watchdog.store.ledger_histories import events_of
from watchdog.store.ledger_links import Decided, IsMeant, Pressed, always, questions
from watchdog.store.ledger_rows import bill_form, event_of, payee_form
from watchdog.store.ledger_spool import Spool, spooled
from watchdog.store.ledger_tables import ledger_events, ledger_states
from watchdog.store.ledger_words import confirmed, kept_proposal, refused, said
from watchdog.store.ledger_writing import Prepared, head_of, prepared, put, written
from watchdog.store.portions import AT_ONCE, portions
from watchdog.store.views import LinkUse

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The end of the chain: with it, a cut tail shows."""

    hash: str
    events: int
    """Its place. They are numbered without gaps, which an audit shows."""


class LedgerRows:
    """Every verb is one transaction. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, drafts: Iterable[Draft], at: datetime) -> Sequence[LedgerEvent]:
        """Those that were not on record before, in their order; `at` is when they are written down."""
        said = list(drafts)
        ready = self.prepare(said, at)
        return (ready if self.write(ready) else self.put(said, at)).events

    def prepare(self, drafts: Sequence[Draft], at: datetime) -> Prepared:
        """What `write` puts on record then: some 0.1 ms for each, during which anything else may be written."""
        return prepared(self._database.read, drafts, at)

    def write(self, ready: Prepared) -> bool:
        """Some 15 µs for each. False, and nothing is done, where something went on record since it was prepared."""
        if not ready.events:
            return True
        with self._database.write() as connection:
            return written(connection, ready)

    def spooled(self, at: datetime) -> AbstractContextManager[Spool]:
        """For a list that is too long to be prepared in memory."""
        return spooled(self._database.read, at, self._database.folder)

    def write_spooled(self, spool: Spool) -> bool:
        """As `write`."""
        if not spool.events:
            return True
        with self._database.write() as connection:
            return spool.written(connection)

    def put(self, drafts: Sequence[Draft], at: datetime) -> Prepared:
        """Prepared and written in one transaction: never in vain, and dear to all others where there are many."""
        with self._database.write() as connection:
            return put(connection, drafts, at)

    def say(
        self,
        drafts: Iterable[Draft],
        author: str,
        rules: BillingRules,
        at: datetime,
        *,
        is_word: bool = True,
        spoken_at: datetime | None = None,
    ) -> Answered:
        """What the word of `author` is enough for goes on record, the rest waits for somebody else. Raises WordError.

        With `is_word=False` the author is a list, or whatever else is no person: where two must, it is none of them.

        `spoken_at` is the moment that stands in `drafts` for now; None: `at`.

        Who may call a bill paid, whether two must, and what comes too late, is asked nowhere else.
        """
        with self._database.write() as connection:
            return said(connection, drafts, author, rules, at, is_word=is_word, spoken_at=spoken_at)

    def press(  # as say, and the link
        self,
        use: LinkUse,
        drafts: Sequence[Draft],
        author: str,
        rules: BillingRules,
        at: datetime,
        *,
        is_meant: IsMeant = always,
    ) -> Pressed:
        """As `say`, with the use of the link it was said by: both are on record, or neither. Raises WordError, also
        where it cannot be meant of the bill as it stands then.
        """
        with self._database.write() as connection:
            return ledger_links.press(connection, use, drafts, author, rules, at, is_meant=is_meant)

    def propose(self, proposal: Proposal) -> Proposal:
        """The one that stands: `proposal`, or the same that was handed in before, perhaps decided since."""
        with self._database.write() as connection:
            return kept_proposal(connection, proposal)

    def confirm(self, id_: str, author: str, rules: BillingRules, at: datetime) -> Decision:
        """Puts its events on record with the decision, or neither. Raises WordError."""
        with self._database.write() as connection:
            return confirmed(connection, id_, author, rules, at)

    def put_right(self, id_: str, edit: Edit, author: str, rules: BillingRules, at: datetime) -> Decision:
        """Confirms what `edit` makes of it, and ends it so, or neither. Raises WordError, and what `edit` raises."""
        with self._database.write() as connection:
            return put_right(connection, id_, edit, author, rules, at)

    def refuse(self, id_: str, author: str, reason: str, at: datetime) -> Decision:
        """Raises UnknownProposalError."""
        with self._database.write() as connection:
            return refused(connection, id_, author, reason, at)

    def decide(  # noqa: PLR0917  # as press
        self, use: LinkUse, id_: str, author: str, rules: BillingRules, at: datetime, reason: str | None
    ) -> Decided:
        """As `confirm`, or as `refuse` where there is a reason, with the use of the link it was decided by."""
        with self._database.write() as connection:
            return ledger_links.decide(connection, use, id_, author, rules, at, reason)

    def questions(self, since: datetime) -> Sequence[LedgerEvent]:
        """What was asked by links since then, of bills of which nothing was said after it; oldest first."""
        with self._database.read() as connection:
            return questions(connection, since)

    def proposals(self) -> list[Proposal]:
        """Those that wait, oldest first."""
        with self._database.read() as connection:
            return ledger_proposals.waiting(connection)

    def latest_proposals(self, limit: int) -> Sequence[Proposal]:
        """Waiting or decided, newest first."""
        with self._database.read() as connection:
            return ledger_proposals.latest(connection, limit)

    def proposal(self, id_: str) -> Proposal:
        """Waiting or decided. Raises UnknownProposalError."""
        with self._database.read() as connection:
            return ledger_proposals.named(connection, id_)

    def head(self) -> ChainHead:
        with self._database.read() as connection:
            count = connection.execute(select(func.max(ledger_events.c.seq))).scalar()
            return ChainHead(hash=head_of(connection), events=count or 0)

    def open_bills(self) -> list[BillOnRecord]:
        """In no order. They lie scattered among those that are closed: read as they lie, not as the index has them, a
        start from a cold disk takes a fifth of the time.
        """
        place: ColumnElement[int] = literal_column("rowid")
        theirs = select(place).where(ledger_states.c.is_open, ledger_states.c.about.contains("/"))
        columns = select(ledger_states.c.about, ledger_states.c.state)
        rows = columns.where(place.in_(theirs.select_from(ledger_states))).order_by(place)
        unread: list[str] = []
        found: list[BillOnRecord] = []
        with self._database.peek() as connection:
            for about, state in connection.execute(rows):
                try:
                    found.append(bill_form.validate_json(state))
                except ValidationError:
                    unread.append(about)
        return [*found, *(bill for about in unread if (bill := self._folded_anew(about)) is not None and bill.is_open)]

    def _folded_anew(self, about: str) -> BillOnRecord | None:
        """A state is only what its events add up to: one that cannot be read stops nobody from watching the others."""
        log.error("what a bill adds up to cannot be read; it is made anew of its events", bill=about)
        try:
            return folded(self.events_of(about))
        except StoreUnreadableError as error:
            log.error("the events of a bill cannot be read either; it is NOT watched", bill=about, error=str(error))
            return None

    def bill(self, key: str) -> BillOnRecord | None:
        with self._database.read() as connection:
            state = connection.execute(select(ledger_states.c.state).where(ledger_states.c.about == key)).scalar()
        try:
            return None if state is None else bill_form.validate_json(state)
        except ValidationError:
            return self._folded_anew(key)

    def among(self, keys: Sequence[str]) -> Mapping[str, BillOnRecord]:
        """Those of `keys` that are on record, open or not, by key."""
        found: dict[str, BillOnRecord] = {}
        states = select(ledger_states.c.about, ledger_states.c.state)
        for some in portions(keys, AT_ONCE):
            with self._database.read() as connection:
                rows = connection.execute(states.where(ledger_states.c.about.in_(some)))
                found |= {row.about: bill_form.validate_json(row.state) for row in rows}
        return found

    def keys_of_number(self, plain: str) -> list[str]:
        """Bills of all vendors whose number, as Invoice.key spells it, is `plain`."""
        about = ledger_states.c.about
        with self._database.read() as connection:
            found = connection.execute(select(about).where(about.endswith(f"/{plain}", autoescape=True))).scalars()
            return [key for key in found if key.partition("/")[2] == plain]

    def bills(self) -> Iterator[BillOnRecord]:
        """Of all, open or not, by key. The whole ledger is read first."""
        rows = select(ledger_states.c.state).where(ledger_states.c.about.contains("/")).order_by(ledger_states.c.about)
        with self._database.read() as connection:
            states = list(connection.execute(rows).scalars())
        return map(bill_form.validate_json, states)

    def lately_closed(self, most: int) -> list[BillOnRecord]:
        """Bills paid or cancelled, those that changed last first."""
        closed = ledger_states.c.about.contains("/") & ~ledger_states.c.is_open
        # The names first, so that not every state of a long ledger is sorted with them.
        names = select(ledger_states.c.about).where(closed).order_by(ledger_states.c.changed_at.desc()).limit(most)
        rows = select(ledger_states.c.state).where(ledger_states.c.about.in_(names))
        with self._database.read() as connection:
            states = list(connection.execute(rows).scalars())
        return [bill_form.validate_json(state) for state in states]

    def bills_of(self, vendors: Collection[str], since: datetime) -> list[BillOnRecord]:
        """As checks.plugin.Ledger."""
        theirs = ledger_states.c.about.contains("/") & ledger_states.c.vendor.in_(vendors)
        recent = theirs & (ledger_states.c.changed_at >= since)
        rows = select(ledger_states.c.state).where(recent).order_by(ledger_states.c.about)
        with self._database.read() as connection:
            states = list(connection.execute(rows).scalars())
        return [bill_form.validate_json(state) for state in states]

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        """By vendor."""
        rows = select(ledger_states.c.about, ledger_states.c.state)
        rows = rows.where(ledger_states.c.about == ledger_states.c.vendor)
        with self._database.peek() as connection:
            states = list(connection.execute(rows))
        found = (self._payee(about, state) for about, state in states)
        return {one.vendor: one for one in found if one is not None}

    def _payee(self, about: str, state: str) -> PayeeOnRecord | None:
        try:
            return payee_form.validate_json(state)
        except ValidationError:
            log.error("what a vendor adds up to cannot be read; it is made anew of its events", vendor=about)
            return folded_payee(self.events_of(about))

    def events_of(self, about: str) -> list[LedgerEvent]:
        """Of one bill or payee, in the order of recording."""
        with self._database.read() as connection:
            return events_of(connection, [about]).get(about, [])

    def audit(self, head: str = "") -> LedgerAudit:
        """See watchdog.store.ledger_audit: all events are read twice. Raises ValueError for what can be no head."""
        asked = head_asked(head)
        with self._database.read() as connection:
            return audit(connection, asked)

    def events(self) -> Iterator[LedgerEvent]:
        """All, in the order of recording."""
        with self._database.read() as connection:
            for row in connection.execute(select(ledger_events).order_by(ledger_events.c.seq)):
                yield event_of(row)
