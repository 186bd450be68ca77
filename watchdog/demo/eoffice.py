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
#: Who is still there when it has thrown everybody out: whoever logged in again at once.
_LEFT = 3


@dataclass(slots=True)
class EOffice:
    """Counts its sessions, and tells the number to whoever asks."""

    sessions: int = 0
    seen_full: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once somebody has asked while every seat was taken."""

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

    def page(self) -> bytes:
        if self.sessions >= SEATS:
            self.seen_full.set()
        return json.dumps({"sessions": self.sessions, "limit": SEATS}).encode()


@contextlib.asynccontextmanager
async def eoffice_server(eoffice: EOffice) -> AsyncIterator[int]:
    """The port on which it tells its sessions as JSON."""
    async with web_server("application/json", eoffice.page) as port:
        yield port
