"""Getting changes onto the disk, whatever the disk does meanwhile."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from checks.model import CheckId
from watchdog.clock import Clock
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBusyError, StoreError, StoreFullError, StoreRefusedError
from watchdog.store.executor import Caller

#: A locked database or a full disk is asked again after this long.
BUSY_PAUSE_S = 0.5
FULL_PAUSE_S = 5.0

#: A lock that is held longer than any backup needs is told.
LOCKED_TOO_LONG_S = 90.0

#: A part of a transaction that our own code cannot write is tried this often, then left out and said.
POISON_TRIES = 3

#: Why nothing is being written: closed, since it is a metric label.
STANDSTILLS = ("locked", "disk full", "store")

#: One line each: they stand in listings and on pages as well.
_FULL = (
    "There is no room left on the disk of the state, so nothing new is kept and most messages wait; critical outages "
    "are told from memory meanwhile. What to do: make room on that disk, or make it larger; Nigehban then goes on by "
    "itself. The store says: {}"
)
_LOCKED = (
    "Another program keeps the database locked, so nothing new is kept and most messages wait; critical outages are "
    "told from memory meanwhile. What to do: find the program that has the file open (fuser, lsof) and end it; "
    "Nigehban then goes on by itself. The store says: {}"
)

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Committing(Protocol):
    """The store as the writer needs it."""

    def commit(self, changes: Changes) -> None: ...


class Trouble(Protocol):
    """Whom the writer tells that writing fails, straight from memory: `key` names the trouble, once is enough."""

    def __call__(self, key: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """Nothing is being written, and why: for pages, metrics and listings of a daemon that goes on from memory."""

    key: str
    """One of STANDSTILLS."""
    text: str
    since: datetime
    """When the first change was refused. What was committed before is on disk."""


class LeftOutError(StoreError):
    """All was written but what the store refused of `checks`, again and again."""

    def __init__(self, checks: frozenset[CheckId], why: str) -> None:
        self.checks = checks
        super().__init__(why)


class StoreWriter:
    """Commits changes in order. Waits out a lock and a full disk; a broken store is told and raised."""

    standstill: Standstill | None
    """None while writing works; read it at any time, from the loop."""

    def __init__(self, store: Committing, caller: Caller, clock: Clock, trouble: Trouble) -> None:
        self.standstill = None
        self._store = store
        self._caller = caller
        self._clock = clock
        self._trouble = trouble
        self._asked_s: float | None = None

    @property
    def unanswered_s(self) -> float:
        """How long the call to the store that is under way has lasted; 0 when none is."""
        return 0.0 if self._asked_s is None else asyncio.get_running_loop().time() - self._asked_s

    async def _ask(self, changes: Changes) -> None:
        self._asked_s = asyncio.get_running_loop().time()
        try:
            await self._caller.call(self._store.commit, changes)
        finally:
            self._asked_s = None

    async def commit(self, changes: Changes) -> None:
        """Returns once `changes` are durable. Raises StoreError when the store is broken for good.

        Raises LeftOutError, which is told already, when all is durable but what the store refuses to take.
        """
        try:
            await self._commit_patiently(changes)
        except StoreRefusedError as error:
            await self._commit_parts(changes, error)
        except StoreError as error:
            self._stand_still("store", f"the state can no longer be written: {error}")
            raise

    async def _commit_patiently(self, changes: Changes) -> None:
        while True:
            try:
                await self._ask(changes)
            except StoreBusyError as error:
                log.warning("store locked by another process, waiting")
                self._stand_still("locked", _LOCKED.format(error))
                await asyncio.sleep(BUSY_PAUSE_S)
            except StoreFullError as error:
                self._stand_still("disk full", _FULL.format(error))
                await asyncio.sleep(FULL_PAUSE_S)
            else:
                self._move_on()
                return

    def _stand_still(self, key: str, text: str) -> None:
        """A lock is told once it lasts; whoever holds it may be a backup."""
        now = self._clock()
        since = now if self.standstill is None else self.standstill.since
        self.standstill = Standstill(key=key, text=text, since=since)
        if key != "locked" or (now - since).total_seconds() >= LOCKED_TOO_LONG_S:
            self._trouble(key, text)

    def _move_on(self) -> None:
        if self.standstill is not None:
            stood_s = round((self._clock() - self.standstill.since).total_seconds())
            log.info("the state can be written again", after_s=stood_s, trouble=self.standstill.key)
            self.standstill = None

    async def _commit_parts(self, changes: Changes, first: StoreRefusedError) -> None:
        """One check's poison must not hold back the others: write check by check, and leave out what will not go."""
        parts = changes.by_check()
        if len(parts) == 1:
            left_out = [await self._last_tries(changes, first)]
        else:
            left_out = [await self._tried(part) for part in parts]
        refused = [error for error in left_out if error is not None]
        if refused:
            checks = frozenset[CheckId]().union(*(error.checks for error in refused))
            raise LeftOutError(checks, "; ".join(str(error) for error in refused))

    async def _tried(self, part: Changes) -> LeftOutError | None:
        try:
            await self._commit_patiently(part)
        except StoreRefusedError as error:
            return await self._last_tries(part, error)
        return None

    async def _last_tries(self, part: Changes, first: StoreRefusedError) -> LeftOutError | None:
        """None once it was taken."""
        error = first
        for _ in range(POISON_TRIES - 1):
            try:
                await self._commit_patiently(part)
            except StoreRefusedError as again:
                error = again
            else:
                return None
        checks = _checks_of(part)
        names = ", ".join(sorted(checks)) or "the daemon's own notices"
        self._trouble(f"refused {names}", f"a result of {names} could not be stored and was left out: {error}")
        return LeftOutError(checks, str(error))


def _checks_of(part: Changes) -> frozenset[CheckId]:
    of_events = (event.incident.check_id for event in part.events)
    of_looks = (one.check_id for ones in (part.records, part.observations, part.memories) for one in ones)
    of_uses = (check_id for check_id, _ in part.uses)
    return frozenset((*of_looks, *of_events, *of_uses))
