"""Whether we can see at all: what is known of the anchors, and since when we are blind. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AnchorView:
    """One anchor at the last look."""

    name: str
    """As the settings name it: "192.0.2.1:443"."""
    ok: bool
    """It answered, if only by refusing: somebody is there."""
    words: str
    """What was seen, for people: "answered in 12 ms", "no answer within 3 s"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How we see: for listings, metrics and pages."""

    is_blind: bool = False
    since: datetime | None = None
    """Since when it is so; None before the first look, and without anchors."""
    anchors: tuple[AnchorView, ...] = ()
    needed: int = 0
    """How many of them must answer; 0 without anchors: then there is no gate."""
