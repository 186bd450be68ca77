"""How many checks may run at once: fewer after we ran out of something, and by and by as many as before."""

from typing import Final

#: However often it ran out.
FEWEST: Final = 4

#: Runs that began before still hold what is missing; what they meet says nothing new.
SETTLES_IN_S: Final = 10.0

GROWS_EVERY_S: Final = 60.0
GROWTH: Final = 1.5


class Capacity:
    """Descriptors and memory are shared by looks and by those who tell people that they ran out."""

    def __init__(self, most: int) -> None:
        self._most = self._at_once = most
        self._gave_way_s = float("-inf")

    def at_once(self, now_s: float) -> int:
        if self._at_once == self._most:
            return self._most
        grown = self._at_once * GROWTH ** ((now_s - self._gave_way_s) // GROWS_EVERY_S)
        return self._most if grown >= self._most else int(grown)

    def give_way(self, running: int, now_s: float) -> None:
        """We ran out while `running` were under way: half as many from now on."""
        if now_s - self._gave_way_s >= SETTLES_IN_S:
            self._at_once = max(FEWEST, min(self.at_once(now_s), running) // 2)
            self._gave_way_s = now_s
