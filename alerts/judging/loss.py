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

    def fallen(self, at: datetime, most: int, within: timedelta) -> "Losses":
        """With one more fall at `at`; each counts for so long, and none that a clock gone back puts into the future."""
        kept = [fall for fall in self.falls if at - within < fall < at]
        return replace(self, falls=(*kept, at)[-max(most, 1) :])

    def forgotten(self) -> "Losses":
        """Without the last fall, of which the rest was never seen; what people were told of stands."""
        return self if self.told else replace(self, falls=self.falls[:-1])

    def is_calm(self, at: datetime, calm: timedelta) -> bool:
        """Whether nothing fell for so long."""
        return not self.falls or not self.falls[-1] <= at < self.falls[-1] + calm

    def by(self, now: datetime) -> "Losses":
        """The same as of `now`, which a clock was ahead of."""
        return replace(self, falls=tuple(dict.fromkeys(min(fall, now) for fall in self.falls)))

    @property
    def last(self) -> datetime | None:
        return self.falls[-1] if self.falls else None


NO_LOSSES: Final = Losses()
