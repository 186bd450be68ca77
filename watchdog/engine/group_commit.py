"""What was judged becomes durable: plain looks in company, what somebody waits for at once, nothing told before."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from checks.model import CheckId
from watchdog.engine.pending import Pending
from watchdog.store.changes import Changes

#: Plain observations wait at most this long for company.
GROUP_COMMIT_S = 1.0

#: More than this waits to be written only where nothing is written for a while: an end writes what waits, and a
#: service manager waits for an end.
MOST_WAITING = 1000
ROOM_WITHIN_S = 20.0


class Writer(Protocol):
    """Where changes go: returns once they are durable, however long that takes, or raises for good."""

    async def commit(self, changes: Changes) -> None: ...


class GroupCommit:
    """Collects in `pending` and writes it. `on_told` is called after a commit that put rows into the outbox."""

    def __init__(self, writer: Writer, on_told: Callable[[], None]) -> None:
        self.pending = Pending()
        self._writer = writer
        self._on_told = on_told
        self._finishing = False
        self._is_writing = False
        """Whether waiting for room is worth it: not while the disk is full or the store locked."""
        self._written = asyncio.Event()
        """Set whenever something was written."""
        self._writing = asyncio.Lock()
        self._something = asyncio.Event()
        self._urgent = asyncio.Event()

    def signal(self) -> None:
        """Something was added to `pending`, perhaps."""
        if self.pending:
            self._something.set()
        if self.pending.urgent:
            self._urgent.set()

    async def room(self) -> None:
        """As `signal`; returns once less waits than MOST_WAITING, or at once where nothing can be written."""
        self.signal()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ROOM_WITHIN_S):
                while self._is_writing and self.pending.weight >= MOST_WAITING:
                    self._written.clear()
                    self._something.set()
                    self._urgent.set()
                    await self._written.wait()
                return
        self._is_writing = False

    async def durable(self, check_id: CheckId) -> None:
        """Returns once all that waits of `check_id` is durable, raises where it never will be."""
        written = self.pending.awaited(check_id)
        self.signal()
        await written

    async def run(self) -> None:
        """Write until `finish`. What the writer raises for good ends the daemon: nothing unwritten is told."""
        self._is_writing = True
        while not self._finishing or self.pending:
            await self._something.wait()
            try:
                async with asyncio.timeout(GROUP_COMMIT_S):
                    await self._urgent.wait()
            except TimeoutError:
                pass
            await self.flush()

    def finish(self) -> None:
        """Let `run` end once all that waits is written."""
        self._finishing = True
        self._something.set()
        self._urgent.set()

    async def flush(self) -> None:
        """Write all that waits, now, behind what is being written."""
        async with self._writing:
            pending, self.pending = self.pending, Pending()
            self._something.clear()
            if not self._finishing:
                self._urgent.clear()
            if not pending:
                return
            with pending.ending():
                await self._writer.commit(pending.changes())
            self._is_writing = True
            self._written.set()
            if pending.notifications:
                self._on_told()
