"""The ledger in memory for whoever reads it often, always as it was committed last."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checks.invoice import Invoice
from checks.ledger.event import Draft, LedgerEvent
from checks.ledger.proposal import Answered, Decision, Proposal, proposed
from checks.ledger.rules import BillingRules
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
    rules: Callable[[], BillingRules] = BillingRules
    """Of the settings in force: whose word is enough."""
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
        await self._renew(events)
        return events

    async def say(self, drafts: Sequence[Draft], author: str) -> Answered:
        """What people say: on record as far as their word is enough, the rest waits for somebody else.

        Raises WordError for what cannot be (no such bill, another currency), and StoreError.
        """
        answered = await self.caller.call(self.rows.say, drafts, author, self.rules(), self.clock())
        await self._renew(answered.events)
        return answered

    async def propose(self, drafts: Sequence[Draft], author: str, source: str, note: str) -> Proposal:
        """What a text or a sheet seems to say; the same handed in twice waits once, and is not asked for anew once
        it is decided. `author` handed it in, `source` is where it is from. Raises StoreError.
        """
        theirs = [replace(draft, author=author) for draft in drafts]
        proposal = proposed(theirs, author, source=source, note=note, at=self.clock())
        return await self.caller.call(self.rows.propose, proposal)

    async def proposals(self) -> Sequence[Proposal]:
        """Those that wait, oldest first."""
        return await self.caller.call(self.rows.proposals)

    async def confirm(self, id_: str, author: str) -> Decision:
        """Raises UnknownProposalError, NotEnoughError (it is their own word, or not theirs to say), StoreError.

        Where somebody decided before, nothing changes, and the decision names them.
        """
        decision = await self.caller.call(self.rows.confirm, id_, author, self.rules(), self.clock())
        await self._renew(decision.events)
        return decision

    async def refuse(self, id_: str, author: str, reason: str) -> Decision:
        """As `confirm`; whoever proposed it may take it back."""
        return await self.caller.call(self.rows.refuse, id_, author, reason, self.clock())

    async def _renew(self, events: Sequence[LedgerEvent]) -> None:
        if not events:
            return
        touched = list(dict.fromkeys(event.draft.about for event in events))
        if any("/" not in about for about in touched):
            self._payees = dict(await self.caller.call(self.rows.payees))
        keys = [about for about in touched if "/" in about]
        standing = await self.caller.call(self.rows.open_among, keys)
        for key in keys:
            if key in standing:
                self._open[key] = standing[key]
            else:
                self._open.pop(key, None)
        self.changed.set()


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
