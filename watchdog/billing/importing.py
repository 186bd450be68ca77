"""Takes lists of bills into the ledger: all of a list, or nothing of it."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import IO, Final, TypedDict

import structlog

from checks.billing.intake.limits import MAX_PROBLEMS
from checks.billing.intake.request import Layout, known_of
from checks.billing.refusal import WHOLE_FILE, BadCell, BillsRefusedError, refused
from checks.estate import Estate
from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.proposal import Proposal, WordError, why_not_enough
from checks.ledger.rules import BillingRules
from watchdog.billing.import_plan import Handed, ImportPlan, Planning, StageEdit, keyed, keys_of
from watchdog.billing.keeper import LedgerKeeper
from watchdog.billing.reading_apart import heard, read_apart
from watchdog.clock import Clock
from watchdog.settings.values import Settings
from watchdog.store.executor import Caller
from watchdog.store.ledger import LedgerRows
from watchdog.store.ledger_spool import Spool
from watchdog.store.portions import portions

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: Said at once, so that nothing else waits long for the store.
_SAID_AT_ONCE: Final = 500
#: So many proposals back it is known what a source had asked for before.
_REMEMBERED: Final = 5_000
#: What Planning puts behind the evidence of a row.
_PROOF: Final = re.compile(r" \(sha256:[0-9a-f]*\)$")
_COMPARED_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a list; with `is_dry`, what would come of it."""

    bills: int
    """New ones."""
    same: int
    settled: int
    """Payments on record by it."""
    unpaid: int = 0
    """Payments that wait for somebody else's word."""
    proposals: Sequence[str] = ()
    """Ids of what waits for a person."""
    waiting: int = 0
    """Stages that would be proposed."""
    unread: Sequence[str] = ()
    ignored: Sequence[BadCell] = ()
    is_dry: bool = False


class _Foretold(TypedDict):
    settled: int
    unpaid: int


@dataclass(slots=True, kw_only=True)
class Importer:
    """One list at a time."""

    ledger: LedgerKeeper
    settings: Callable[[], Settings]
    """Those in force."""
    reading: Caller
    """Where nobody waits for what takes seconds."""
    clock: Clock
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """Saved ones, by name."""
        return self.settings().intake.layouts

    async def take(self, file: IO[bytes], layout: Layout, *, name: str, author: str, is_dry: bool = False) -> Imported:
        """`file` is a real one, read from its beginning. Raises BillsRefusedError, StoreError."""
        return await self._take(file, layout, Handed(name=name, digest="", author=author, at=self.clock()), is_dry)

    async def take_from(self, source: str, file: IO[bytes], layout: Layout, *, name: str) -> Imported:
        """What comes by itself from `source`, again and again: rows that differ from the ledger are passed over and
        told, and what was asked of people once is not asked anew. Raises BillsRefusedError, StoreError.
        """
        handed = Handed(name=name, digest="", author=f"source {source}", at=self.clock(), is_source=True)
        return await self._take(file, layout, handed, is_dry=False)

    async def _take(self, file: IO[bytes], layout: Layout, handed: Handed, is_dry: bool) -> Imported:  # noqa: FBT001  # as asked
        async with self._one_at_a_time:
            estate = self.settings().estate
            handed = replace(handed, digest=await self.reading.call(_digest, file), at=self.clock())
            today = handed.at.astimezone(estate.time_zone).date()
            async with read_apart(file, layout, known_of(estate), today) as said:
                planned = partial(self._plan, said, handed, estate)
                if is_dry:
                    plan = await self.reading.call(planned, _set_aside)
                    return replace(_imported(plan), is_dry=True, **_foretold(plan.later, handed, estate.billing))
                rules = self.ledger.rules()
                plan = await self.ledger.fill(lambda spool: planned(partial(_spooled, spool, handed.author, rules)))
            return await self._taken(plan, handed)

    def _plan(self, said: IO[bytes], handed: Handed, estate: Estate, put: Callable[[ImportPlan], None]) -> ImportPlan:
        """Some bills at a time: neither the list nor what is on record of it is ever held as a whole; `put` sees the
        new ones, and what is paid. Raises BillsRefusedError.
        """
        found = heard(said)
        planning = Planning(handed=handed, estate=estate, exported=found.exported)
        before = _AskedBefore(self.ledger.rows, handed.author) if handed.is_source else None
        plan = ImportPlan(unread=tuple(found.unread))
        is_empty = True
        while some := keyed(islice(found.bills, _COMPARED_AT_ONCE)):
            is_empty = False
            planning.add(plan, some, self.ledger.rows.among(keys_of(some)))
            if len(plan.problems) >= MAX_PROBLEMS:
                break
            if before is not None:
                before.take_payments_out(plan)
            if not plan.problems:
                put(plan)
            plan.news.clear()
            plan.settled.clear()
        if is_empty and not handed.is_source:
            raise refused(1, WHOLE_FILE, "holds no bill, headings at most; is it the right file, and sheet?")
        if plan.problems:
            raise BillsRefusedError(plan.problems)
        if before is not None:
            before.take_edits_out(plan)
        return plan

    async def _taken(self, plan: ImportPlan, handed: Handed) -> Imported:
        proposals = list(plan.asked)
        settled, unpaid = plan.paid, 0
        for some in portions(plan.later, _SAID_AT_ONCE):
            try:
                answered = await self.ledger.say(some, handed.author, is_word=not handed.is_source)
            except WordError as error:
                log.warning("a payment that a list names is not taken", list=handed.name, why=str(error))
                plan.ignore(BadCell(1, "settled_on", f"payments are not on record: {error}"))
                continue
            left = 0 if answered.proposal is None else len(some) - len(answered.events)
            settled += len(some) - left
            if answered.proposal is None:
                continue
            proposals.append(answered.proposal.id)
            if answered.proposal.is_waiting:
                unpaid += left
            else:
                plan.ignore(BadCell(1, "settled_on", _decided_before(answered.proposal)))
        proposals += await self._proposed(plan.edits, handed)
        log.info("took a list of bills", list=handed.name, by=handed.author, new=plan.bills, same=plan.same)
        waiting = tuple(dict.fromkeys(proposals))
        return replace(_imported(plan), settled=settled, unpaid=unpaid, proposals=waiting)

    async def _proposed(self, edits: Sequence[StageEdit], handed: Handed) -> Sequence[str]:
        """Ids of what waits for a person; the same that waits already is asked for once."""
        if not edits:
            return ()
        waiting = {_asked(draft): one.id for one in await self.ledger.proposals() for draft in one.drafts}
        found: list[str] = []
        for edit in edits:
            id_ = waiting.get(_asked(edit.draft))
            if id_ is None:
                proposal = await self.ledger.propose([edit.draft], handed.author, source=handed.name, note=edit.note)
                if not proposal.is_waiting:
                    continue
                id_ = waiting[_asked(edit.draft)] = proposal.id
            found.append(id_)
        return found


@dataclass(slots=True)
class _AskedBefore:
    """What a source had proposed before, in whatever row of whatever list. What was decided is not asked anew, unless
    the bill came back since.
    """

    rows: LedgerRows
    author: str
    _found: dict[tuple[object, ...], Proposal] | None = None

    def take_payments_out(self, plan: ImportPlan) -> None:
        """What of it waits is named in the plan."""
        before = [self._of(draft) for draft in plan.settled]
        plan.settled[:] = [draft for draft, one in zip(plan.settled, before, strict=True) if one is None]
        plan.asked += [one.id for one in before if one is not None and one.is_waiting]

    def take_edits_out(self, plan: ImportPlan) -> None:
        """As of payments."""
        before = [(edit, self._of(edit.draft)) for edit in plan.edits]
        plan.edits[:] = [edit for edit, one in before if one is None or _is_over(one, edit)]
        plan.asked += [one.id for edit, one in before if one is not None and not _is_over(one, edit) and one.is_waiting]

    def _of(self, draft: Draft) -> Proposal | None:
        """Proposals are read once, and only where a list says what may be among them."""
        if self._found is None:
            theirs = [one for one in self.rows.latest_proposals(_REMEMBERED) if one.author == self.author]
            self._found = {_content(draft): one for one in reversed(theirs) for draft in one.drafts}
        return self._found.get(_content(draft))


def _set_aside(plan: ImportPlan) -> None:
    plan.later += plan.settled


def _spooled(spool: Spool, author: str, rules: BillingRules, plan: ImportPlan) -> None:
    left = spool.say(plan.news, plan.settled, author, rules)
    plan.paid += len(plan.settled) - len(left)
    plan.later += left


def _is_over(asked: Proposal, edit: StageEdit) -> bool:
    """Whether the bill came back since somebody decided it."""
    decided_at, returned_at = asked.decided_at, edit.returned_at
    return decided_at is not None and returned_at is not None and decided_at < returned_at


def _content(draft: Draft) -> tuple[object, ...]:
    """What a source says by it, whatever file and row it stands in."""
    if draft.kind is LedgerEventKind.MOVED:
        return _asked(draft)
    return draft.about, draft.kind, draft.happened_at, _PROOF.sub("", draft.evidence)


def _asked(draft: Draft) -> tuple[str, LedgerEventKind, str]:
    """What a proposal of a stage is known by, whichever list it came with."""
    return draft.about, draft.kind, draft.details.stage


def _decided_before(proposal: Proposal) -> str:
    return f"payments are not on record: just that is proposal {proposal.id}, {proposal.standing.value} already"


def _foretold(payments: Sequence[Draft], handed: Handed, rules: BillingRules) -> _Foretold:
    """What would come of payments by the settings; who sent the money of a bill is asked when it is taken."""
    unpaid = sum(bool(why_not_enough(one, handed.author, rules, None, ())) for one in payments)
    return {"settled": len(payments) - unpaid, "unpaid": unpaid}


def _imported(plan: ImportPlan) -> Imported:
    return Imported(
        bills=plan.bills,
        same=plan.same,
        settled=plan.paid,
        waiting=len(plan.edits),
        unread=plan.unread,
        ignored=tuple(plan.ignored),
    )


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # a real file
    file.seek(0)
    return digest
