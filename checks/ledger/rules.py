"""How an estate pays: the stages of its payment path, who may confirm, when money stops. Built by settings, frozen."""

from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import Final

from checks.ledger.event import LedgerEventKind
from checks.units import Money

_K = LedgerEventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the way of a bill to the vendor's account. Times are working days of the paying office."""

    id: str
    title: str
    p50_wd: int
    p90_wd: int
    ends_with: LedgerEventKind | None = None
    """The event after which it is over; None: it ends when the bill is moved on by name."""
    owner: str | None = None
    """Id of the receiver whose desk it is."""
    hint: str = ""
    """What usually stands in the way there."""
    objection_percent: int = 0
    """How many of a hundred bills do not pass but go back."""
    returns_to: str | None = None
    """Id of the stage before it that they go back to, where an objection does not say; None: the one before."""


#: The ten stages of a government payment, with times to be tuned (docs/bills.md).
DEFAULT_PATH: Final = (
    Stage(id="received", title="received and diarised", p50_wd=1, p90_wd=3, ends_with=_K.RECEIVED,
          hint="lost on the way to the desk; a number used twice"),
    Stage(id="verification", title="verification", p50_wd=3, p90_wd=7, ends_with=_K.VERIFIED,
          hint="no certificate that the service was received"),
    Stage(id="payee-check", title="payee check", p50_wd=1, p90_wd=3, ends_with=_K.PAYEE_CHECKED,
          hint="not on the active-taxpayer list; account attached; IBAN wrong"),
    Stage(id="budget", title="budget", p50_wd=2, p90_wd=20, ends_with=_K.BUDGETED,
          hint="no release; re-appropriation closed"),
    Stage(id="sanction", title="sanction", p50_wd=3, p90_wd=10, ends_with=_K.SANCTIONED,
          hint="above delegated power"),
    Stage(id="preparation", title="bill prepared and signed", p50_wd=1, p90_wd=3, ends_with=_K.SUBMITTED,
          hint="the vendor has no number in the accounting system"),
    Stage(id="pre-audit", title="pre-audit", p50_wd=5, p90_wd=15, ends_with=_K.AUDITED,
          hint="objection: back to an earlier stage", objection_percent=20, returns_to="preparation"),
    Stage(id="authorisation", title="payment authorised", p50_wd=2, p90_wd=5, ends_with=_K.AUTHORISED,
          hint="cash is rationed"),
    Stage(id="credit", title="credited by the bank", p50_wd=1, p90_wd=3, ends_with=_K.CREDITED,
          hint="returned credit: account blocked or closed", returns_to="authorisation"),
    Stage(id="confirmation", title="vendor confirms receipt", p50_wd=1, p90_wd=2, ends_with=_K.ACKNOWLEDGED,
          hint="money stands in a suspense account of the vendor"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A day after which bills that have not come so far wait for other money."""

    id: str
    title: str
    day: date
    stage: str
    """The stage that a bill must have reached by the end of `day`."""
    money_returns: date
    source: str = ""
    """The circular it stands in."""
    is_assumed: bool = False
    """No circular of that year is known; it is taken from years before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a vendor provides, for how much, until when. Days are calendar days unless they say otherwise."""

    id: str
    vendor: str
    title: str
    services: tuple[str, ...] = ()
    fee: Money | None = None
    cycle_months: int | None = None
    """A bill is expected every so many months; None: none is expected."""
    first_bill: date | None = None
    """When the first bill of the cycle is expected; the others follow on the same day of the month."""
    late_after_wd: int = 5
    """A bill that is expected is missed after so many working days."""
    grace_days: int | None = None
    """Between due and the vendor's right to cut off; None: the estate's."""
    tolerance_days: int | None = None
    """How long this vendor has waited beyond that so far; None: the estate's."""
    starts: date | None = None
    ends: date | None = None
    notice_days: int = 0
    retender_days: int = 0
    """How long before its end a new tender must begin."""
    tender_begun: date | None = None
    notice_given: date | None = None
    """Or the renewal was agreed on."""
    exit_rehearsal_months: int | None = None
    """How often leaving is rehearsed; None: never."""
    exit_rehearsed: date | None = None
    """The last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingRules:
    path: tuple[Stage, ...] = DEFAULT_PATH
    cut_offs: tuple[CutOff, ...] = ()
    """Beside those shipped for the jurisdiction; the same id replaces."""
    jurisdiction: str = "none"
    """Whose shipped cut-offs count: "federal", "kp", "none"."""
    contracts: tuple[Contract, ...] = ()
    grace_days: int = 30
    """From the day a bill is due to the day the vendor may cut off, where neither bill nor contract says."""
    tolerance_days: int = 30
    """How much longer a vendor waits at most."""
    advance_notice_wd: int = 10
    """Departments are told so many working days before the earliest likely cut-off."""
    confirmers: frozenset[str] = frozenset()
    """Receivers and accounts whose word that the vendor has the money counts; none: everybody's but the vendor's."""
    two_persons: bool = False
    """What closes a bill needs a second person."""
    learn_from: int = 20
    """Stages passed by so many bills take their times from the ledger."""
    list_stale_days: int = 10
    """A list of active taxpayers counts for so long."""
    silent_after_days: int | None = None
    """Somebody is asked when nothing was put on record for so long; None: as long as bills let one expect."""
    is_watched: bool = False
    """Whether the settings have a `billing:` section, so that stages, payees, contracts and outages are watched."""
    lists: frozenset[tuple[str, str | None]] = frozenset()
    """Lists of bills that a check reads, by path, with the vendor it looks at, None for all: the bills in them have
    somebody who sees to them.
    """
    due_scopes: frozenset[tuple[str | None, str | None]] = frozenset()
    """Vendors and services (ids) that a check of kind invoice_due without a list is narrowed to: it takes the vendor
    where it has one.
    """
    rest_is_watched: bool = False
    """Whether a check looks at the bills that no other check looks at."""
    owners: frozenset[str] = field(default_factory=frozenset)
    """Receivers named by stages."""
    zones: tuple[tuple[str | None, tzinfo], ...] = ()
    """Of the paying offices, and None for bills that name none: whose days people are told. See Estate.rules."""

    def zone_of(self, office: str | None) -> tzinfo:
        """UTC where no zone is known."""
        zones = dict(self.zones)
        return zones.get(office) or zones.get(None, UTC)

    def contract_of(self, contract: str | None, vendor: str, service: str | None) -> Contract | None:
        """The contract a bill names, else the only one of its vendor, or its only one for that service."""
        theirs = [one for one in self.contracts if one.vendor == vendor]
        named = [one for one in theirs if one.id == contract]
        serving = [one for one in theirs if service is not None and service in one.services]
        for found in (named, serving, theirs):
            if len(found) == 1:
                return found[0]
        return None
