"""What the events of one bill, or of one payee, add up to."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from checks.ledger.event import BlockReason, LedgerEventKind, Terms
from checks.ledger.payments import Paid, Sums
from checks.units import Money

_NOTHING = Paid()


class BillStanding(Enum):
    OPEN = "open"
    PAID = "paid"
    """What the vendor acknowledged, tax withheld and credit notes add up to the amount."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move of a bill along its path."""

    kind: LedgerEventKind
    at: datetime
    """When it happened."""
    stage: str = ""
    """Where the event names a stage: the one it is at from then on."""
    reason: str = ""
    back: Money | None = None
    """Of a credit that came back: how much, as it was said, else all that it took back; None where neither is known."""
    is_unfounded: bool = False
    """Of a credit that came back: nothing was on record as sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    reason: BlockReason
    since: datetime
    recorded_at: datetime
    words: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A block that is over."""

    reason: BlockReason | None
    """None: all of them."""
    at: datetime
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsChange:
    """Terms that are not what they were."""

    was: Terms
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptChange:
    """A day of receipt that was written down wrongly."""

    was: datetime
    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hastened:
    """A day of cutting off that was put forward."""

    was: date | None
    """None where nobody had named one."""
    known_at: datetime
    """When it was written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillOnRecord:
    """One bill as its events leave it. Nothing in it depends on the present day."""

    key: str
    vendor: str
    terms: Terms
    received_at: datetime
    """By the correction that holds, where there was one."""
    standing: BillStanding
    money: tuple[Sums, ...] = ()
    """What was said of money, by currency."""
    path: tuple[Step, ...] = ()
    """Its moves in the order in which they happened, the receipt first."""
    changes: tuple[TermsChange, ...] = ()
    receipt_changes: tuple[ReceiptChange, ...] = ()
    blocks: tuple[Block, ...] = ()
    """What stands in the way of its payment; of the payee's own see PayeeOnRecord."""
    disputed: str = ""
    held_until: date | None = None
    grace_until: date | None = None
    """None, too, where the vendor named a day of cutting off after it gave grace."""
    announced: date | None = None
    """The day of cutting off that the vendor named later than with the bill itself, and that no correction named
    since.
    """
    hastened: Hastened | None = None
    """Of the day of cutting off that holds now, where it came nearer by what was said last of it."""
    sources: tuple[str, ...] = ()
    """Lists it stood in."""
    left: tuple[str, ...] = ()
    """Those of them that do not have it any more."""
    missing_since: datetime | None = None
    """When the last of its lists was first without it; None while one has it."""
    listed_until: datetime | None = None
    closed_at: datetime | None = None
    """When the event happened that paid or cancelled it."""
    recorded_at: datetime
    """Of the newest event."""
    events: int

    @property
    def number(self) -> str:
        return self.terms.number

    @property
    def first_number(self) -> str:
        """As it was spelled first: it names the subject, which must outlive a correction of spaces and dashes."""
        return self.changes[0].was.number if self.changes else self.terms.number

    @property
    def subject(self) -> str:
        return f"{self.vendor}/{self.first_number}"

    @property
    def sums(self) -> Sums:
        """In the currency of the bill."""
        currency = self.terms.amount.currency
        return next((one for one in self.money if one.currency == currency), None) or Sums(currency=currency)

    @property
    def paid(self) -> Paid:
        currency = self.terms.amount.currency
        return next((one.paid for one in self.money if one.currency == currency), _NOTHING)

    @property
    def uncounted(self) -> int:
        """How often an amount was said in another currency than the bill's: it settles nothing."""
        return sum(one.said for one in self.money if one.currency != self.terms.amount.currency)

    @property
    def is_open(self) -> bool:
        return self.standing is BillStanding.OPEN

    @property
    def remaining(self) -> Money:
        settled = self.paid.settled
        if not settled:
            return self.terms.amount
        left = max(self.terms.amount.amount - settled, Decimal(0))
        return Money(left, self.terms.amount.currency)

    @property
    def overpaid(self) -> Decimal:
        """What was settled above the amount."""
        return max(self.paid.settled - self.terms.amount.amount, Decimal(0))

    @property
    def suspends(self) -> date | None:
        """The day of cutting off that holds now: named last, and not before grace that was given since."""
        named = self.announced or self.terms.suspends
        if named is None or self.grace_until is None:
            return named
        return max(named, self.grace_until)

    @property
    def at(self) -> Step:
        """Its last move."""
        return self.path[-1]

    @property
    def returns(self) -> int:
        """How often it came back with an objection."""
        return [step.kind for step in self.path].count(LedgerEventKind.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeOnRecord:
    """Whether a vendor can be paid, as its events leave it."""

    vendor: str
    blocks: tuple[Block, ...] = ()
    lifted: Lifted | None = None
    """The block that was lifted last."""
    recorded_at: datetime
    events: int
