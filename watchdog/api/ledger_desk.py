"""Bills as people write them down, and what they say of them: confirmed once it is on record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from checks.billing.path.position import position
from checks.ledger.event import OF_PAYEES, Draft, LedgerEvent, LedgerEventKind
from checks.ledger.proposal import Proposal, WordError
from checks.ledger.rules import BillingRules
from checks.ledger.state import BillOnRecord, BillStanding, PayeeOnRecord
from checks.pasted import pasted, record_command
from checks.units import Money
from checks.wording import day_of
from checks.workdays import WorkCalendar
from watchdog.api.refusal import Refusal
from watchdog.billing.keeper import LedgerKeeper
from watchdog.billing.naming import bill_named, bill_or_none
from watchdog.billing.spoken import NewBill, Speaker, Word, kind_of, new_bill, word_on
from watchdog.billing.spoken_values import SpokenError
from watchdog.clock import Clock
from watchdog.daemon import Daemon
from watchdog.store.executor import Caller
from watchdog.store.ledger import ChainHead, LedgerRows

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_K = LedgerEventKind

#: One payment covers no more bills than that.
MAX_BILLS: Final = 200
#: Bills whose standing one answer tells.
_SAID: Final = 5
_NOT_UNDERSTOOD: Final = "this cannot be understood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What came of a word; no `events` where it was on record already."""

    events: Sequence[LedgerEvent]
    bills: Sequence[BillOnRecord]
    """As they stand now."""
    vendor: str = ""
    """Of whom it was, where it was of a vendor."""
    waiting: Proposal | None = None
    """What of it waits for somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDesk:
    """Between the API and the ledger. Raises Refusal, NotFoundError, SeveralError and StoreError."""

    daemon: Daemon
    ledger: LedgerKeeper
    rows: LedgerRows
    reading: Caller
    clock: Clock

    async def add(self, said: NewBill, author: str) -> Recorded:
        """A bill that came in."""
        try:
            draft = new_bill(said, self._speaker(author, said.office or None, self.clock()))
        except SpokenError as error:
            raise Refusal(400, _NOT_UNDERSTOOD, error.problems) from None
        standing = await self.reading.call(self.rows.bill, draft.about)
        if standing is not None and standing.terms == draft.details.terms:
            self._refuse_other_day(standing, said, draft)
            return Recorded(events=(), bills=(standing,))
        if standing is not None:
            already = f"{_called(standing)} is on record already: {_terms(standing)}"
            raise Refusal(409, f"{already}; to change it, record it as corrected")
        return await self._recorded([draft], author)

    async def named(self, words: Sequence[str], whole: str) -> Sequence[str]:
        """`words` were cut out of `whole` at its commas, which may stand in the number of one bill."""
        if whole and await self.reading.call(bill_or_none, self.rows, whole) is not None:
            return [whole]
        return words

    async def say(self, words: Sequence[str], said: Word, author: str) -> Recorded:
        """The same event of one bill, of several, or of a vendor: of all of them, or of none."""
        try:
            kind = kind_of(said.event)
        except SpokenError as error:
            raise Refusal(400, _NOT_UNDERSTOOD, error.problems) from None
        if len(words) > 1 and said.amount:
            raise Refusal(400, "one amount for several bills: record each by itself, or leave the amount out")
        drafts: list[Draft] = []
        problems: list[str] = []
        now = self.clock()
        for word in dict.fromkeys(words):
            about = await self._about(word, kind)
            try:
                drafts.append(word_on(said, about, self._speaker(author, _office(about), now)))
            except SpokenError as error:
                where = f"{word}, " if len(words) > 1 else ""
                problems += [f"{where}{problem}" for problem in error.problems]
        if problems:
            raise Refusal(400, _NOT_UNDERSTOOD, problems)
        log.info("said of bills", what=kind.value, bills=len(drafts), by=author)
        return await self._recorded(drafts, author, now)

    async def say_of_vendor(self, vendor: str, said: Word, author: str) -> Recorded:
        """Of the vendor of that id itself, whatever numbers it gives its bills."""
        try:
            draft = word_on(said, vendor, self._speaker(author, None, self.clock()))
        except SpokenError as error:
            raise Refusal(400, _NOT_UNDERSTOOD, error.problems) from None
        log.info("said of a vendor", what=draft.kind.value, by=author)
        return await self._recorded([draft], author)

    async def head(self) -> ChainHead:
        return await self.reading.call(self.rows.head)

    async def _recorded(self, drafts: Sequence[Draft], author: str, spoken_at: datetime | None = None) -> Recorded:
        try:
            answered = await self.ledger.say(drafts, author, spoken_at=spoken_at)
        except WordError as error:
            raise Refusal(409, str(error)) from None
        keys = [draft.about for draft in drafts if draft.is_of_bill]
        bills = [bill for key in keys if (bill := await self.reading.call(self.rows.bill, key)) is not None]
        vendor = "" if keys else drafts[0].about
        return Recorded(events=answered.events, bills=bills, vendor=vendor, waiting=answered.proposal)

    async def _about(self, word: str, kind: LedgerEventKind) -> BillOnRecord | str:
        """A vendor is named by its id alone. What may be said of either is refused where a bill has that number."""
        bill = await self.reading.call(bill_or_none, self.rows, word)
        if bill is not None:
            if word in self.daemon.settings.estate.vendors and kind in OF_PAYEES:
                raise Refusal(409, f"{word} is a vendor, and the number of a bill: {_which(word, bill, kind)}")
            return bill
        if word in self.daemon.settings.estate.vendors:
            return word
        return await self.reading.call(bill_named, self.rows, word)

    def _speaker(self, author: str, office: str | None, now: datetime) -> Speaker:
        estate = self.daemon.settings.estate
        return Speaker(author=author, now=now, estate=estate, calendar=self._calendar(office))

    def _calendar(self, office: str | None) -> WorkCalendar:
        known = office if office in self.daemon.settings.estate.offices else None
        return self.daemon.directory.calendars.of(known)

    def _refuse_other_day(self, bill: BillOnRecord, said: NewBill, draft: Draft) -> None:
        """A day that is dropped is named: stages and what is learnt of them count from the one on record."""
        on_record, day = map(self._calendar(said.office or None).local_date, (bill.received_at, draft.happened_at))
        if said.received and day != on_record:
            there = f"{_called(bill)} is on record already, as received on {on_record}"
            correct = record_command(_called(bill), f"corrected --received {day} --reason TEXT")
            raise Refusal(409, f"{there}; if {day} is right: {correct}")

    def words_of(self, recorded: Recorded) -> str:
        """What came of it, in one sentence."""
        if recorded.waiting is not None and not recorded.events:
            return _waits(recorded.waiting)
        already = "" if recorded.events else " (it was on record already)"
        if recorded.vendor:
            return f"{recorded.vendor}: {self._payee(recorded.vendor)}{already}"
        corrected = {event.draft.about for event in recorded.events if event.draft.details.received_at is not None}
        text = "; ".join(
            self._stands(bill) + (self._received(bill) if bill.key in corrected else "") for bill in recorded.bills
        )
        text += already
        return text if recorded.waiting is None else f"{text}; {_waits(recorded.waiting)}"

    def standings(self, states: Iterable[BillOnRecord | PayeeOnRecord]) -> list[str]:
        """How each bill stands; of many the first, and how many more."""
        bills = [one for one in states if isinstance(one, BillOnRecord)]
        more = [f"and {len(bills) - _SAID} bills more: nigehban invoices list"] if len(bills) > _SAID else []
        return [*(self._stands(bill) for bill in bills[:_SAID]), *more]

    def _stands(self, bill: BillOnRecord) -> str:
        return f"{_called(bill)}: {_now(bill, self.daemon.settings.estate.billing)}"

    def _received(self, bill: BillOnRecord) -> str:
        """Of a bill whose day of receipt was corrected; a bill may come in late, and a month is soon the wrong one."""
        local = self._calendar(bill.terms.office).local_date
        day, was = local(bill.received_at), [local(one.was) for one in bill.receipt_changes[-1:]]
        late = ", after the day it is due: look at the days" if day > bill.terms.due else ""
        return f", received on {day_of(day)}{late}" + "".join(f" (was {day_of(one)})" for one in was)

    def _payee(self, vendor: str) -> str:
        payee = self.ledger.payees().get(vendor)
        blocks = () if payee is None else payee.blocks
        if not blocks:
            return "nothing on record stands in the way of paying it"
        return f"cannot be paid: {', '.join(block.reason.value for block in blocks)}"


def _which(vendor: str, bill: BillOnRecord, kind: LedgerEventKind) -> str:
    verb = {_K.BLOCKED: "block", _K.UNBLOCKED: "unblock"}.get(kind)
    of_vendor = f"of the vendor say nigehban vendors {verb} {pasted(vendor)}, " if verb else ""
    return f"{of_vendor}of the bill {_called(bill)}"


def _office(about: BillOnRecord | str) -> str | None:
    return None if isinstance(about, str) else about.terms.office


def _waits(proposal: Proposal) -> str:
    if not proposal.is_waiting:
        why = f": {proposal.reason}" if proposal.reason else ""
        return f"not on record: just that is proposal {proposal.id}, {proposal.standing.value} already{why}"
    return f"not on record yet, it waits as proposal {proposal.id} for somebody else to confirm it: {proposal.note}"


def _called(bill: BillOnRecord) -> str:
    return f"{bill.vendor}/{bill.number}"


def _terms(bill: BillOnRecord) -> str:
    terms = bill.terms
    named = ((name, getattr(terms, name)) for name in ("service", "office", "contract"))
    day = bill.suspends
    cut_off = "" if day is None else f", cut off on {day_of(day)}"
    if day is not None and terms.suspends not in {None, day}:
        cut_off += f" (the bill says {day_of(terms.suspends)})"
    more = "".join(f", {name} {value}" for name, value in named if value is not None)
    return f"{terms.amount}, due {day_of(terms.due)}{cut_off}{more}"


def _now(bill: BillOnRecord, rules: BillingRules) -> str:
    """How it stands, with what may surprise."""
    match bill.standing:
        case BillStanding.PAID:
            return f"paid{_overpaid_text(bill)}"
        case BillStanding.CANCELLED:
            return "cancelled"
        case BillStanding.OPEN:
            left = f"{bill.remaining} left to pay" if bill.paid.settled else _terms(bill)
            stops = [f"blocked: {block.reason.value}" for block in bill.blocks] + ["disputed"] * bool(bill.disputed)
            held = [] if bill.held_until is None else [f"held until {day_of(bill.held_until)}"]
            return ", ".join([f"open at {position(bill, rules).stage.title}", left, *stops, *held]) + _sent_text(bill)


def _sent_text(bill: BillOnRecord) -> str:
    """Of an open bill for which more money is on its way than it asks for."""
    sent, asked = bill.paid.credited, bill.terms.amount
    return f", and {Money(sent, asked.currency)} sent, more than the bill: look at the amounts" * (sent > asked.amount)


def _overpaid_text(bill: BillOnRecord) -> str:
    """Like ", and Rs 4,000 more than the bill: look at the amounts"; "" where nothing was paid too much."""
    if not bill.overpaid:
        return ""
    return f", and {Money(bill.overpaid, bill.terms.amount.currency)} more than the bill: look at the amounts"
