"""Long work in the loop in short pieces, so that nothing else waits for it."""

import asyncio
from typing import Final

#: So long in one go; whatever else is due then has its turn.
IN_ONE_GO_S: Final = 0.005


class Breath:
    """To be asked often: costs a look at the clock, until it is time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._until_s = self._loop.time() + IN_ONE_GO_S

    @property
    def is_due(self) -> bool:
        return self._loop.time() >= self._until_s

    async def taken(self) -> bool:
        """Whether others had their turn now: what was known before may be otherwise."""
        if not self.is_due:
            return False
        await self.take()
        return True

    async def take(self) -> None:
        """Let others have their turn whatever the time."""
        await asyncio.sleep(0)
        self._until_s = self._loop.time() + IN_ONE_GO_S
