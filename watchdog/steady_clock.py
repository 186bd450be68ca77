"""A clock that does not follow the wall clock's jumps before there is reason to believe them.

Deadlines, outbox and history all go by it, so a jump that is set back touches nothing at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from watchdog.clock import Clock

#: The wall clock may gain or lose so much at once without anybody minding: time services slew, and step by less.
TOLERANCE = timedelta(seconds=60)

#: A clock that jumped, stays where it is, and that nobody vouches for, is believed after this long: about as long as it
#: takes until somebody who was told has looked.
BELIEVED_AFTER_S = 6 * 3600.0

#: A start for whose clock nobody vouches believes that the machine was off for so long; longer, it may as well be a
#: clock that lost the date.
DOWNTIME = timedelta(days=1)

#: Seconds since the machine was started, those in which it was suspended included.
SinceBoot: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Jumped:
    """The wall clock is not where it should be."""

    should_be: datetime
    stands_at: datetime
    at_start: bool = False
    """It is not where the last look before this start would have it."""


@dataclass(frozen=True, slots=True)
class Believed:
    """From now on time is what the wall clock says."""

    was: datetime
    """What we went by until now."""
    now: datetime
    vouched: bool
    """A time service vouches for it; else it has only stood long enough."""
    at_once: bool
    """It was believed as soon as it was noticed."""


@dataclass(frozen=True, slots=True)
class SetBack:
    """The wall clock is where it should be again."""


ClockTurn: TypeAlias = Jumped | Believed | SetBack


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Where the wall clock went, as the wall time at boot that goes with it, and since when it stands there."""

    birth: datetime
    since_s: float


def believed_at_start(wall: datetime, newest: datetime | None, *, vouched: bool) -> datetime:
    """What a start goes by: the wall clock, or `newest`, the last look on record, where that is to be doubted."""
    if newest is None or vouched or -TOLERANCE <= wall - newest <= DOWNTIME:
        return wall
    return newest


class SteadyClock:
    """Answers aware UTC. Follows the wall clock as long as it keeps step with the time since boot.

    Beyond TOLERANCE a reading neither goes back nor leaps, but where `judge` has just said so.
    """

    def __init__(self, wall: Clock, since_boot: SinceBoot) -> None:
        self._wall = wall
        self._since_boot = since_boot
        self._birth = self._wall_birth()
        self._doubt: _Doubt | None = None
        self._is_beginning = False
        """A doubt of the start was not said yet."""

    def __call__(self) -> datetime:
        wall, uptime = self._wall(), timedelta(seconds=self._since_boot())
        if abs(wall - uptime - self._birth) <= TOLERANCE:
            self._birth = wall - uptime
            return wall
        return self._birth + uptime

    def begin(self, newest: datetime | None, is_vouched: Callable[[datetime], bool]) -> None:
        """At the start, before anything is judged: `newest` is the last look on record, None where there is none.

        `is_vouched` is as in `judge`, which says a doubt that begins here.
        """
        birth, uptime = self._wall_birth(), timedelta(seconds=self._since_boot())
        believed = believed_at_start(birth + uptime, newest, vouched=is_vouched(birth))
        self._is_beginning = believed != birth + uptime
        self._birth = believed - uptime

    @property
    def doubted(self) -> datetime | None:
        """What the wall clock says, while something else is what we go by."""
        wall = self._wall()
        return wall if abs(wall - timedelta(seconds=self._since_boot()) - self._birth) > TOLERANCE else None

    def judge(self, is_vouched: Callable[[datetime], bool]) -> ClockTurn | None:
        """What became of the wall clock since the last call. Call it every few seconds.

        `is_vouched` answers whether a time service has set or confirmed the wall clock since the given instant of it.
        """
        birth, at_s = self._wall_birth(), self._since_boot()
        uptime = timedelta(seconds=at_s)
        if abs(birth - self._birth) <= TOLERANCE:
            doubt, self._doubt, self._is_beginning = self._doubt, None, False
            return None if doubt is None else SetBack()
        doubt = self._doubt
        if doubt is None or abs(birth - doubt.birth) > TOLERANCE:  # it stands there since just now
            self._doubt = _Doubt(birth, at_s)
        standing_s = at_s - (self._doubt or _Doubt(birth, at_s)).since_s
        vouched = is_vouched(birth + uptime - timedelta(seconds=standing_s))
        if vouched or standing_s >= BELIEVED_AFTER_S:
            was, self._birth, self._doubt, self._is_beginning = self._birth, birth, None, False
            return Believed(was + uptime, birth + uptime, vouched, at_once=doubt is None)
        if doubt is not None:
            return None
        at_start, self._is_beginning = self._is_beginning, False
        return Jumped(self._birth + uptime, birth + uptime, at_start)

    def _wall_birth(self) -> datetime:
        """What the wall clock would have said at boot; it stays the same as long as the clock does not jump."""
        return self._wall() - timedelta(seconds=self._since_boot())
