"""A whole ledger in memory: for a look without a daemon, for time played forward, for the replay of a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from checks.invoice import Invoice
from checks.ledger.chain import id_of, linked
from checks.ledger.event import GENESIS, Draft, LedgerEvent
from checks.ledger.fold import folded, folded_payee
from checks.ledger.state import BillOnRecord, PayeeOnRecord

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Journal:
    """checks.plugin.Ledger, without anything behind it. `clock` says when something is put on record."""

    written: Sequence[Invoice] = ()
    clock: Callable[[], datetime] = lambda: _LONG_AGO
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

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        payees = (folded_payee(events) for about, events in self._by_subject.items() if "/" not in about)
        return {payee.vendor: payee for payee in payees if payee is not None}

    async def record(self, drafts: Sequence[Draft]) -> Sequence[LedgerEvent]:
        return [event for draft in drafts if (event := self._recorded(draft)) is not None]

    def _recorded(self, draft: Draft) -> LedgerEvent | None:
        if id_of(draft) in self._events:
            return None
        last = next(reversed(self._events.values())) if self._events else None
        at = self.clock() if last is None else max(self.clock(), last.recorded_at)
        event = linked(draft, at, GENESIS if last is None else last.hash)
        self._events[event.id] = event
        self._by_subject.setdefault(draft.about, []).append(event)
        return event
