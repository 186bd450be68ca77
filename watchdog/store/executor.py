"""Where the store's plain calls run: on a thread of their own, or at once in virtual time."""

import asyncio
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

import structlog

from alerts.message import Notification, NotificationState
from alerts.mutes.mute import Mute
from alerts.outbox import OutcomeRefusedError
from alerts.return_digest import Gathered
from watchdog.store.errors import StoreRefusedError
from watchdog.store.gathering import Compose
from watchdog.store.store import Store

log: structlog.stdlib.BoundLogger = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")


class Caller(Protocol):
    """Runs a plain call and waits for its result without blocking the loop."""

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


class StoreThread:
    """One dedicated thread: calls run one after the other, in the order they were made.

    Cancelling a waiter does not undo its call. One thread for writing and one for listings keep each other free.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._thread.submit(str)  # begins it now, while there surely is memory for it

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *args, **kwargs))

    def close(self) -> None:
        """Waits for calls already made."""
        self._thread.shutdown(wait=True)


class Inline:
    """Runs calls at once, in the loop: for virtual time, where a thread would break the order of things."""

    async def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)

    def close(self) -> None:
        """Nothing is ever left running."""


class Holding(Protocol):
    """watchdog.engine.hold.Hold, as far as it is asked here."""

    @property
    def is_shut(self) -> bool: ...

    @property
    def windows(self) -> Sequence[tuple[datetime, datetime]]: ...


class _NeverHeld:
    is_shut = False
    windows = ()


class Muting(Protocol):
    """watchdog.engine.mutes.Mutes, as far as it is asked here."""

    def in_force(self, now: datetime) -> Sequence[Mute]: ...

    def sets_out(self, channel: str) -> None:
        """A row of the channel is being claimed by what is known now."""

    def carries(self, channel: str, incident_id: str | None) -> None:
        """What was claimed is about this incident."""

    def is_back(self, channel: str) -> None:
        """None was, or its outcome is on record."""


class _NeverMuted:
    def in_force(self, now: datetime) -> Sequence[Mute]:
        del now
        return ()

    def sets_out(self, channel: str) -> None: ...

    def carries(self, channel: str, incident_id: str | None) -> None: ...

    def is_back(self, channel: str) -> None: ...


class DurableOutbox:
    """The outbox of the store, as delivery needs it (alerts.outbox.Outbox).

    Nothing is claimed while `gate` is shut, which is short, nor while `hold` is: then the queue looks empty, and
    whoever opens it wakes the loops.
    """

    def __init__(
        self,
        store: Store,
        caller: Caller,
        gate: asyncio.Event | None = None,
        hold: Holding | None = None,
        mutes: Muting | None = None,
        *,
        compose: Compose | None = None,
    ) -> None:
        self._compose = compose
        self._mutes: Muting = mutes or _NeverMuted()
        self._store = store
        self._caller = caller
        self._gate = gate
        self._hold: Holding = hold or _NeverHeld()
        self._out: dict[str, str] = {}

    async def claim_next(self, channel: str, now: datetime) -> Notification | None:
        if self._gate is not None:
            await self._gate.wait()
        if self._hold.is_shut:
            return None
        self._mutes.sets_out(channel)
        claimed = None
        try:
            muting = self._mutes.in_force(now)
            claim = partial(self._store.claim_next, channel, now, self._hold.windows, muting, self._compose)
            claimed = await self._caller.call(claim)
        finally:
            if claimed is None:
                self._mutes.is_back(channel)
            else:
                self._out[claimed.id] = channel
                self._mutes.carries(channel, claimed.incident_id)
        return claimed

    async def hurry(self, channel: str, now: datetime, *, but: AbstractSet[str]) -> None:
        await self._caller.call(self._store.hurry, channel, now, frozenset(but))

    async def gather(self, channel: str, now: datetime, what: Gathered) -> bool:
        if self._gate is not None:
            await self._gate.wait()
        if self._hold.is_shut:
            return False
        if self._compose is None:
            return True
        self._mutes.sets_out(channel)
        try:
            muting = self._mutes.in_force(now)
            gather = partial(self._store.gather, channel, now, self._compose, self._hold.windows, muting, what=what)
            if taken := await self._caller.call(gather):
                log.info("messages that waited go as one", channel=channel, messages=taken)
        finally:
            self._mutes.is_back(channel)
        return True

    async def next_due(self, channel: str) -> datetime | None:
        if self._hold.is_shut:
            return None
        return await self._caller.call(self._store.next_due, channel)

    async def mark_sent(self, notification_id: str, at: datetime, detail: str) -> None:
        await self._record(notification_id, detail, lambda words: self._store.mark_sent(notification_id, at, words))

    async def postpone(self, notification_id: str, at: datetime, until: datetime, reason: str, detail: str) -> None:
        await self._record(
            notification_id, detail, lambda words: self._store.postpone(notification_id, at, until, reason, words)
        )

    async def bury(
        self, notification_id: str, at: datetime, state: NotificationState, reason: str, detail: str
    ) -> None:
        await self._record(
            notification_id, detail, lambda words: self._store.bury(notification_id, at, state, reason, words)
        )

    async def _record(self, notification_id: str, detail: str, write: Callable[[str], None]) -> None:
        """On record, or refused for good, it is under way no more; where the store fails, it is tried again."""
        try:
            await self._recorded(detail, write)
        except OutcomeRefusedError:
            self._came_back(notification_id)
            raise
        self._came_back(notification_id)

    def _came_back(self, notification_id: str) -> None:
        if (channel := self._out.pop(notification_id, None)) is not None:
            self._mutes.is_back(channel)

    async def _recorded(self, detail: str, write: Callable[[str], None]) -> None:
        """What a channel said may be what cannot be stored; that something came of it matters more."""
        try:
            return await self._caller.call(write, detail)
        except StoreRefusedError as error:
            log.error("an outcome was refused, recording it without its words", error=str(error))
        try:
            await self._caller.call(write, "")
        except StoreRefusedError as error:
            raise OutcomeRefusedError(f"an outcome cannot be recorded: {error}") from error
