"""What came of asking about a domain: an answer that says something, or the reason why there is none."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from checks.domains.registration import Registration, Source
from checks.model import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nobody said what was asked."""

    cause: Cause
    reason: str
    excerpt: str = ""
    retry_after_s: float | None = None
    """How long the registry wants to be left alone, where it said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The registry knows the domain."""

    registration: Registration
    server: str
    """Who answered, as people may read it: "whois.pknic.net.pk"."""
    trouble: Failed | None = None
    """Why no date came of it; None where it states one, or where the registry states none."""
    also: str = ""
    """What went wrong, or was said, at the source asked before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """The registry says that it knows no such domain."""

    source: Source
    server: str
    reason: str
    excerpt: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Other checks were asking the same registry; the turn would have come too late."""

    server: str


Conclusive: TypeAlias = Answered | Unregistered
Outcome: TypeAlias = Answered | Unregistered | Failed | NotAsked


class TooOftenError(Exception):
    """The registry wants to be left alone, by the code of its answer."""

    def __init__(self, reason: str, retry_after_s: float | None, excerpt: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.excerpt = excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A date that a registry stated, and that may be told to people."""

    at: datetime
    registration: Registration
    server: str
    seen_at: datetime
    """The last answer that stated it."""
    declared: str = ""
    """The declared date beside it then: a declaration that changed since is newer than this."""
