"""Many messages to one address at once: the first few go at once, the rest waits a moment and goes together."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

#: As many messages to one address within a minute are told one by one. A person reads ten; and of what is one matter
#: there is one message anyway, so ten at once are ten matters, and more are a disaster that needs one list.
ONE_BY_ONE: Final = 10

#: After a pause so many more go before the next one, or one message in which many were gathered.
A_FEW: Final = 5

#: A pause for company: it costs what waits a quarter of a minute, of the two that any message has.
PAUSE_S: Final = 15.0

_WINDOW_S: Final = 60.0


@dataclass(slots=True)
class Burst:
    """Counts what reached each address within the last minute. Seconds never step back."""

    _told: dict[str, deque[float]] = field(default_factory=dict)
    _paused_until_s: float = 0.0

    def wait_s(self, now_s: float) -> float:
        """Seconds until one more may begin; 0 where it may now."""
        return max(0.0, self._paused_until_s - now_s)

    def told(self, address: str, now_s: float, *, many: bool = False) -> None:
        """`many` were told in one message."""
        self._forget_before(now_s - _WINDOW_S)
        times = self._told.setdefault(address, deque())
        times.extend([now_s] * (A_FEW if many else 1))
        if len(times) >= ONE_BY_ONE:
            self._paused_until_s = now_s + PAUSE_S
            while len(times) > ONE_BY_ONE - A_FEW:
                times.popleft()

    def _forget_before(self, until_s: float) -> None:
        for address, times in list(self._told.items()):
            while times and times[0] <= until_s:
                times.popleft()
            if not times:
                del self._told[address]
