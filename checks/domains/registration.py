"""What a registry says of one domain, and the ways in which its answer can fail to say it.

RegistryAnswerError
├── NotRegisteredError    the registry knows no such name, unmistakably
├── RateLimitedError      it will not tell now: we asked too often
└── UnreadableError       what it says cannot be relied on
    └── AmbiguousDateError    a date is there, and could be more than one day
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from checks.model import require_utc

#: Characters kept of an answer as evidence.
EXCERPT_LENGTH = 2000


class Source(Enum):
    RDAP = "rdap"
    WHOIS = "whois"


class Precision(Enum):
    """How exactly an expiry is stated."""

    INSTANT = "instant"
    DAY = "day"
    """Only the day is known: the instant stands for its start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One domain as its registry describes it. Texts come from outside: escape them where they are shown."""

    domain: str
    """The registrable name that was asked for, in A-label form, lower case, no final dot."""
    expires_at: datetime | None
    """None: the registry states no date, or withholds it. Never a guess."""
    expiry_text: str = ""
    """The date as the registry wrote it."""
    precision: Precision = Precision.INSTANT
    is_registrars_date: bool = False
    """Only the registrar's own date was found. It may lie after the registry's, which is the one that counts."""
    registrar: str = ""
    name_servers: frozenset[str] = frozenset()
    """Lower case, no final dot."""
    statuses: frozenset[str] = frozenset()
    """EPP codes in their own spelling ("clientHold"); words that are no EPP code as they came."""
    source: Source
    is_cut: bool = False
    """The answer ends in mid-line: more may have stood behind."""
    raw_excerpt: str = ""
    """The lines or members that were read, contacts left out."""
    referral: str = ""
    """The registrar's WHOIS server, where one is named; nobody follows it here."""

    def __post_init__(self) -> None:
        if self.expires_at is not None:
            require_utc("expires_at", self.expires_at)


class RegistryAnswerError(Exception):
    """`reason` is one line for people, `excerpt` the beginning of what was seen."""

    def __init__(self, reason: str, excerpt: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.excerpt = excerpt[:EXCERPT_LENGTH]


class NotRegisteredError(RegistryAnswerError):
    """The registry says in so many words that the name is not registered."""


class RateLimitedError(RegistryAnswerError):
    """The registry answers that we asked too often, or bars us, in what looks like an ordinary answer."""


class UnreadableError(RegistryAnswerError):
    """The answer cannot be relied on: binary, HTML, about another name, a date nobody can read.

    `rest` is what it says apart from the date (statuses, registrar, name servers), where that could be read; its
    `expires_at` is None, which here does not mean that the registry states none.
    """

    def __init__(self, reason: str, excerpt: str = "", rest: Registration | None = None) -> None:
        super().__init__(reason, excerpt)
        self.rest = rest


class AmbiguousDateError(UnreadableError):
    """A date is stated that could be more than one day, or several that contradict each other."""


def host_names(texts: Iterable[str]) -> frozenset[str]:
    """Those of `texts` that look like names of hosts, in one spelling, at most 50."""
    names = (text.strip().rstrip(".").lower() for text in texts)
    return frozenset([name for name in names if _is_host_name(name)][:50])


def _is_host_name(name: str) -> bool:
    return "." in name and len(name) <= 253 and name.isascii() and all(c.isalnum() or c in "-._" for c in name)  # noqa: PLR2004  # RFC 1035 §2.3.4
