"""A whole ledger in memory: for a look without a daemon, for time played forward, for the replay of a case."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from checks.invoice import Invoice
from checks.ledger.chain import id_of, linked
from checks.ledger.event import GENESIS, Draft, LedgerEvent
from checks.ledger.fold import folded, folded_payee
from checks.ledger.lessons import Lessons
from checks.ledger.proposal import why_not_enough
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, PayeeOnRecord

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Journal:
    """checks.plugin.Ledger, without anything behind it. `clock` says when something is put on record."""

    written: Sequence[Invoice] = ()
    clock: Callable[[], datetime] = lambda: _LONG_AGO
    rules: BillingRules = field(default_factory=BillingRules)
    lessons: Lessons = field(default_factory=Lessons)
    _events: dict[str, LedgerEvent] = field(default_factory=dict)
    _by_subject: dict[str, list[LedgerEvent]] = field(default_factory=dict)

    @property
    def events(self) -> Sequence[LedgerEvent]:
        """In the order of recording."""
        return tuple(self._events.values())

    def bills(self) -> Sequence[Invoice]:
        return self.written

    def on_record(self) -> Sequence[BillOnRecord]:
        bills = (folded(events) for about, events in sorted(self._by_subject.items()) if "/" in about)
        return [bill for bill in bills if bill is not None and bill.is_open]

    async def closed(self, keys: Collection[str]) -> Mapping[str, BillOnRecord]:
        bills = {key: folded(self._by_subject.get(key, ())) for key in keys}
        return {key: bill for key, bill in bills.items() if bill is not None and not bill.is_open}

    async def lately_closed(self) -> Sequence[BillOnRecord]:
        bills = (folded(events) for about, events in sorted(self._by_subject.items()) if "/" in about)
        return [bill for bill in bills if bill is not None and not bill.is_open]

    async def bills_of(self, vendors: Collection[str], since: datetime) -> Sequence[BillOnRecord]:
        bills = (folded(events) for about, events in sorted(self._by_subject.items()) if "/" in about)
        return [bill for bill in bills if bill is not None and bill.vendor in vendors and bill.recorded_at >= since]

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        payees = (folded_payee(events) for about, events in self._by_subject.items() if "/" not in about)
        return {payee.vendor: payee for payee in payees if payee is not None}

    async def record(self, drafts: Sequence[Draft]) -> Sequence[LedgerEvent]:
        return [event for draft in drafts if (event := self._recorded(draft)) is not None]

    async def say(self, drafts: Sequence[Draft], author: str) -> Sequence[LedgerEvent]:
        """What a look or a play says goes no further: where the rules ask for a person, it waits for ever."""
        return [
            event
            for draft in drafts
            if not why_not_enough(draft, author, self.rules, folded(self._by_subject.get(draft.about, ())), ())
            for event in await self.record([draft])
        ]

    def _recorded(self, draft: Draft) -> LedgerEvent | None:
        if id_of(draft) in self._events:
            return None
        last = next(reversed(self._events.values())) if self._events else None
        at = self.clock() if last is None else max(self.clock(), last.recorded_at)
        event = linked(draft, at, GENESIS if last is None else last.hash)
        self._events[event.id] = event
        self._by_subject.setdefault(draft.about, []).append(event)
        return event
