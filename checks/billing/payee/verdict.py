"""Whether a vendor can be paid: what is on record, what its numbers are, what the taxpayer lists say. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, assert_never

from checks.billing.payee.names import is_like
from checks.billing.payee.numbers import parse_cnic, parse_iban, parse_ntn, parse_strn
from checks.estate import Vendor
from checks.ledger.event import BlockReason
from checks.ledger.state import PayeeOnRecord
from checks.ledger.taxpayers import ListKind, Lookup
from checks.model import Cause
from checks.wording import day_of

#: What each reason is called before people.
REASON_WORDS: Final[Mapping[BlockReason, str]] = {
    BlockReason.ACCOUNT_ATTACHED: "account attached by the tax authority",
    BlockReason.NOT_ACTIVE_TAXPAYER: "not on the list of active taxpayers",
    BlockReason.IBAN_MISMATCH: "account number does not fit",
    BlockReason.NO_BUDGET: "no budget",
    BlockReason.COURT_ORDER: "court order",
    BlockReason.FREEZE: "all payments frozen",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One reason why a payment would come back."""

    reason: BlockReason
    since: datetime | None
    """When it began; None where it was found by looking, which says only that it stands now."""
    words: str = ""
    """More about it: who said so, which list."""
    evidence: str = ""
    recorded_at: datetime | None = None

    @property
    def text(self) -> str:
        return REASON_WORDS[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Something that nobody can say now, and what would settle it."""

    cause: Cause
    """STALE or UNPARSABLE."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeVerdict:
    vendor: str
    reasons: tuple[Obstacle, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    notes: tuple[str, ...] = ()
    """What is odd without being an obstacle, such as another name on the list."""
    checklist: tuple[str, ...] = ()
    """What to do so that the money arrives all the same; empty where nothing stands in the way."""

    @property
    def is_payable(self) -> bool | None:
        """None: it cannot be said."""
        if self.reasons:
            return False
        return None if self.unknowns else True

    @property
    def why(self) -> str:
        """What stands in the way, in short; "" where nothing is known to."""
        return ", ".join(one.text for one in self.reasons)

    @property
    def doubt(self) -> str:
        """Why nobody can say; "" where somebody can."""
        return "; ".join(one.text for one in self.unknowns) if self.is_payable is None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a verdict rests on beside the vendor itself."""

    today: date
    stale_days: int
    lookups: Mapping[ListKind, Lookup]
    """Of the newest list of each kind; a kind is left out where none was ever imported."""


def judged(vendor: Vendor, payee: PayeeOnRecord | None, grounds: Grounds) -> PayeeVerdict:
    """All that is known, for whoever is about to pay: what was declared comes first, then what the lists say."""
    said, listed = declared(vendor, payee), of_lists(vendor, grounds)
    return _verdict(vendor, (*said.reasons, *listed.reasons, *listed.unknowns, *said.notes, *listed.notes))


def declared(vendor: Vendor, payee: PayeeOnRecord | None) -> PayeeVerdict:
    """What people said and what the numbers in the settings say; nothing of it is ever unknown."""
    reasons = [
        Obstacle(
            reason=block.reason,
            since=block.since,
            words=block.words,
            evidence=block.evidence,
            recorded_at=block.recorded_at,
        )
        for block in (payee.blocks if payee else ())
    ]
    odd = [] if vendor.taxpayer_lists else [one.text for one in _of_numbers(vendor)]
    return _verdict(vendor, (*reasons, *_of_account(vendor), *odd))


def of_lists(vendor: Vendor, grounds: Grounds) -> PayeeVerdict:
    """What the lists say on which the vendor must stand, by its numbers; one that is not known is unknown."""
    if not vendor.taxpayer_lists:
        return PayeeVerdict(vendor=vendor.id)
    return _verdict(vendor, (*_of_numbers(vendor), *_of_lists(vendor, grounds)))


def _verdict(vendor: Vendor, found: Iterable[Obstacle | Unknown | str]) -> PayeeVerdict:
    reasons: list[Obstacle] = []
    unknowns: list[Unknown] = []
    notes: list[str] = []
    for one in found:
        match one:
            case Obstacle():
                if all(other.reason is not one.reason for other in reasons):
                    reasons.append(one)
            case Unknown():
                unknowns.append(one)
            case str():
                notes.append(one)
            case _:
                assert_never(one)
    return PayeeVerdict(
        vendor=vendor.id,
        reasons=tuple(reasons),
        unknowns=tuple(unknowns),
        notes=tuple(notes),
        checklist=tuple(_checklist([one.reason for one in reasons])),
    )


def asked_of_lists(vendors: Iterable[Vendor]) -> Mapping[ListKind, tuple[str, ...]]:
    """Which numbers must be looked up in which list, to judge all of `vendors`."""
    numbers: dict[ListKind, dict[str, None]] = {}
    for vendor in vendors:
        for kind in vendor.taxpayer_lists:
            numbers.setdefault(kind, {}).update(dict.fromkeys(lookup_numbers(vendor, kind)))
    return {kind: tuple(asked) for kind, asked in numbers.items()}


def lookup_numbers(vendor: Vendor, kind: ListKind) -> Sequence[str]:
    """The numbers by which `vendor` may stand on a list of that kind; those that cannot be read are left out."""
    texts = [(vendor.ntn, parse_ntn), (vendor.cnic, parse_cnic)]
    if kind is ListKind.SALES_TAX:
        texts.append((vendor.strn, parse_strn))
    found: list[str] = []
    for text, parse in texts:
        if text is not None:
            try:
                found.append(parse(text))
            except ValueError:
                continue
    return found


# What the numbers say -----------------------------------------------------------------------------------------------


def _of_numbers(vendor: Vendor) -> Iterator[Unknown]:
    written = (("NTN", vendor.ntn, parse_ntn), ("STRN", vendor.strn, parse_strn), ("CNIC", vendor.cnic, parse_cnic))
    for name, text, parse in written:
        if text is not None:
            try:
                parse(text)
            except ValueError as error:
                yield Unknown(cause=Cause.UNPARSABLE, text=f"its {name} in the settings cannot be one: {error}")


def _of_account(vendor: Vendor) -> Iterator[Obstacle | str]:
    if vendor.iban is None:
        yield "no IBAN in the settings: a bill without one may be returned"
        return
    try:
        parse_iban(vendor.iban)
    except ValueError as error:
        yield Obstacle(reason=BlockReason.IBAN_MISMATCH, since=None, words=f"the IBAN in the settings: {error}")


# What the lists say -------------------------------------------------------------------------------------------------


def _of_lists(vendor: Vendor, grounds: Grounds) -> Iterator[Obstacle | Unknown | str]:
    for kind in vendor.taxpayer_lists:
        yield from _of_list(vendor, kind, grounds)


def _of_list(vendor: Vendor, kind: ListKind, grounds: Grounds) -> Iterator[Obstacle | Unknown | str]:
    lookup, title = grounds.lookups.get(kind), f"{kind.value} list"
    if lookup is None:
        how = "nigehban vendors import-list FILE --list-date DAY"
        yield Unknown(cause=Cause.STALE, text=f"no {title} of active taxpayers was imported yet: {how}")
        return
    of_day = f"{title} of {day_of(lookup.source.listed_on)}"
    if lookup.source.is_stale(grounds.today, grounds.stale_days):
        yield Unknown(cause=Cause.STALE, text=_stale_text(lookup.source.listed_on, title, grounds))
        return
    numbers = lookup_numbers(vendor, kind)
    if not numbers:
        needed = "ntn, cnic or strn" if kind is ListKind.SALES_TAX else "ntn or cnic"
        yield Unknown(cause=Cause.UNPARSABLE, text=f"cannot be looked up in the {of_day}: add {needed} to the settings")
        return
    names = [lookup.names[number] for number in numbers if number in lookup.names]
    if not names:
        yield Obstacle(
            reason=BlockReason.NOT_ACTIVE_TAXPAYER,
            since=None,
            words=f"{of_day}, {lookup.source.rows:,} numbers",
        )
    elif names[0] and not any(is_like(vendor.name, name) for name in names):
        yield f"stands on the {of_day} by another name, {names[0]}: make sure that the number is the vendor's"


def _stale_text(listed_on: date, title: str, grounds: Grounds) -> str:
    if listed_on > grounds.today:
        return f"the {title} is dated ahead, {day_of(listed_on)}: import it with its real day"
    age = (grounds.today - listed_on).days
    return f"the {title} is {age} days old and counts for {grounds.stale_days}: import a new one"


# What to do ---------------------------------------------------------------------------------------------------------

_FIRST: Final[Mapping[BlockReason, str]] = {
    BlockReason.ACCOUNT_ATTACHED: "ask the vendor in writing for the attachment notice, and when it will be lifted",
    BlockReason.NOT_ACTIVE_TAXPAYER: "ask the vendor in writing to file its return and pay the surcharge that puts it "
    "back on the list; then import a new list",
    BlockReason.IBAN_MISMATCH: "ask the vendor for its IBAN on a letter with its stamp; correct it in the settings and "
    "in the accounting system",
    BlockReason.NO_BUDGET: "ask for a re-appropriation or a supplementary grant before its cut-off",
    BlockReason.COURT_ORDER: "ask the law section what the order allows",
    BlockReason.FREEZE: "ask the finance department for an exemption, naming what goes dark",
}
_ALTERNATE: Final = frozenset(
    {BlockReason.ACCOUNT_ATTACHED, BlockReason.IBAN_MISMATCH, BlockReason.COURT_ORDER, BlockReason.NOT_ACTIVE_TAXPAYER}
)


def _checklist(reasons: Sequence[BlockReason]) -> Iterator[str]:
    """The alternate route, in the order to walk it."""
    if not reasons:
        return
    yield from (_FIRST[reason] for reason in dict.fromkeys(reasons))
    yield "ask the vendor for grace, in writing: nigehban invoices letter; record its answer"
    if not _ALTERNATE.isdisjoint(reasons):
        yield "if the vendor names another account: only by a letter with its stamp, confirmed by a call back"
        yield "ask audit whether the sum may wait in a deposit or escrow account, so that it does not lapse"
    yield "warn the departments that would lose the service, and agree on what to save"
    yield "once it is over: nigehban vendors unblock VENDOR REASON --evidence TEXT"
