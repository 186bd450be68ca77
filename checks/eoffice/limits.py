"""How many sessions an e-office bears, and how near to that it is."""

import math
from dataclasses import dataclass
from enum import Enum

#: How far below a threshold the share must fall before the threshold is forgotten: sessions come and go by the minute.
BAND = 0.05


class Level(Enum):
    """How near to the limit, with the memory that keeps it from flapping."""

    FREE = "free"
    FILLING = "filling"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is known of an e-office's limits. Shares are between 0 and 1."""

    capacity: int
    """Sessions at once above which it breaks."""
    users: int | None
    """Registered users."""
    users_share: float
    """Share of them that may be logged in before all are thrown out."""
    warn_share: float
    critical_share: float

    @property
    def seats(self) -> int:
        """The nearer of both limits, in sessions."""
        if self.users is None:
            return self.capacity
        # Floor, since one more is too many; rounded, since 0.07 * 100 is 7.000000000000001 and 0.29 * 100 is not 29.
        return min(self.capacity, max(1, math.floor(round(self.users * self.users_share, 6))))

    @property
    def is_by_users(self) -> bool:
        return self.seats < self.capacity


def next_level(before: Level, share: float, limits: Limits) -> Level:
    """The level at `share` of the seats. A threshold is crossed upwards at once, downwards BAND below it."""
    if share >= limits.critical_share - (BAND if before is Level.FULL else 0):
        return Level.FULL
    if share >= limits.warn_share - (BAND if before is not Level.FREE else 0):
        return Level.FILLING
    return Level.FREE


def recovery(level: Level, limits: Limits) -> int:
    """Sessions below which `level` is left downwards."""
    threshold = limits.critical_share if level is Level.FULL else limits.warn_share
    return math.ceil(round((threshold - BAND) * limits.seats, 6))
