"""Looks that fail now and then and are well in between: too short to be confirmed, often enough to count. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Losses:
    """The last falls of one subject: moments at which a look failed right after one that passed."""

    falls: tuple[datetime, ...] = ()
    """Oldest first, no more than count."""
    told: bool = False
    """They are an incident."""
    unseen_until: datetime | None = None
    """When the last long time was over in which nothing was judged: calm counts from there."""

    def fallen(self, at: datetime, most: int, within: timedelta) -> "Losses":
        """With one more fall at `at`; each counts for so long, and none that a clock gone back puts into the future."""
        kept = [fall for fall in self.falls if at - within < fall < at]
        return replace(self, falls=(*kept, at)[-max(most, 1) :])

    def forgotten(self) -> "Losses":
        """Without the last fall, of which the rest was never seen; what people were told of stands."""
        return self if self.told else replace(self, falls=self.falls[:-1])

    def is_calm(self, at: datetime, calm: timedelta) -> bool:
        """Whether nothing fell for so long, all of which was seen."""
        return not any(begun <= at < begun + calm for begun in (self.last, self.unseen_until) if begun is not None)

    def unseen(self, until: datetime) -> "Losses":
        """After a long time in which nothing was judged, and nothing could be seen to fall."""
        return replace(self, unseen_until=until) if self.told else self

    def by(self, now: datetime) -> "Losses":
        """The same as of `now`, which a clock was ahead of."""
        unseen_until = None if self.unseen_until is None else min(self.unseen_until, now)
        falls = tuple(dict.fromkeys(min(fall, now) for fall in self.falls))
        return replace(self, falls=falls, unseen_until=unseen_until)

    @property
    def instants(self) -> tuple[datetime, ...]:
        return self.falls if self.unseen_until is None else (*self.falls, self.unseen_until)

    @property
    def last(self) -> datetime | None:
        return self.falls[-1] if self.falls else None


NO_LOSSES: Final = Losses()
