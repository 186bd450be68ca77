"""An e-office as the press told of it: it bears a hundred officers at once, and throws all of them out at one more."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from watchdog.demo.loopback import web_server

SEATS = 100
#: In before nine.
EARLY = 38
#: The daemon keeps a count this often, of looks every two seconds, to know later from how many a mass logout fell.
_KEPT_EVERY_S = 27.0
#: Who is still there when it has thrown everybody out: whoever logged in again at once.
_LEFT = 3


@dataclass(slots=True)
class EOffice:
    """Counts its sessions, and tells the number to whoever asks."""

    sessions: int = 0
    known_full: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the daemon not only has seen it full, but is going to remember it."""
    _kept_at_s: float = float("-inf")
    _kept: int = 0

    def log_in(self) -> bool:
        """One officer more; False where that is one too many, and all begin to fall out."""
        if self.sessions >= SEATS:
            return False
        self.sessions += 1
        return True

    def throw_out(self) -> None:
        """The next part of those who are in: two thirds, and in the end all but a few."""
        self.sessions = max(self.sessions // 3, _LEFT)

    @property
    def is_empty(self) -> bool:
        return self.sessions <= _LEFT

    def page(self, now_s: float) -> bytes:
        """What it answers to a look at `now_s` of the loop's time."""
        if self._kept >= SEATS:  # the look before this one; it may have been kept a look later than by our count
            self.known_full.set()
        if now_s - self._kept_at_s >= _KEPT_EVERY_S:
            self._kept_at_s, self._kept = now_s, self.sessions
        return json.dumps({"sessions": self.sessions, "limit": SEATS}).encode()


@contextlib.asynccontextmanager
async def eoffice_server(eoffice: EOffice) -> AsyncIterator[int]:
    """The port on which it tells its sessions as JSON."""
    loop = asyncio.get_running_loop()
    async with web_server("application/json", lambda: eoffice.page(loop.time())) as port:
        yield port
