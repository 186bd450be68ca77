"""The ledger in memory for whoever reads it often, always as it was committed last."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar

from checks.invoice import Invoice
from checks.ledger.event import Draft, LedgerEvent
from checks.ledger.lessons import Lessons
from checks.ledger.proposal import OF_LISTS, Answered, Decision, Proposal, proposed
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, PayeeOnRecord
from checks.plugin import MOST_LATELY
from watchdog import collector
from watchdog.clock import Clock
from watchdog.store.errors import StoreBusyError
from watchdog.store.executor import Caller, Inline
from watchdog.store.ledger import LedgerRows
from watchdog.store.ledger_edits import Edit
from watchdog.store.ledger_links import Decided, IsMeant, Pressed, always
from watchdog.store.ledger_spool import Spool
from watchdog.store.ledger_writing import Prepared
from watchdog.store.views import LinkUse

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Write: TypeAlias = Callable[[Callable[[Spool], bool], Spool], Awaitable[bool]]

#: So many drafts are written where they are prepared: within 0.1 s.
FEW: Final = 500
#: How often a long list is prepared anew since somebody else wrote.
TRIES: Final = 3


def _to_its_end(verb: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """`verb` goes on though whoever waits for it is taken away: what it puts on record is always learnt."""

    @wraps(verb)
    async def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.shield(verb(*args, **kwargs))

    return whole


@dataclass(slots=True)
class LedgerKeeper:
    """Open bills and payees. What is told to it is on record when a verb returns."""

    rows: LedgerRows
    caller: Caller
    clock: Clock
    rules: Callable[[], BillingRules] = BillingRules
    """Of the settings in force: whose word is enough."""
    preparer: Caller = field(default_factory=Inline)
    """Where long lists are made ready, so that others write meanwhile."""
    lessons: Lessons = field(default_factory=Lessons)
    _open: dict[str, BillOnRecord] = field(default_factory=dict)
    _payees: dict[str, PayeeOnRecord] = field(default_factory=dict)
    _listed: Sequence[BillOnRecord] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Whoever writes has it."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after every commit; whoever waits clears it."""

    @classmethod
    def loaded(cls, rows: LedgerRows, caller: Caller, clock: Clock, preparer: Caller | None = None) -> "LedgerKeeper":
        """At the start, before anything runs. Raises StoreError."""
        keeper = cls(rows, caller, clock, preparer=preparer or caller)
        with collector.paused():
            keeper._open = {bill.key: bill for bill in rows.open_bills()}
            keeper._payees = dict(rows.payees())
        return keeper

    def beside(self, written: Sequence[Invoice]) -> "EstateLedger":
        """The ledger as checks of one set of settings see it, with the bills that stand there."""
        return EstateLedger(self, written)

    def on_record(self) -> Sequence[BillOnRecord]:
        """Open bills, by key."""
        if self._listed is None:
            self._listed = tuple(self._open[key] for key in sorted(self._open))
        return self._listed

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        return self._payees

    async def closed(self, keys: Collection[str]) -> Mapping[str, BillOnRecord]:
        """Of the bills with these keys those that are paid or cancelled, by key. Raises StoreError."""
        asked = [key for key in keys if key not in self._open]
        found = await self.caller.call(self.rows.among, asked) if asked else {}
        return {key: bill for key, bill in found.items() if not bill.is_open}

    @_to_its_end
    async def record(self, drafts: Sequence[Draft]) -> Sequence[LedgerEvent]:
        """Those that were news. Raises StoreError."""
        at = self.clock()
        if len(drafts) <= FEW:
            ready = await self._written(self.rows.put, drafts, at)
        else:
            ready = await self._put_many(drafts, at)
        self._take(ready.states)
        return ready.events

    async def _put_many(self, drafts: Sequence[Draft], at: datetime) -> Prepared:
        """Prepared where nobody waits; over and over while others write in between, then at one go."""
        for _ in range(TRIES):
            ready = await self.preparer.call(self.rows.prepare, drafts, at)
            if await self._written(self.rows.write, ready):
                return ready
        return await self._written(self.rows.put, drafts, at)

    @_to_its_end
    async def fill(self, filling: Callable[[Spool], T]) -> T:
        """`filling` hands in a long list, some at a time, and is asked anew where somebody wrote meanwhile; at the
        last try whoever writes to the ledger waits, the database itself is held by nobody. All of the list is on
        record when this returns, or nothing of it. Raises StoreError, and what `filling` raises.
        """
        for _ in range(TRIES):
            filled, spool = await self._filled(filling, self._written)
            if spool is not None:
                break
        else:
            async with self._turn:
                filled, spool = await self._filled(filling, self.caller.call)
        if spool is None:
            raise StoreBusyError("somebody else goes on writing to the ledger; hand the list in again")
        self._take(spool.states, spool.closed)
        return filled

    async def _filled(self, filling: Callable[[Spool], T], write: Write) -> tuple[T, Spool | None]:
        """Without the spool where it could not be written."""
        with self.rows.spooled(self.clock()) as spool:
            filled = await self.preparer.call(filling, spool)
            return filled, spool if await write(self.rows.write_spooled, spool) else None

    async def _written(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A call that writes, once it is its turn."""
        async with self._turn:
            return await self.caller.call(function, *args, **kwargs)

    def _take(self, states: Mapping[str, BillOnRecord | PayeeOnRecord], closed: Collection[str] = ()) -> None:
        """What was committed last of them, and which bills beside them are open no more."""
        payees = {one.vendor: one for one in states.values() if isinstance(one, PayeeOnRecord)}
        if payees:
            self._payees = {**self._payees, **payees}
        for one in states.values():
            if isinstance(one, BillOnRecord) and one.is_open:
                self._open[one.key] = one
            elif isinstance(one, BillOnRecord):
                self._open.pop(one.key, None)
        for key in closed:
            self._open.pop(key, None)
        if states or closed:
            self._listed = None
            self.changed.set()

    @_to_its_end
    async def say(
        self, drafts: Sequence[Draft], author: str, *, is_word: bool = True, spoken_at: datetime | None = None
    ) -> Answered:
        """What people say: on record as far as their word is enough, the rest waits for somebody else.

        `is_word=False` for a list or a source: whoever writes it must not be the second of two. `spoken_at` is the
        moment that stands in `drafts` for now. Raises WordError for what cannot be (no such bill, another currency, a
        bill that is paid by then), and StoreError.
        """
        if len(drafts) > FEW and all(draft.kind in OF_LISTS for draft in drafts):
            return Answered(events=await self.record([replace(draft, author=author) for draft in drafts]))
        rules, at = self.rules(), self.clock()
        answered = await self._written(self.rows.say, drafts, author, rules, at, is_word=is_word, spoken_at=spoken_at)
        self._take(answered.states)
        return answered

    @_to_its_end
    async def press(self, use: LinkUse, drafts: Sequence[Draft], author: str, *, is_meant: IsMeant = always) -> Pressed:
        """As `say`, by a signed link that works once. Raises WordError and StoreError, and then it was not used."""
        rules, at = self.rules(), self.clock()
        pressed = await self._written(self.rows.press, use, drafts, author, rules, at, is_meant=is_meant)
        if pressed.answered is not None:
            self._take(pressed.answered.states)
        return pressed

    @_to_its_end
    async def decide(self, use: LinkUse, id_: str, author: str, reason: str | None) -> Decided:
        """As `confirm`, or as `refuse` where there is a reason, by a signed link that works once."""
        decided = await self._written(self.rows.decide, use, id_, author, self.rules(), self.clock(), reason)
        if decided.decision is not None:
            self._take(decided.decision.states)
        return decided

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

    @_to_its_end
    async def confirm(self, id_: str, author: str) -> Decision:
        """Raises UnknownProposalError, NotEnoughError (it is their own word, or not theirs to say), StoreError.

        Where somebody decided before, nothing changes, and the decision names them.
        """
        decision = await self._written(self.rows.confirm, id_, author, self.rules(), self.clock())
        self._take(decision.states)
        return decision

    @_to_its_end
    async def put_right(self, id_: str, edit: Edit, author: str) -> Decision:
        """As `confirm`, of what `edit` makes of it; what `edit` raises leaves everything as it was."""
        decision = await self._written(self.rows.put_right, id_, edit, author, self.rules(), self.clock())
        self._take(decision.states)
        return decision

    async def refuse(self, id_: str, author: str, reason: str) -> Decision:
        """As `confirm`; whoever proposed it may take it back."""
        return await self.caller.call(self.rows.refuse, id_, author, reason, self.clock())


@dataclass(frozen=True, slots=True)
class EstateLedger:
    """checks.plugin.Ledger."""

    keeper: LedgerKeeper
    written: Sequence[Invoice]

    @property
    def lessons(self) -> Lessons:
        return self.keeper.lessons

    def bills(self) -> Sequence[Invoice]:
        return self.written

    def on_record(self) -> Sequence[BillOnRecord]:
        return self.keeper.on_record()

    def payees(self) -> Mapping[str, PayeeOnRecord]:
        return self.keeper.payees()

    async def record(self, drafts: Sequence[Draft]) -> Sequence[LedgerEvent]:
        return await self.keeper.record(drafts)

    async def closed(self, keys: Collection[str]) -> Mapping[str, BillOnRecord]:
        return await self.keeper.closed(keys)

    async def lately_closed(self) -> Sequence[BillOnRecord]:
        return await self.keeper.caller.call(self.keeper.rows.lately_closed, MOST_LATELY)

    async def bills_of(self, vendors: Collection[str], since: datetime) -> Sequence[BillOnRecord]:
        return await self.keeper.caller.call(self.keeper.rows.bills_of, vendors, since)

    async def say(self, drafts: Sequence[Draft], author: str) -> Sequence[LedgerEvent]:
        return (await self.keeper.say(drafts, author, is_word=False)).events
