"""The ledger in memory for whoever reads it often, always as it was committed last."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checks.invoice import Invoice
from checks.ledger.event import Draft, LedgerEvent
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from watchdog.clock import Clock
from watchdog.store.executor import Caller
from watchdog.store.ledger import LedgerRows


@dataclass(slots=True)
class LedgerKeeper:
    """Open bills and payees. What is told to it is on record when a verb returns."""

    rows: LedgerRows
    caller: Caller
    clock: Clock
    _open: dict[str, BillOnRecord] = field(default_factory=dict)
    _payees: dict[str, PayeeOnRecord] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after every commit; whoever waits clears it."""

    @classmethod
    def loaded(cls, rows: LedgerRows, caller: Caller, clock: Clock) -> "LedgerKeeper":
        """At the start, before anything runs. Raises StoreError."""
        keeper = cls(rows, caller, clock)
        keeper._open = {bill.key: bill for bill in rows.open_bills()}
        keeper._payees = dict(rows.payees())
        return keeper

    def beside(self, written: Sequence[Invoice]) -> "EstateLedger":
        """The ledger as checks of one set of settings see it, with the bills that stand there."""
        return EstateLedger(self, written)

    def on_record(self) -> Sequence[BillOnRecord]:
        """Open bills, by key."""
        return [self._open[key] for key in sorted(self._open)]

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        return self._payees

    async def record(self, drafts: Sequence[Draft]) -> Sequence[LedgerEvent]:
        """Those that were news. Raises StoreError."""
        events = await self.caller.call(self.rows.append, drafts, self.clock())
        for about in dict.fromkeys(event.draft.about for event in events):
            await self._renew(about)
        if events:
            self.changed.set()
        return events

    async def _renew(self, about: str) -> None:
        if "/" not in about:
            self._payees = dict(await self.caller.call(self.rows.payees))
            return
        bill = await self.caller.call(self.rows.bill, about)
        if bill is not None and bill.is_open:
            self._open[about] = bill
        else:
            self._open.pop(about, None)


@dataclass(frozen=True, slots=True)
class EstateLedger:
    """checks.plugin.Ledger."""

    keeper: LedgerKeeper
    written: Sequence[Invoice]

    def bills(self) -> Sequence[Invoice]:
        return self.written

    def on_record(self) -> Sequence[BillOnRecord]:
        return self.keeper.on_record()

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        return self.keeper.payees()

    async def record(self, drafts: Sequence[Draft]) -> Sequence[LedgerEvent]:
        return await self.keeper.record(drafts)
