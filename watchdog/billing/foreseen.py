"""What is on record now, for time played forward: nothing of what is put on record meanwhile leaves the play."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from checks.invoice import Invoice
from checks.ledger.chain import linked
from checks.ledger.event import GENESIS, Draft, LedgerEvent
from checks.ledger.fold import after, folded
from checks.ledger.lessons import Lessons
from checks.ledger.proposal import why_not_enough
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from checks.ledger.taxpayers import NoLists
from checks.model import CheckId
from checks.plugin import MOST_LATELY, Json, Taxpayers
from watchdog.billing.taxpayers import TaxpayerRegister
from watchdog.store.executor import Inline
from watchdog.store.ledger import LedgerRows
from watchdog.store.listings import Listings


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """What checks of money would find at this moment; nothing, where nothing is known."""

    bills: Sequence[BillOnRecord] = ()
    """Open ones."""
    payees: Mapping[str, PayeeOnRecord] = field(default_factory=dict)
    rows: LedgerRows | None = None
    """Where bills that are closed are read."""
    taxpayers: Taxpayers = field(default_factory=NoLists)
    memories: Mapping[CheckId, Mapping[str, Json]] = field(default_factory=dict)
    """What checks remember of their last look."""

    @classmethod
    def of(cls, listings: Listings) -> "OnRecord":
        """As it was committed last. Raises StoreError."""
        ledger = listings.ledger
        return cls(
            bills=ledger.open_bills(),
            payees=ledger.payees(),
            rows=ledger,
            taxpayers=TaxpayerRegister(listings.taxpayers, Inline()),
            memories=listings.memories(),
        )

    def ledger(self, written: Sequence[Invoice], rules: BillingRules, at: datetime) -> "ForeseenLedger":
        """`written` are the bills of the settings."""
        bills = {bill.key: bill for bill in self.bills}
        return ForeseenLedger(written, rules, at, self.rows, self.payees, bills)


@dataclass(slots=True)
class ForeseenLedger:
    """checks.plugin.Ledger. Raises StoreError."""

    written: Sequence[Invoice]
    rules: BillingRules
    at: datetime
    rows: LedgerRows | None
    _payees: Mapping[str, PayeeOnRecord]
    _bills: dict[str, BillOnRecord]
    """Open ones, and those that something happened to."""
    _listed: Sequence[BillOnRecord] | None = None
    lessons: Lessons = field(default_factory=Lessons)

    def bills(self) -> Sequence[Invoice]:
        return self.written

    def on_record(self) -> Sequence[BillOnRecord]:
        if self._listed is None:
            self._listed = tuple(bill for _key, bill in sorted(self._bills.items()) if bill.is_open)
        return self._listed

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        return self._payees

    async def closed(self, keys: Collection[str]) -> Mapping[str, BillOnRecord]:
        return {key: bill for key, bill in self._among(keys).items() if not bill.is_open}

    async def lately_closed(self) -> Sequence[BillOnRecord]:
        return () if self.rows is None else self.rows.lately_closed(MOST_LATELY)

    async def bills_of(self, vendors: Collection[str], since: datetime) -> Sequence[BillOnRecord]:
        kept = [] if self.rows is None else self.rows.bills_of(vendors, since)
        theirs = {bill.key: bill for bill in (*kept, *self._bills.values()) if bill.vendor in vendors}
        return [bill for _key, bill in sorted(theirs.items()) if bill.recorded_at >= since]

    async def record(self, drafts: Sequence[Draft]) -> Sequence[LedgerEvent]:
        events = [linked(draft, self.at, GENESIS) for draft in drafts]
        for event in events:
            self._happened(event)
        self._listed = None
        return events

    async def say(self, drafts: Sequence[Draft], author: str) -> Sequence[LedgerEvent]:
        """Where the rules ask for a person, it waits for ever."""
        told = self._among({draft.about for draft in drafts})
        enough = [one for one in drafts if not why_not_enough(one, author, self.rules, told.get(one.about), ())]
        return await self.record(enough)

    def _happened(self, event: LedgerEvent) -> None:
        about = event.draft.about
        if "/" not in about:  # no look says anything of a payee
            return
        known = self._among([about]).get(about)
        bill = folded([event]) if known is None else after(known, event)
        if bill is not None:
            self._bills[about] = bill

    def _among(self, keys: Collection[str]) -> Mapping[str, BillOnRecord]:
        here = {key: self._bills[key] for key in keys if key in self._bills}
        others = [key for key in keys if key not in here]
        return {**here, **({} if self.rows is None or not others else self.rows.among(others))}
