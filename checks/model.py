"""What a look at the estate answers: frozen values, units in their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple, NewType

CheckId = NewType("CheckId", str)

_UTC_OFFSET = timedelta(0)


class Status(Enum):
    """How a subject stands. UNKNOWN is a state of its own: never ok, never bad."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


#: Worst first, as people read a list: what is down, what will be, what cannot be seen, what is well.
WORST_FIRST: Sequence[Status] = (Status.CRITICAL, Status.WARNING, Status.UNKNOWN, Status.OK)


class Cause(Enum):
    """Why a finding is not ok: closed, since it is a metric label and a word in messages."""

    NONE = "none"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    NAME_NOT_FOUND = "name_not_found"
    NAME_FAILED = "name_failed"
    TLS_MISSING = "tls_missing"
    TLS_HANDSHAKE = "tls_handshake"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_NAME_MISMATCH = "tls_name_mismatch"
    TLS_WEAK = "tls_weak"
    TLS_REVOKED = "tls_revoked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    PROTOCOL = "protocol"
    REJECTED = "rejected"
    AUTH_FAILED = "auth_failed"
    GREYLISTED = "greylisted"
    SUSPENDED = "suspended"
    MISMATCH = "mismatch"
    SLOW = "slow"
    REDIRECT_LOOP = "redirect_loop"
    TOO_LARGE = "too_large"
    NOT_REGISTERED = "not_registered"
    ON_HOLD = "on_hold"
    RATE_LIMITED = "rate_limited"
    UNPARSABLE = "unparsable"
    OVER_CAPACITY = "over_capacity"
    MASS_LOGOUT = "mass_logout"
    DUE = "due"
    OVERDUE = "overdue"
    BLOCKED = "blocked"
    WITHDRAWN = "withdrawn"
    STALE = "stale"
    BLIND = "blind"
    BUG = "bug"


def require_utc(name: str, instant: datetime) -> None:
    """Raise ValueError unless `instant` is aware and in UTC; `name` stands in the message."""
    if instant.tzinfo is not UTC and instant.utcoffset() != _UTC_OFFSET:
        raise ValueError(f"{name} must be aware UTC, got {instant!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of a ladder, worked out for one deadline: from `at` on, `status` holds and people are told."""

    name: str
    """Stable over restarts and reloads, unique within a deadline: "20wd", "7d", "overdue 2026-12-03"."""

    at: datetime
    status: Status

    def __post_init__(self) -> None:
        require_utc("a rung's at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """An instant by which something must be done, with its ladder already worked out."""

    at: datetime
    act_by: datetime | None = None
    """Last safe moment to start; None where starting takes no time worth naming."""

    rungs: tuple[Rung, ...] = ()
    is_to_confirm: bool = False
    """Nothing ends then: by that day a person must look again and confirm what was declared."""
    cuts_off_at: datetime | None = None
    """When a vendor who named a day cuts the service off for it."""

    def __post_init__(self) -> None:
        require_utc("a deadline's at", self.at)
        if self.act_by is not None:
            require_utc("a deadline's act_by", self.act_by)
        if self.cuts_off_at is not None:
            require_utc("a deadline's cuts_off_at", self.cuts_off_at)


#: Unit of a measurement that is an instant, in Unix seconds. It stays known when later looks fail.
DATE_UNIT = "timestamp_seconds"


class Measurement(NamedTuple):
    """A number with its name and unit ("s", "B", "timestamp_seconds", "" for a count)."""

    name: str
    value: float
    unit: str
    labels: tuple[tuple[str, str], ...] = ()
    """Metric labels, from settings only; empty means those of the check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something about a subject is not what it was, and that is no fault: another certificate, another registrar.

    It is told once and kept in the history; nothing stays open. A kind notices it by its memory, which is written with
    the findings or not at all, so none is told twice.
    """

    what: str
    """The thing that changed, a word or two that stay the same: "certificate", "name servers"."""
    summary: str
    """One line: "certificate of mx1.example.gov.pk:25 was replaced by one of another issuer"."""
    facts: tuple[tuple[str, str], ...] = ()
    """Before and after, in the order to read them: ("Issuer before", "…"), ("Issuer now", "…")."""
    is_routine: bool = False
    """In the usual course of things, say a renewal by the same issuer: kept in the history, told to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a kind says about one subject.

    With a `deadline` it is judged by that deadline's rungs, once each. Without one it is judged as a fault,
    confirmed by re-checks; and when it is ok, it says that the subject has no deadline any more.
    """

    subject: str
    status: Status
    cause: Cause = Cause.NONE
    summary: str
    """One line. For a deadline a noun phrase without the date ("Rs 134,000 to Acme Mail, bill INV-7"): messages
    put the event before it and the date, in the reader's zone, behind it."""

    measurements: tuple[Measurement, ...] = ()
    deadline: Deadline | None = None
    facts: tuple[tuple[str, str], ...] = ()
    """Short labelled facts for people, in the order to read them: ("Bill", "INV-7"), ("Amount", "Rs 134,000")."""

    evidence: str = ""
    """What was seen, secrets removed: a transcript, a chain, a raw answer, a row."""
    changes: tuple[Change, ...] = ()
    """What this look noticed to be different from looks before, whatever the status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A finding of one run of one check."""

    check_id: CheckId
    finding: Finding
    observed_at: datetime
    duration_s: float

    def __post_init__(self) -> None:
        require_utc("observed_at", self.observed_at)
