"""One loop per channel: claim a row, send it, record what came of it. A hanging channel delays nobody else."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeAlias

from alerts.backoff import is_hopeless, wait_s
from alerts.channel import Channel, Deferred, Delivered, Outcome, Rejected
from alerts.flow import Flow
from alerts.message import Notification, NotificationState
from alerts.outbox import Outbox, OutcomeRefusedError

#: What a channel may overrun its own time-out by before it is cut off.
GRACE_S = 0.5

#: Pauses between tries at a store that fails. The longest bounds how late mail goes once the store is back.
STORE_PAUSES_S = (0.5, 1.0, 2.0, 5.0)

#: A look at the queue even if nobody wakes us, should the wall clock have jumped ahead.
LONGEST_SLEEP_S = 600.0

#: Where the queue claims to be due and yet hands nothing out.
SHORTEST_SLEEP_S = 1.0

#: Timers may fire early by their resolution; a millisecond later the row is due for certain.
_TIMER_SLACK_S = 0.001


class DeliveryReason(Enum):
    """Reasons given here, whatever the channel; metric labels beside the channel's own."""

    NONE = "none"
    TIMEOUT = "timeout"
    BUG = "bug"
    GAVE_UP = "gave_up"


#: Called with (channel, outcome, reason) after each recorded try: the labels of nigehban_deliveries_total.
#: Outcome is "delivered", "deferred" or "rejected". Must not raise.
OnOutcome: TypeAlias = Callable[[str, str, str], None]

#: Called with (channel, error) each time the outbox fails. Must not raise.
OnStoreError: TypeAlias = Callable[[str, Exception], None]


async def attempt(channel: Channel, notification: Notification) -> Outcome:
    """One try within the channel's time, whatever the channel does. Never raises but when cancelled."""
    try:
        async with asyncio.timeout(channel.timeout_s + GRACE_S):
            return await channel.send(notification)
    except TimeoutError:
        return Deferred(DeliveryReason.TIMEOUT.value, f"no outcome within {channel.timeout_s:g} s")
    except Exception as error:  # noqa: BLE001  # a buggy channel must not stop the queue
        # Its text may hold a URL or a token.
        return Deferred(DeliveryReason.BUG.value, f"{type(error).__name__} in the channel")


def _now_s() -> float:
    return asyncio.get_running_loop().time()


class DeliveryLoop:
    """Sends what is due over one channel, as long as it runs.

    `wake` is this loop's own; set it when rows were added. Cancelling it while a message is on its way leaves the
    row claimed without an outcome, as a crash does: it comes back marked as a repeat. `stop` avoids that, and takes as
    long as the store takes to record the outcome.
    """

    def __init__(
        self,
        outbox: Outbox,
        channel: Channel,
        now: Callable[[], datetime],
        *,
        rng: random.Random,
        wake: asyncio.Event,
        flow: Flow | None = None,
        on_outcome: OnOutcome = lambda _channel, _outcome, _reason: None,
        on_store_error: OnStoreError = lambda _channel, _error: None,
    ) -> None:
        self._outbox = outbox
        self._channel = channel
        self._now = now
        self._rng = rng
        self._wake = wake
        self._flow = flow or Flow(name=channel.name)
        self._on_outcome = on_outcome
        self._on_store_error = on_store_error
        self._stopping = False
        self._store_failures = 0

    def stop(self) -> None:
        """Let `forever` end once the message on its way, if any, has its outcome recorded."""
        self._stopping = True
        self._wake.set()

    async def forever(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                pause_s = await self._turn()
            except Exception as error:  # noqa: BLE001  # the store's errors are unknown down here
                await self._pause_for_store(error)
            else:
                self._store_failures = 0
                await self._sleep(pause_s)

    async def _turn(self) -> float:
        """One row, if one may go; answers the seconds until the next look."""
        held_s = self._flow.wait_s(_now_s())
        if held_s > 0:
            return min(held_s + _TIMER_SLACK_S, LONGEST_SLEEP_S)
        if self._flow.may_gather:
            await self._gather()
        return 0.0 if await self.deliver_next() else await self._idle_s()

    async def _gather(self) -> None:
        """Where the channel is back, what it failed is due again, also what went another way meanwhile."""
        if self._flow.is_back:
            await self._outbox.hurry(self._channel.name, self._now(), but=self._flow.asked_to_wait(_now_s()))
        if await self._outbox.gather(self._channel.name, self._now(), self._flow.gathered):
            self._flow.has_gathered()

    async def deliver_next(self) -> bool:
        """Claim, send and record one row; False where none is due. Raises what the outbox raises at claiming.

        Recording is tried until it works, also when stopped: sending again instead would tell people twice, and a
        claim that nobody ends would hold back its thread until a restart. Only what the outbox will never take is
        left so: then its thread waits for a restart, and all others go on.
        """
        row = await self._outbox.claim_next(self._channel.name, self._now())
        if row is None:
            self._flow.idle()
            return False
        self._flow.begun(_now_s())
        outcome = await attempt(self._channel, row)
        self._flow.ended(outcome, row, self._now(), _now_s())
        while not await self._is_recorded(row, outcome):
            pass
        return True

    async def _is_recorded(self, row: Notification, outcome: Outcome) -> bool:
        word, reason, record = self._record(row, outcome)
        try:
            await record
        except OutcomeRefusedError as error:
            self._on_store_error(self._channel.name, error)
        except Exception as error:  # noqa: BLE001  # the store's errors are unknown down here
            await self._pause_for_store(error)
            return False
        self._on_outcome(self._channel.name, word, reason)
        return True

    def _record(self, row: Notification, outcome: Outcome) -> tuple[str, str, Awaitable[None]]:
        now = self._now()
        match outcome:
            case Delivered(detail):
                return "delivered", DeliveryReason.NONE.value, self._outbox.mark_sent(row.id, now, detail)
            case Rejected(reason, detail):
                return "rejected", reason, self._bury(row, now, reason, detail)
            case Deferred(reason, detail) if is_hopeless(max(row.created_at, row.not_before), now, row.attempts):
                gave_up = DeliveryReason.GAVE_UP.value
                return "rejected", gave_up, self._bury(row, now, gave_up, f"{reason}: {detail}")
            case Deferred(reason, detail, asked_s):
                # Stores count a try when it is claimed or when it is recorded; either way this was one.
                until = now + timedelta(seconds=wait_s(max(row.attempts, 1), asked_s, self._rng))
                return "deferred", reason, self._outbox.postpone(row.id, now, until, reason, detail)

    def _bury(self, row: Notification, now: datetime, reason: str, detail: str) -> Awaitable[None]:
        return self._outbox.bury(row.id, now, NotificationState.REJECTED, reason, detail)

    async def _idle_s(self) -> float:
        due = await self._outbox.next_due(self._channel.name)
        if due is None:
            return LONGEST_SLEEP_S
        left_s = (due - self._now()).total_seconds()
        return SHORTEST_SLEEP_S if left_s <= 0 else min(left_s + _TIMER_SLACK_S, LONGEST_SLEEP_S)

    async def _pause_for_store(self, error: Exception) -> None:
        self._on_store_error(self._channel.name, error)
        pause_s = STORE_PAUSES_S[min(self._store_failures, len(STORE_PAUSES_S) - 1)]
        self._store_failures += 1
        # Not to be woken: a store that is locked is not mended by new rows.
        await asyncio.sleep(pause_s)

    async def _sleep(self, pause_s: float) -> None:
        """Until `pause_s` are over or somebody wakes us."""
        if pause_s > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()
