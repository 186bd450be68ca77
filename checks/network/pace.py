"""Turns at servers that many checks ask: so far apart, and nobody's while one of them wants to be left alone."""

import asyncio

#: Places remembered at most; beyond that, those whose time is over are forgotten.
_MAX_PLACES = 5_000


class Pace:
    """One for the whole daemon, since a registry counts the questions of all checks together."""

    def __init__(self) -> None:
        self._next_free: dict[str, float] = {}
        self._resting_until: dict[str, float] = {}

    async def turn(self, place: str, gap_s: float, patience_s: float) -> bool:
        """Wait for a turn at `place`, `gap_s` behind the one before; False, and at once, where it takes too long."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        mine = max(now, self._next_free.get(place, now), self._resting_until.get(place, now))
        if mine - now > patience_s:
            return False
        self._forget(now)
        self._next_free[place] = mine + gap_s
        await asyncio.sleep(mine - now)
        return self._resting_until.get(place, mine) <= mine  # somebody may have been turned away meanwhile

    def rest(self, place: str, length_s: float) -> None:
        """Give nobody a turn at `place` for `length_s` from now; a longer rest already begun stays."""
        until = asyncio.get_running_loop().time() + length_s
        self._resting_until[place] = max(until, self._resting_until.get(place, until))

    def _forget(self, now: float) -> None:
        for kept in (self._next_free, self._resting_until):
            if len(kept) >= _MAX_PLACES:
                for place in [place for place, until in kept.items() if until <= now]:
                    del kept[place]
