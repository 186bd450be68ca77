"""Vendors' notices on their way in, and what waits for somebody's word: nothing is on record before it is confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from checks.billing.intake.notice import Notice
from checks.billing.intake.notice_drafts import Drafted, Given, Handed, drafted, edited, why_not_bare
from checks.billing.intake.notice_reading import notice_of
from checks.estate import Estate
from checks.ledger.event import Draft
from checks.ledger.proposal import Decision, NotEnoughError, Proposal, UnknownProposalError, WordError
from checks.ledger.state import BillOnRecord
from watchdog.api.ledger_desk import LedgerDesk
from watchdog.api.refusal import Refusal
from watchdog.billing.spoken_values import SpokenValues

log: structlog.stdlib.BoundLogger = structlog.get_logger()

MAX_NOTE_CHARS: Final = 1500
_NOT_UNDERSTOOD: Final = "this cannot be understood"
_NO_DAY: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenNotice:
    """What came of a notice that was handed in."""

    notice: Notice
    doubts: Sequence[str]
    proposal: Proposal | None
    """None where nobody can tell whom the notice is from."""


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """Between the API and the ledger. Raises Refusal and StoreError."""

    ledger: LedgerDesk

    @property
    def estate(self) -> Estate:
        return self.ledger.daemon.settings.estate

    async def take(
        self, text: str, *, file_hash: str, source: str, said: Mapping[str, str], author: str
    ) -> TakenNotice:
        given = self._given(said)
        bills = {bill.key: bill for bill in self.ledger.ledger.on_record()}
        now = self.ledger.clock()
        today = self.ledger.daemon.directory.calendars.of(None).local_date(now)
        notice = await self.ledger.reading.call(
            partial(notice_of, text, vendors=self.estate.vendors, bills=bills, today=today)
        )
        handed = Handed(author=author, at=now, file_hash=file_hash, source=source)
        found = drafted(notice, given, handed, bills)
        if not found.drafts:
            return TakenNotice(notice=notice, doubts=found.doubts, proposal=None)
        proposal = await self._proposed(found, handed, given)
        log.info("a notice was handed in", proposal=proposal.id, by=author)
        return TakenNotice(notice=notice, doubts=found.doubts, proposal=proposal)

    async def confirm(self, id_: str, said: Mapping[str, str], author: str) -> Decision:
        """As it stands, or as `said` puts it right: then that is proposed and confirmed in its place. Where a notice
        leaves open which day it cuts off on, `said` names it, or says that there is none.
        """
        if said.get("suspends", "").strip().casefold() == _NO_DAY:
            said = {**said, "suspends": ""}
        elif not said.get("suspends"):
            await self._refuse_open_day(id_)
        try:
            if (given := self._given(said)).says_something:
                return await self._edited(id_, given, author)
            return await self.ledger.ledger.confirm(id_, author)
        except WordError as error:
            raise _refusal(error) from None

    async def refuse(self, id_: str, reason: str, author: str) -> Decision:
        try:
            return await self.ledger.ledger.refuse(id_, author, reason)
        except WordError as error:
            raise _refusal(error) from None

    async def _refuse_open_day(self, id_: str) -> None:
        for waiting in await self.ledger.ledger.proposals():
            if waiting.id == id_ and (why := why_not_bare(waiting)):
                raise Refusal(409, why)

    async def _edited(self, id_: str, given: Given, author: str) -> Decision:
        def edit(drafts: Sequence[Draft], bills: Mapping[str, BillOnRecord]) -> Sequence[Draft]:
            try:
                return edited(drafts, given, bills)
            except ValueError as error:
                raise Refusal(400, _NOT_UNDERSTOOD, [str(error)]) from None

        return await self.ledger.ledger.put_right(id_, edit, author)

    async def _proposed(self, found: Drafted, handed: Handed, given: Given) -> Proposal:
        """The same file handed in twice waits once, unless something is said of it now."""
        if not given.says_something:
            mark = f"sha256:{handed.file_hash}"
            for waiting in await self.ledger.ledger.proposals():
                if any(draft.evidence.startswith(mark) for draft in waiting.drafts):
                    return waiting
        note = "; ".join(found.doubts)[:MAX_NOTE_CHARS] or "a notice is a stranger's words: compare it, then confirm"
        return await self.ledger.ledger.propose(found.drafts, handed.author, handed.source, note)

    def _given(self, said: Mapping[str, str]) -> Given:
        reading = SpokenValues()
        given = Given(
            vendor=reading.one_of("vendor", said.get("vendor", ""), self.estate.vendors, "vendor"),
            number=reading.text("number", said.get("number", "")) or None,
            amount=reading.money("amount", said.get("amount", "")),
            due=reading.day("due", said.get("due", "")),
            suspends=reading.day("suspends", said.get("suspends", "")),
            service=reading.one_of("service", said.get("service", ""), self.estate.services, "service"),
        )
        if reading.problems:
            raise Refusal(400, _NOT_UNDERSTOOD, reading.problems)
        return given


def _refusal(error: WordError) -> Refusal:
    match error:
        case UnknownProposalError():
            return Refusal(404, str(error))
        case NotEnoughError():
            return Refusal(403, str(error))
        case _:
            return Refusal(409, str(error))
