"""What must not be said for a time: a silence that somebody asked for, or a window of maintenance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from alerts.mutes.former import FormerId, FormerIds
from alerts.mutes.matcher import CHECK, Compared, Matcher, all_hold, may_hold
from checks.model import require_utc

#: Silences for ever hide outages: whoever means it says it again.
LONGEST: Final = timedelta(days=30)

#: How far ahead a window can be announced.
MOST_AHEAD: Final = timedelta(days=366)

#: The author of windows that the settings name.
SETTINGS: Final = "the settings"


class MuteKind(Enum):
    SILENCE = "silence"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """One silence, or one time of one window. In force from `starts_at` until `ends_at`, or until it was ended."""

    id: str
    kind: MuteKind
    matchers: tuple[Matcher, ...]
    author: str
    reason: str
    """Of a window, its title."""
    starts_at: datetime
    ends_at: datetime
    until_ok: bool = False
    """It ends before that once nothing that it matches is open any more."""
    ended_at: datetime | None = None
    """When it was ended before its time."""
    ended_by: str = ""
    """The person who did; "" where it came of itself."""
    ended_why: str = ""
    settled_at: datetime | None = None
    """When those were told again of what was still bad at its end; None until that is on record."""
    former_ids: FormerIds = field(default_factory=dict, compare=False, repr=False)
    """What is known of renames when it is asked: nobody's word, and not on record with it."""

    def __post_init__(self) -> None:
        require_utc("starts_at", self.starts_at)
        require_utc("ends_at", self.ends_at)
        if not self.starts_at < self.ends_at:
            raise ValueError(f"{self.id} ends at {self.ends_at}, before it starts at {self.starts_at}")

    @property
    def over_at(self) -> datetime:
        """Its real end, come or to come."""
        return self.ends_at if self.ended_at is None else min(self.ended_at, self.ends_at)

    def is_in_force(self, now: datetime) -> bool:
        return self.starts_at <= now < self.over_at

    def is_over(self, now: datetime) -> bool:
        return self.over_at <= now

    def covers(self, labels: Mapping[str, str]) -> bool:
        """Whether an incident with these labels is muted by it while it is in force."""
        return all_hold(self.matchers, labels, self._former(labels))

    def may_cover(self, of_check: Mapping[str, str]) -> bool:
        """Whether an incident of a check with these labels can be covered at all."""
        return may_hold(self.matchers, of_check, self._former(of_check))

    def _former(self, labels: Mapping[str, str]) -> Sequence[str]:
        known = self.former_ids.get(labels.get(CHECK, ""), ())
        return [former.id for former in known if self._speaks_of(former)]

    def _speaks_of(self, former: FormerId) -> bool:
        """A pattern that begins after a rename means what has such an id now, and not what was taken out of it."""
        named = (Matcher(CHECK, Compared.IS, former.id), Matcher(CHECK, Compared.IS_NOT, former.id))
        return self.starts_at <= former.until or any(one in self.matchers for one in named)

    @property
    def about(self) -> str:
        return " ".join(map(str, self.matchers))


def first_muting(labels: Mapping[str, str], mutes: Iterable[Mute]) -> Mute | None:
    """Of `mutes`, all in force, the first that covers what has these labels."""
    return next((mute for mute in mutes if mute.covers(labels)), None)


def in_force(mutes: Iterable[Mute], now: datetime) -> Sequence[Mute]:
    return [mute for mute in mutes if mute.is_in_force(now)]
