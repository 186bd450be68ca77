"""At most so many messages a minute over one channel."""

from collections import deque
from dataclasses import dataclass, field

_WINDOW_S = 60.0


@dataclass(slots=True)
class Pace:
    """Counts what began within the last minute. `per_minute` None: no limit. Seconds never step back."""

    per_minute: int | None = None
    _begun_s: deque[float] = field(default_factory=deque)

    def wait_s(self, now_s: float) -> float:
        """Seconds until one more may begin; 0 where it may now."""
        if self.per_minute is None:
            return 0.0
        while self._begun_s and now_s >= self._begun_s[0] + _WINDOW_S:
            self._begun_s.popleft()
        return 0.0 if len(self._begun_s) < self.per_minute else self._begun_s[0] + _WINDOW_S - now_s

    def begun(self, now_s: float) -> None:
        if self.per_minute is not None:
            self._begun_s.append(now_s)
