"""A sign of life to a service outside, which raises the alarm when it stays away (a dead man's switch)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol
from urllib.parse import urlsplit, urlunsplit

import structlog

from alerts.channel import Delivered
from alerts.channels.webhook_channel import WANTED_URL, Fetch, WebhookReason, is_safe_url, judge_answer, reason_of
from checks.network.errors import ProbeError
from checks.network.values import HttpRequest
from checks.secret import Secret, SecretUnavailableError
from watchdog.clock import Clock
from watchdog.engine.vitals import Vitals, ailment, hang
from watchdog.sd_notify import ServiceManager
from watchdog.settings.values import HeartbeatSettings
from watchdog.store.errors import StoreError

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: How often it looks whether a beat is due, so that other settings take force at once.
TICK_S: Final = 1.0

#: After the first failure; later ones wait for the next regular beat.
RETRY_S: Final = 10.0

#: How long a beat waits for the end of the ledger's chain.
CHAIN_WITHIN_S: Final = 2.0

#: Total time of one beat, from the name's look-up to the answer.
TIMEOUT_S: Final = 10.0


class BeatOutcome(Enum):
    """How one beat ended; a metric label."""

    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    """Not sent, because the daemon is not well."""


class Counting(Protocol):
    """The daemon's counters as the heartbeat needs them."""

    def beat(self, outcome: str, reason: str, at_s: float) -> None: ...


@dataclass(frozen=True, slots=True)
class _Beat:
    outcome: BeatOutcome
    reason: str = ""
    said: str = ""
    """For the log: never the URL, which carries a token as often as not."""


@dataclass(slots=True)
class Heartbeat:
    """Beats as long as the daemon is well. A beat says "I am alive", and nothing of what the daemon sees; the end of
    the ledger's chain goes with it, as a number and a hash that tell nothing but prove much.

    Must run in the loop whose life it tells of: a loop that is stuck does not beat.
    """

    settings: Callable[[], HeartbeatSettings | None]
    vitals: Callable[[], Vitals]
    fetch: Fetch
    clock: Clock
    counters: Counting
    chain_end: Callable[[], Awaitable[str]] | None = None
    """Like "1234-3f9a…"; may fail, and take its time: a beat waits CHAIN_WITHIN_S for it and goes without."""
    _of: HeartbeatSettings | None = None
    _due_s: float = 0.0
    _last: _Beat = field(default_factory=lambda: _Beat(BeatOutcome.SENT))

    async def forever(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.tick(asyncio.get_running_loop().time())
            await asyncio.sleep(TICK_S)

    async def tick(self, now_s: float) -> None:
        """Beat when it is time; `now_s` is the loop's own."""
        settings = self.settings()
        if settings != self._of:
            self._of, self._due_s = settings, now_s
        if settings is None or now_s < self._due_s:
            return
        beat = await self._guarded(settings)
        self.counters.beat(beat.outcome.value, beat.reason, self.clock().timestamp())
        _tell(self._last, beat)
        again_soon = beat.outcome is not BeatOutcome.SENT and self._last.outcome is BeatOutcome.SENT
        self._due_s = now_s + (min(RETRY_S, settings.every_s) if again_soon else settings.every_s)
        self._last = beat

    async def _guarded(self, settings: HeartbeatSettings) -> _Beat:
        try:
            return await self._beat(settings)
        except Exception as error:  # a bug here must not end what it tells of
            log.exception("a heartbeat could not be sent")
            return _Beat(BeatOutcome.FAILED, "bug", type(error).__name__)

    async def _beat(self, settings: HeartbeatSettings) -> _Beat:
        if why := ailment(self.vitals()):
            return _Beat(BeatOutcome.HELD, "unwell", why)
        try:
            url = settings.url.reveal() if isinstance(settings.url, Secret) else settings.url
        except SecretUnavailableError as error:
            return _Beat(BeatOutcome.FAILED, WebhookReason.SECRET.value, str(error))
        if not is_safe_url(url):
            return _Beat(BeatOutcome.FAILED, WebhookReason.BAD_URL.value, WANTED_URL)
        return await self._sent(with_chain_end(url, settings.method, await self._chain_end()))

    async def _chain_end(self) -> str:
        if self.chain_end is None:
            return ""
        try:
            async with asyncio.timeout(CHAIN_WITHIN_S):
                return await self.chain_end()
        except (TimeoutError, StoreError):
            return ""

    async def _sent(self, request: HttpRequest) -> _Beat:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await self.fetch(request)
        except TimeoutError:
            return _Beat(BeatOutcome.FAILED, WebhookReason.TIMEOUT.value, f"no answer within {TIMEOUT_S:g} s")
        except ProbeError as error:
            return _Beat(BeatOutcome.FAILED, reason_of(error.cause).value, error.cause.value)
        outcome = judge_answer(answer, self.clock())
        if isinstance(outcome, Delivered):
            return _Beat(BeatOutcome.SENT)
        return _Beat(BeatOutcome.FAILED, outcome.reason, outcome.detail)


def with_chain_end(url: str, method: str, end: str) -> HttpRequest:
    """`end` as `ledger=…` in the query of a GET, and as a line of text in a POST."""
    body, headers = b"", {}
    if end and method == "POST":
        body, headers = f"ledger {end}\n".encode(), {"Content-Type": "text/plain; charset=utf-8"}
    elif end:
        parts = urlsplit(url)
        url = urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, f"ledger={end}")))))
    return HttpRequest(url=url, method=method, headers=headers, body=body, max_redirects=0, is_confidential=True)


async def keep_alive(manager: ServiceManager, vitals: Callable[[], Vitals]) -> None:
    """A word to the service manager twice per watchdog period, from the very loop that must not be stuck.

    While something hangs that a restart may set going (watchdog.engine.vitals.hang) it waits for a word in vain.
    """
    if manager.watchdog_s is None:
        return
    said = ""
    while True:
        why = hang(vitals())
        if why:
            if not said:
                log.error("no word to the service manager, so that it starts us anew", why=why)
            await asyncio.sleep(TICK_S)
        else:
            manager.alive()
            await asyncio.sleep(manager.watchdog_s / 2)
        said = why


def _tell(before: _Beat, now: _Beat) -> None:
    """One line when it changes, not one per beat: the outside service may be down for a day."""
    if (before.outcome, before.reason) == (now.outcome, now.reason):
        return
    match now.outcome:
        case BeatOutcome.SENT:
            log.info("the heartbeat is heard again")
        case BeatOutcome.FAILED:
            log.warning("the heartbeat did not get through", reason=now.reason, error=now.said)
        case BeatOutcome.HELD:
            log.error("no heartbeat: the daemon is not well", why=now.said)
