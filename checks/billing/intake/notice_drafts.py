"""From what stands in a notice to what is proposed for the ledger: pure. What is doubtful is named, never filled in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from checks.billing.intake.notice import DayMeaning, FoundDay, Notice
from checks.invoice import bill_key
from checks.ledger.event import MAX_TEXT_CHARS, Details, Draft, LedgerEventKind, Terms
from checks.ledger.proposal import Proposal
from checks.ledger.state import BillOnRecord
from checks.units import Money

_K = LedgerEventKind

#: Bills of one notice.
_MOST_BILLS: Final = 20
_REASON: Final = "the vendor's notice"
#: Stands in the note of a proposal, which is all that is kept of doubts.
_OPEN_CUT_OFF: Final = "settle it by --suspends"
_WHICH_CUT_OFF: Final = (
    "the notice names a day of cutting off that can be read in more than one way, and it would not go on record: say "
    "which day the paper means, nigehban invoices confirm {id} --suspends DAY, or that it names none, --suspends none"
)
_NONE_OPEN: Final = (
    "the bill was paid or cancelled meanwhile, so nothing would come of --amount and --due; confirm the notice without "
    "them, and record a correction: nigehban invoices record"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person says of a notice, or puts right in it; None is left as it was read."""

    vendor: str | None = None
    number: str | None = None
    amount: Money | None = None
    due: date | None = None
    suspends: date | None = None
    service: str | None = None

    @property
    def says_something(self) -> bool:
        return any(getattr(self, name) is not None for name in type(self).__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A notice as somebody handed it in."""

    author: str
    at: datetime
    file_hash: str
    """Hexadecimal SHA-256 of the file."""
    source: str
    """Its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    drafts: tuple[Draft, ...] = ()
    """None where nobody can tell whom the notice is from."""
    doubts: tuple[str, ...] = ()
    """What somebody must settle, each with what would do it."""


def drafted(notice: Notice, given: Given, handed: Handed, bills: Mapping[str, BillOnRecord]) -> Drafted:
    """`bills` are open ones, by key."""
    vendor = given.vendor or notice.vendor
    doubts = tuple(_doubts(notice, given))
    if vendor is None:
        named = ", ".join(dict.fromkeys(one.vendor for one in notice.vendors)) or "none that the settings know"
        return Drafted(doubts=(f"vendor: the notice names {named}; say whose it is: --vendor", *doubts))
    amount, due = given.amount or notice.amount, given.due or notice.day(DayMeaning.DUE)
    seen = _Seen(vendor, amount, due, given.suspends or notice.day(DayMeaning.SUSPENSION), notice, handed)
    known = _known(notice, given, vendor, bills)
    if known:
        drafts = [draft for bill in known[:_MOST_BILLS] for draft in _of_bill(bill, seen, given)]
        return Drafted(drafts=tuple(drafts), doubts=doubts)
    number = given.number or _only_number(notice)
    if number is not None and amount is not None and due is not None:
        terms = Terms(number=number, amount=amount, due=due, suspends=seen.suspends, service=given.service)
        details = Details(terms=terms, reason=seen.summary())
        return Drafted(drafts=(seen.draft(bill_key(vendor, number), _K.RECEIVED, details),), doubts=doubts)
    wanted = {"--number": number, "--amount": amount, "--due": due}
    missing = " and ".join(name for name, value in wanted.items() if value is None)
    note = f"no bill on record is meant by it; to add it as a new one, hand the notice in again with {missing}"
    return Drafted(drafts=(seen.draft(vendor, _K.NOTED, Details(reason=seen.summary())),), doubts=(note, *doubts))


def edited(drafts: Sequence[Draft], given: Given, bills: Mapping[str, BillOnRecord]) -> Sequence[Draft]:
    """`drafts` of a proposal as somebody puts them right; `bills` are open ones, by key. Raises ValueError that says
    what does not fit.
    """
    of_bills = [draft for draft in drafts if draft.is_of_bill]
    is_of_terms = given.due is not None or given.amount is not None
    if is_of_terms and of_bills and not any(_K.RECEIVED is one.kind or one.about in bills for one in of_bills):
        raise ValueError(_NONE_OPEN)
    found = [one for draft in drafts for one in _put_right(draft, given, bills)]
    return tuple({(one.about, one.kind): one for one in found}.values())


def why_not_bare(proposal: Proposal) -> str:
    """Why `proposal` cannot be confirmed without a word on the day of cutting off; "" where it can.

    Its bill would be watched by a day that is estimated, while the letter names one.
    """
    if not proposal.is_waiting or _OPEN_CUT_OFF not in proposal.note:
        return ""
    of_bills = [draft for draft in proposal.drafts if draft.is_of_bill]
    if not of_bills or any(_names_cut_off(draft) for draft in of_bills):
        return ""
    return _WHICH_CUT_OFF.format(id=proposal.id)


def _names_cut_off(draft: Draft) -> bool:
    terms = draft.details.terms
    return draft.kind is _K.SUSPENSION_ANNOUNCED or (draft.kind is _K.RECEIVED and bool(terms and terms.suspends))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is taken from a notice."""

    vendor: str
    amount: Money | None
    due: date | None
    suspends: date | None
    notice: Notice
    handed: Handed

    def summary(self) -> str:
        said = [flag.value for flag in self.notice.flagged]
        said += [f"asks for {self.amount}"] if self.amount is not None else []
        said += [f"due {self.due}"] if self.due is not None else []
        said += [f"cuts off {self.suspends}"] if self.suspends is not None else []
        return f"{_REASON}: {', '.join(said) or 'nothing that could be read for sure'}"

    def draft(self, about: str, kind: LedgerEventKind, details: Details) -> Draft:
        return Draft(
            about=about,
            kind=kind,
            happened_at=self.handed.at,
            author=self.handed.author,
            evidence=f"sha256:{self.handed.file_hash} {self._words(kind)}"[:MAX_TEXT_CHARS],
            details=replace(details, source=self.handed.source),
        )

    def _words(self, kind: LedgerEventKind) -> str:
        """The words of the notice that bear on it."""
        wanted = {DayMeaning.SUSPENSION} if kind is _K.SUSPENSION_ANNOUNCED else set(DayMeaning)
        days = [one.passage for one in self.notice.days if one.meaning in wanted]
        flags, amounts = ([one.passage for one in found] for found in (self.notice.flags, self.notice.amounts))
        return " | ".join(list(dict.fromkeys([*days, *flags, *amounts]))[:4])


def _of_bill(bill: BillOnRecord, seen: _Seen, given: Given) -> Iterator[Draft]:
    """What a notice about a bill on record adds to it."""
    if given.due is not None or given.amount is not None:
        yield seen.draft(bill.key, _K.CORRECTED, _corrected(bill, given))
    if seen.suspends is not None and seen.suspends != bill.suspends:
        details = Details(until=seen.suspends, reason=seen.summary())
        yield seen.draft(bill.key, _K.SUSPENSION_ANNOUNCED, details)
    else:
        yield seen.draft(bill.key, _K.NOTED, Details(reason=seen.summary()))


def _corrected(bill: BillOnRecord, given: Given) -> Details:
    terms = replace(bill.terms, due=given.due or bill.terms.due, amount=given.amount or bill.terms.amount)
    return Details(terms=terms, reason=_REASON)


def _known(notice: Notice, given: Given, vendor: str, bills: Mapping[str, BillOnRecord]) -> list[BillOnRecord]:
    if given.number is not None:
        keys = [bill_key(vendor, given.number)]
    else:
        keys = [bill_key(vendor, one.number) for one in notice.numbers]
    return [bills[key] for key in dict.fromkeys(keys) if key in bills]


def _only_number(notice: Notice) -> str | None:
    return notice.numbers[0].number if len(notice.numbers) == 1 else None


def _doubts(notice: Notice, given: Given) -> Iterator[str]:
    for meaning, said, option in (
        (DayMeaning.SUSPENSION, given.suspends, "--suspends"),
        (DayMeaning.DUE, given.due, "--due"),
    ):
        found = [one for one in notice.days if one.meaning is meaning]
        if said is None and found and notice.day(meaning) is None:
            yield from (_doubt(one, option) for one in found)
    if given.due is None and given.suspends is None:
        for span in notice.spans:
            days = "working days" if span.is_working else "days"
            yield f'within {span.days} {days}, from a day it does not name: "{span.passage}"'
    if given.amount is None:
        yield from (f'amount: {one.doubt}: "{one.passage}"' for one in notice.amounts if one.doubt)


def _doubt(found: FoundDay, option: str) -> str:
    days = " or ".join(day.isoformat() for day in found.readings)
    why = found.doubt or "the notice names several such days"
    can_be = f"; it can be {days}" if days else ""
    return f'{found.meaning.value}: {why}{can_be}; settle it by {option}: "{found.passage}"'


def _put_right(draft: Draft, given: Given, bills: Mapping[str, BillOnRecord]) -> Iterator[Draft]:
    terms = draft.details.terms
    if draft.kind is _K.RECEIVED and terms is not None:
        yield _received(draft, terms, given)
    elif draft.is_of_bill:
        yield from _of_bill_put_right(draft, given, bills)
    elif given.number is not None and given.amount is not None and given.due is not None:
        terms = Terms(number=given.number, amount=given.amount, due=given.due)
        yield _received(
            replace(
                draft,
                kind=_K.RECEIVED,
                about=bill_key(draft.about, given.number),
                details=Details(terms=terms, reason=draft.details.reason, source=draft.details.source),
            ),
            terms,
            given,
        )
    else:
        raise ValueError("to make a bill of it, give --number, --amount and --due")


def _reason(draft: Draft, given: Given) -> str:
    """What was read, and what it was put right to: the record says no day that is not meant without the other."""
    said = [f"asks for {given.amount}"] if given.amount is not None else []
    said += [f"due {given.due}"] if given.due is not None else []
    said += [f"cuts off {given.suspends}"] if given.suspends is not None else []
    right = f"; put right: {', '.join(said)}" if said else ""
    return f"{draft.details.reason}{right}"[:MAX_TEXT_CHARS]


def _received(draft: Draft, terms: Terms, given: Given) -> Draft:
    vendor = given.vendor or draft.vendor
    put_right = replace(
        terms,
        number=given.number or terms.number,
        amount=given.amount or terms.amount,
        due=given.due or terms.due,
        suspends=given.suspends or terms.suspends,
        service=given.service or terms.service,
    )
    if put_right.suspends is not None and put_right.suspends < put_right.due:
        raise ValueError("suspends: lies before the day it is due")
    details = replace(draft.details, terms=put_right, reason=_reason(draft, given))
    return replace(draft, about=bill_key(vendor, put_right.number), details=details)


def _of_bill_put_right(draft: Draft, given: Given, bills: Mapping[str, BillOnRecord]) -> Iterator[Draft]:
    if given.number is not None or given.vendor is not None or given.service is not None:
        raise ValueError("this is about a bill on record; of it only --due, --amount and --suspends can be put right")
    bill = bills.get(draft.about)
    if (given.due is not None or given.amount is not None) and bill is not None:
        corrected = _corrected(bill, given)
        yield replace(draft, kind=_K.CORRECTED, details=replace(corrected, source=draft.details.source))
    if given.suspends is not None:
        details = Details(until=given.suspends, reason=_reason(draft, given), source=draft.details.source)
        yield replace(draft, kind=_K.SUSPENSION_ANNOUNCED, details=details)
    else:
        yield draft
