"""What people say of bills, as they write it, made into drafts of events: pure. All that is wrong is said at once."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Final

from checks.estate import Estate
from checks.invoice import bill_key
from checks.ledger.event import OF_PAYEES, BlockReason, Details, Draft, LedgerEventKind, Terms
from checks.ledger.state import BillOnRecord, BillStanding
from checks.pasted import record_command
from checks.units import Money
from checks.workdays import WorkCalendar
from watchdog.billing.spoken_values import SpokenError, SpokenValues

_K = LedgerEventKind

#: Said by `add`, or by lists alone.
NOT_SPOKEN: Final = frozenset({_K.RECEIVED, _K.MISSING, _K.LISTED})
SPOKEN: Final = tuple(kind for kind in LedgerEventKind if kind not in NOT_SPOKEN)

#: Whose `until` is a day to come.
_TO_COME: Final = frozenset({_K.HELD, _K.GRACE})
#: What is taken off a bill: never more than all of it.
_LESSENING: Final = frozenset({_K.WITHHELD, _K.CREDIT_NOTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBill:
    """A bill as somebody writes it down; "" is not said."""

    vendor: str
    number: str
    amount: str
    due: str
    suspends: str = ""
    service: str = ""
    office: str = ""
    contract: str = ""
    received: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """An event as somebody says it; "" is not said. Terms and the day of receipt are those of a correction."""

    event: str
    amount: str = ""
    due: str = ""
    suspends: str = ""
    service: str = ""
    office: str = ""
    contract: str = ""
    received: str = ""
    stage: str = ""
    reason: str = ""
    block: str = ""
    until: str = ""
    payment: str = ""
    at: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks, when, in which estate."""

    author: str
    now: datetime
    estate: Estate
    calendar: WorkCalendar
    """Of the office that pays."""

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.now)


def new_bill(said: NewBill, speaker: Speaker) -> Draft:
    """Raises SpokenError."""
    reading, estate = SpokenValues(), speaker.estate
    vendor = reading.one_of("vendor", said.vendor, estate.vendors, "vendor") or ""
    number = reading.text("number", said.number)
    if not bill_key("", number).strip("/"):
        reading.refuse("number", "say the number printed on the bill")
    contracts = [one.id for one in estate.billing.contracts if one.vendor == vendor]
    amount, due = reading.money("amount", said.amount), reading.day("due", said.due)
    suspends = reading.day("suspends", said.suspends)
    if due is not None and suspends is not None and suspends < due:
        reading.refuse("suspends", "lies before the day it is due; the vendor cuts off later than that")
    service = reading.one_of("service", said.service, estate.services, "service")
    office = reading.one_of("office", said.office, estate.offices, "office")
    contract = reading.one_of("contract", said.contract, contracts, "contract of this vendor")
    happened_at = _received_at(reading, said.received, speaker)
    evidence = reading.text("evidence", said.evidence)
    reading.end()
    if amount is None or due is None:
        raise SpokenError([f"{'amount' if amount is None else 'due'}: is missing"])
    terms = Terms(
        number=number,
        amount=amount,
        due=due,
        suspends=suspends,
        service=service,
        office=office,
        contract=contract,
    )
    return Draft(
        about=bill_key(vendor, number),
        kind=_K.RECEIVED,
        happened_at=happened_at,
        author=speaker.author,
        evidence=evidence,
        details=Details(terms=terms),
    )


def _received_at(reading: SpokenValues, text: str, speaker: Speaker) -> datetime:
    """A day means its beginning, so that whatever else happened on it happened to a bill that was there."""
    day = reading.day("received", text)
    if day is None or day == speaker.today:
        return speaker.now
    if day > speaker.today:
        reading.refuse("received", "lies in the future; write a bill down when it is there")
        return speaker.now
    return _begin(day, speaker)


def _begin(day: date, speaker: Speaker) -> datetime:
    return datetime.combine(day, time(), speaker.calendar.zone).astimezone(UTC)


def kind_of(event: str) -> LedgerEventKind:
    """Raises SpokenError for a word that is none."""
    name = "-".join(event.split()).replace("_", "-").casefold()
    for kind in SPOKEN:
        if kind.value == name:
            return kind
    if name == _K.RECEIVED.value:
        raise SpokenError(["event: a bill that comes in is written down by `nigehban invoices add`"])
    raise SpokenError([f"event: no event is called so; there are {', '.join(kind.value for kind in SPOKEN)}"])


def word_on(said: Word, about: BillOnRecord | str, speaker: Speaker) -> Draft:
    """An event of a bill, or of the vendor whose id `about` is. Raises SpokenError."""
    kind = kind_of(said.event)
    bill = about if isinstance(about, BillOnRecord) else None
    if bill is None and kind not in OF_PAYEES:
        raise SpokenError([f"event: {kind.value} happens to a bill, not to a vendor; name it VENDOR/NUMBER"])
    reading = SpokenValues()
    happened_at = _happened_at(reading, said.at, bill, speaker)
    details = _details(reading, said, kind, bill, speaker)
    _refuse_past(reading, kind, details, happened_at, speaker)
    if bill is not None:
        _refuse_slips(reading, kind, details, bill)
    evidence = reading.text("evidence", said.evidence)
    reading.end()
    try:
        return Draft(
            about=about if bill is None else bill.key,  # type: ignore[arg-type]  # one of the two
            kind=kind,
            happened_at=happened_at,
            author=speaker.author,
            evidence=evidence,
            details=details,
        )
    except ValueError as error:
        raise SpokenError([str(error)]) from None


def _refuse_past(
    reading: SpokenValues, kind: LedgerEventKind, details: Details, happened_at: datetime, speaker: Speaker
) -> None:
    """Who holds a bill, or gives grace, means a day to come; in January the year is soon the wrong one."""
    said_on = speaker.calendar.local_date(happened_at)
    if kind in _TO_COME and details.until is not None and details.until < said_on:
        today = "today" if said_on == speaker.today else "the day it was said"
        reading.refuse("until", f"{details.until} lies before {today} ({said_on}); look at the year")


def _refuse_slips(reading: SpokenValues, kind: LedgerEventKind, details: Details, bill: BillOnRecord) -> None:
    """What would close a bill, or wake it, by a slip of the keyboard."""
    asked, amount = bill.terms.amount, details.amount
    if kind in _LESSENING and amount is not None and amount.currency == asked.currency:
        correct = "where the bill is wrong, record it as corrected first"
        if amount.amount > asked.amount:
            reading.refuse("amount", f"{amount} is more than the whole bill, {asked}; {correct}")
        elif kind is _K.WITHHELD and (why := _why_no_tax(amount, details, bill)):
            reading.refuse("amount", f"{why}; {correct}")
    if kind is _K.REOPENED and bill.standing is not BillStanding.CANCELLED:
        woken = "; money that came back is `credit-returned`" if bill.standing is BillStanding.PAID else ""
        reading.refuse("event", f"reopened is of a cancelled bill, this one is {bill.standing.value}{woken}")


def _why_no_tax(amount: Money, details: Details, bill: BillOnRecord) -> str:
    """Tax is a part of what a bill asks for: as much as all of it is the sum of the bill, typed in its place."""
    asked, before = bill.terms.amount, bill.paid.withheld
    if amount.amount + before < asked.amount or bill.sums.has(_K.WITHHELD, details):
        return ""
    beside = f", with {Money(before, asked.currency)} withheld before," if before else ""
    money = "money that was sent is `credited`, and what the vendor has is `acknowledged`"
    return f"{amount}{beside} is no less than the whole bill, {asked}, and tax is a part of it; {money}"


def _details(
    reading: SpokenValues, said: Word, kind: LedgerEventKind, bill: BillOnRecord | None, speaker: Speaker
) -> Details:
    currency = bill.terms.amount.currency if bill is not None else "PKR"
    amount = reading.money("amount", said.amount, currency)
    if amount is not None and amount.currency != currency:
        reading.refuse("amount", f"this bill is in {currency}")
    block = reading.one_of("block", said.block, (reason.value for reason in BlockReason), "block")
    stages = [stage.id for stage in speaker.estate.billing.path]
    details = Details(
        stage=reading.one_of("stage", said.stage, stages, "stage") or "",
        reason=reading.text("reason", said.reason),
        block=BlockReason(block) if block and not reading.problems else None,
        until=reading.day("until", said.until),
        payment=reading.text("payment", said.payment),
    )
    if kind is _K.CORRECTED and bill is not None:
        return _corrected(reading, said, bill, replace(details, amount=amount), speaker)
    for name in ("due", "suspends", "service", "office", "contract", "received"):
        if getattr(said, name):
            reading.refuse(name, "belongs to an event `corrected`")
    return replace(details, amount=amount)


def _corrected(reading: SpokenValues, said: Word, bill: BillOnRecord, details: Details, speaker: Speaker) -> Details:
    """What stays is not stated anew: two may correct a bill at once, one its amount and one its day of receipt."""
    terms = _terms_corrected(reading, said, bill, details.amount, speaker.estate)
    received_at = _received_in_truth(reading, said.received, bill, speaker)
    if not reading.problems and terms == bill.terms and received_at is None:
        other = f"the day of receipt is {speaker.calendar.local_date(bill.received_at)} already" * bool(said.received)
        others = "give another amount, day, service, office or contract, or another day of receipt"
        reading.refuse("event", f"corrected changes nothing: {other or others}")
    return replace(details, amount=None, terms=None if terms == bill.terms else terms, received_at=received_at)


def _received_in_truth(reading: SpokenValues, text: str, bill: BillOnRecord, speaker: Speaker) -> datetime | None:
    """A day means its beginning, as in `_received_at`. None where it is not said, or no other than is on record."""
    day = reading.day("received", text)
    if day is None or day == speaker.calendar.local_date(bill.received_at):
        return None
    if day > speaker.today:
        reading.refuse("received", f"{day} lies in the future; today is {speaker.today}")
    return _begin(day, speaker)


def _terms_corrected(
    reading: SpokenValues, said: Word, bill: BillOnRecord, amount: Money | None, estate: Estate
) -> Terms:
    contracts = [one.id for one in estate.billing.contracts if one.vendor == bill.vendor]
    terms = replace(
        bill.terms,
        amount=amount or bill.terms.amount,
        due=reading.day("due", said.due) or bill.terms.due,
        suspends=reading.day("suspends", said.suspends) or bill.terms.suspends,
        service=reading.one_of("service", said.service, estate.services, "service") or bill.terms.service,
        office=reading.one_of("office", said.office, estate.offices, "office") or bill.terms.office,
        contract=reading.one_of("contract", said.contract, contracts, "contract of this vendor") or bill.terms.contract,
    )
    if said.suspends and terms.suspends is not None and terms.suspends < terms.due:
        reading.refuse("suspends", f"lies before the day it is due, {terms.due}; the vendor cuts off later than that")
    return terms


def _happened_at(reading: SpokenValues, text: str, bill: BillOnRecord | None, speaker: Speaker) -> datetime:
    """A day means its end, so that it lies behind whatever was written down of that day."""
    at = _instant(reading, text, speaker)
    if at > speaker.now:
        reading.refuse("at", "lies in the future; write down what has happened")
    elif bill is not None and at < bill.received_at:
        local = speaker.calendar.local_date(bill.received_at)
        correct = record_command(f"{bill.vendor}/{bill.number}", "corrected --received DAY --reason TEXT")
        reading.refuse("at", f"lies before the bill was received ({local}); if it came in earlier, first: {correct}")
    return at


def _instant(reading: SpokenValues, text: str, speaker: Speaker) -> datetime:
    if not text:
        return speaker.now
    zone = speaker.calendar.zone
    if (at := reading.moment("at", text, zone, speaker.now)) is not None:
        return at
    day = reading.day("at", text)
    if day is None or day == speaker.today:
        return speaker.now
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)
