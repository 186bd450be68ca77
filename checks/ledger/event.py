"""What happens to a bill or a payee: events that are only ever appended."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Final

from checks.model import require_utc
from checks.units import Money

MAX_TEXT_CHARS: Final = 2000
MAX_ABOUT_CHARS: Final = 400

#: Control characters but tab and line feed. NUL ends a text for some readers, others move the cursor of a terminal.
_CONTROL: Final = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)))


class LedgerEventKind(Enum):
    """The value stands in rows, in exports and on the command line."""

    RECEIVED = "received"
    CORRECTED = "corrected"
    """Its terms, or the day it was received, are other than was written down; the former ones stay on record."""
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    """It was cancelled by mistake: what it asked for, it asks for again."""
    MISSING = "missing"
    """A list that had it does not have it any more."""
    LISTED = "listed"
    """It stands in its list again."""

    VERIFIED = "verified"
    PAYEE_CHECKED = "payee-checked"
    BUDGETED = "budgeted"
    SANCTIONED = "sanctioned"
    SUBMITTED = "submitted"
    AUDITED = "audited"
    AUTHORISED = "authorised"
    MOVED = "moved"
    """It is at a named stage now, whatever came before."""
    RETURNED = "returned"
    """Objected to, and back at a stage before."""

    CREDITED = "credited"
    CREDIT_RETURNED = "credit-returned"
    ACKNOWLEDGED = "acknowledged"
    """The vendor says that it has the money: this alone is payment."""
    WITHHELD = "withheld"
    """Tax taken at source."""
    CREDIT_NOTE = "credit-note"

    DISPUTED = "disputed"
    DISPUTE_OVER = "dispute-over"
    HELD = "held"
    RELEASED = "released"
    BLOCKED = "blocked"
    """Of a bill, or of a payee."""
    UNBLOCKED = "unblocked"
    GRACE = "grace"
    """The vendor will not cut off before a day."""
    SUSPENSION_ANNOUNCED = "suspension-announced"
    """The vendor has named the day on which it cuts off."""
    NOTED = "noted"
    """A question or a remark; changes nothing."""


class BlockReason(Enum):
    ACCOUNT_ATTACHED = "account-attached"
    """By the tax authority."""
    NOT_ACTIVE_TAXPAYER = "not-active-taxpayer"
    IBAN_MISMATCH = "iban-mismatch"
    NO_BUDGET = "no-budget"
    COURT_ORDER = "court-order"
    FREEZE = "freeze"
    """No bills are cleared at all, whoever the payee is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a bill asks for. Dates are days of the paying office."""

    number: str
    """As spelled on the bill."""
    amount: Money
    due: date
    suspends: date | None = None
    """The day the vendor has said it cuts the service off, if it has."""
    service: str | None = None
    office: str | None = None
    contract: str | None = None

    def __post_init__(self) -> None:
        _make_plain(self, "number", "service", "office", "contract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an event says beyond its kind; which of them it must and may say is in REQUIRED and OPTIONAL."""

    terms: Terms | None = None
    stage: str = ""
    """Id of a stage of the payment path."""
    reason: str = ""
    block: BlockReason | None = None
    until: date | None = None
    amount: Money | None = None
    payment: str = ""
    """Reference of the payment: one may cover many bills."""
    source: str = ""
    """Of the list it stands in, or does not stand in any more."""
    last_listed: datetime | None = None
    """When that list was last seen to have it."""
    received_at: datetime | None = None
    """Of a correction: when the bill was received in truth."""

    def __post_init__(self) -> None:
        if self.last_listed is not None:
            require_utc("last_listed", self.last_listed)
        if self.received_at is not None:
            require_utc("received_at", self.received_at)
        _make_plain(self, "stage", "reason", "payment", "source")


_K = LedgerEventKind

#: What an event cannot do without.
REQUIRED: Final[Mapping[LedgerEventKind, frozenset[str]]] = {
    _K.RECEIVED: frozenset({"terms"}),
    _K.CORRECTED: frozenset({"reason"}),
    _K.CANCELLED: frozenset({"reason"}),
    _K.REOPENED: frozenset({"reason"}),
    _K.MOVED: frozenset({"stage"}),
    _K.RETURNED: frozenset({"reason"}),
    _K.WITHHELD: frozenset({"amount"}),
    _K.CREDIT_NOTE: frozenset({"amount"}),
    _K.DISPUTED: frozenset({"reason"}),
    _K.HELD: frozenset({"until"}),
    _K.BLOCKED: frozenset({"block"}),
    _K.GRACE: frozenset({"until"}),
    _K.SUSPENSION_ANNOUNCED: frozenset({"until"}),
    _K.NOTED: frozenset({"reason"}),
}

#: What it may say besides; `reason` and `source` every event may.
OPTIONAL: Final[Mapping[LedgerEventKind, frozenset[str]]] = {
    _K.CORRECTED: frozenset({"terms", "received_at"}),
    _K.MISSING: frozenset({"last_listed"}),
    _K.RETURNED: frozenset({"stage"}),
    _K.CREDITED: frozenset({"amount", "payment"}),
    _K.CREDIT_RETURNED: frozenset({"amount", "payment"}),
    _K.ACKNOWLEDGED: frozenset({"amount", "payment"}),
    _K.WITHHELD: frozenset({"payment"}),
    _K.CREDIT_NOTE: frozenset({"payment"}),
    _K.UNBLOCKED: frozenset({"block"}),
}

_ALWAYS: Final = frozenset({"reason", "source"})

#: Of a payee, not of one bill.
OF_PAYEES: Final = frozenset({_K.BLOCKED, _K.UNBLOCKED, _K.NOTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event as somebody says it, not yet on record.

    Raises ValueError that says what is missing, does not belong to its kind, or is too long. Characters that no text
    has (halves of surrogate pairs, control characters) are replaced or left out at birth, so that what is hashed is
    what is stored.
    """

    about: str
    """Invoice.key of a bill ("acme/inv7"), or the id of a vendor ("acme")."""
    kind: LedgerEventKind
    happened_at: datetime
    author: str
    evidence: str = ""
    """What proves it: a text, or "sha256:…" of a file."""
    details: Details = field(default_factory=Details)

    def __post_init__(self) -> None:
        require_utc("happened_at", self.happened_at)
        _make_plain(self, "author", "evidence")
        _refuse_about(self.about)
        said = {name for name in Details.__slots__ if getattr(self.details, name)}
        required = REQUIRED.get(self.kind, frozenset())
        if missing := sorted(required - said):
            raise ValueError(f"{self.kind.value}: say {' and '.join(missing)}")
        if strange := sorted(said - required - OPTIONAL.get(self.kind, frozenset()) - _ALWAYS):
            raise ValueError(f"{self.kind.value}: {' and '.join(strange)} does not belong to it")
        if self.kind is _K.CORRECTED and said.isdisjoint({"terms", "received_at"}):
            raise ValueError("corrected: say terms or received_at")
        if not self.is_of_bill and self.kind not in OF_PAYEES:
            raise ValueError(f"{self.kind.value}: happens to a bill, not to a vendor")

    @property
    def is_of_bill(self) -> bool:
        return "/" in self.about

    @property
    def vendor(self) -> str:
        return self.about.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEvent:
    """An event on record."""

    draft: Draft
    id: str
    recorded_at: datetime
    previous: str
    """Hash of the event recorded before it; GENESIS for the first."""
    hash: str

    @property
    def order(self) -> tuple[datetime, int, str]:
        """What happened first is folded first, whenever it was written down: docs/ledger.md says how ties go."""
        return self.draft.happened_at, _TURNS[self.draft.kind], self.id


#: Of what happened at one instant, the kinds in turn: what lessens an amount before a payment of "all that is left",
#: and a credit that came back last: a bill that is open by mistake is noticed, one that is paid by mistake is not.
_IN_TURN: Final = (
    _K.WITHHELD,
    _K.CREDIT_NOTE,
    _K.CREDITED,
    _K.ACKNOWLEDGED,
    _K.CREDIT_RETURNED,
)
_TURNS: Final = {kind: turn for turn, kind in enumerate((*(kind for kind in _K if kind not in _IN_TURN), *_IN_TURN))}


def _make_plain(value: object, *names: str) -> None:
    """Raises ValueError for a text over MAX_TEXT_CHARS."""
    for name in names:
        text = getattr(value, name)
        if not text or (text.isascii() and text.isprintable() and len(text) <= MAX_TEXT_CHARS):
            continue
        plain = text.encode("utf-8", "replace").decode().translate(_CONTROL)
        if len(plain) > MAX_TEXT_CHARS:
            raise ValueError(
                f"{name}: at most {MAX_TEXT_CHARS:,} characters; keep longer proof as a file, say its hash"
            )
        object.__setattr__(value, name, plain)


def _refuse_about(about: str) -> None:
    vendor, slash, number = about.partition("/")
    if not vendor or (slash and not number):
        raise ValueError('about: the key of a bill such as "acme/inv7", or the id of a vendor')
    if len(about) > MAX_ABOUT_CHARS:
        raise ValueError(f"about: at most {MAX_ABOUT_CHARS} characters")
    if not about.isascii() or not about.isprintable():
        plain = about.encode("utf-8", "replace").decode().translate(_CONTROL)
        if plain != about or "\n" in about or "\t" in about:
            raise ValueError("about: holds characters that no number of a bill has")


#: What the first event of a ledger points at.
GENESIS: Final = hashlib.sha256(b"nigehban ledger").hexdigest()
