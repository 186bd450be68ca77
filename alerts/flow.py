"""What holds back one channel's messages, and what it is known by: its breaker and its limit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from alerts.backoff import LONGEST_ASKED_S, LONGEST_S
from alerts.breaker import Closed, Out, State, Trial, after, at
from alerts.burst import Burst
from alerts.channel import Deferred, Delivered, Outcome
from alerts.incident import EventKind, Nature
from alerts.message import Notification
from alerts.pace import Pace
from alerts.return_digest import Gathered

#: A loop that sends for so long without a rest does not keep up: what waits behind it goes as one message.
BEHIND_S: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a channel does, for people."""

    is_out: bool = False
    """It fails, and is tried now and then with one message."""
    since: datetime | None = None
    """When it went out."""
    until: datetime | None = None
    """When it is tried next; None while it works or is on trial."""
    reason: str = ""
    """The last failure's, in the words of the channel's reasons."""


#: Called with (channel, health) when it changes. Must not raise.
OnHealth: TypeAlias = Callable[[str, Health], None]


@dataclass(slots=True)
class Flow:
    """Decides nothing itself: keeps what `alerts.breaker` and `alerts.pace` say, and tells of changes."""

    name: str
    pace: Pace = field(default_factory=Pace)
    gathers: bool = True
    """Many messages may become one there."""
    on_health: OnHealth = lambda _channel, _health: None
    is_crowded: bool = False
    """Something held back what waits: it may have become more than a person reads one by one."""
    is_behind: bool = False
    """More comes at once, or faster than it takes them, than a person reads one by one."""
    is_back: bool = False
    """It works again after it was out: what it failed is worth a try now."""
    burst: Burst = field(default_factory=Burst)
    _asked: dict[str, float] = field(default_factory=dict)
    """Rows that the other side put off for reasons of its own, or until a time it named; and when that is over."""
    _busy_since_s: float | None = None
    """Since when there was always one more to send."""
    _state: State = field(default_factory=Closed)

    def wait_s(self, now_s: float) -> float:
        """Seconds until a message may be tried, 0 where one may now."""
        self._state = at(self._state, now_s)
        if isinstance(self._state, Out):
            return self._state.until_s - now_s
        paced_s, paused_s = self.pace.wait_s(now_s), self.burst.wait_s(now_s) if self.gathers else 0.0
        self.is_crowded = self.is_crowded or paced_s > 0
        self.is_behind = self.is_behind or paused_s > 0 or self._is_busy_for_long(now_s)
        return max(paced_s, paused_s)

    def _is_busy_for_long(self, now_s: float) -> bool:
        """Once for each such time."""
        if self._busy_since_s is None or now_s - self._busy_since_s < BEHIND_S:
            return False
        self._busy_since_s = now_s
        return True

    @property
    def may_gather(self) -> bool:
        """What waits may go as one message; not while the one on trial is out."""
        return self.gathers and (self.is_crowded or self.is_behind) and isinstance(self._state, Closed)

    @property
    def gathered(self) -> Gathered:
        """What of it."""
        if self.is_back:
            return Gathered.ALL
        return Gathered.HERE if self.is_crowded else Gathered.FAULTS

    def has_gathered(self) -> None:
        self.is_crowded = self.is_behind = self.is_back = False

    def begun(self, now_s: float) -> None:
        self.pace.begun(now_s)
        self._busy_since_s = now_s if self._busy_since_s is None else self._busy_since_s

    def idle(self) -> None:
        """Nothing is due."""
        self._busy_since_s = None

    def asked_to_wait(self, now_s: float) -> frozenset[str]:
        """Ids of rows that are not to be tried sooner because the channel works again."""
        return frozenset(row_id for row_id, until_s in self._asked.items() if until_s > now_s)

    def ended(self, outcome: Outcome, row: Notification, now: datetime, now_s: float) -> None:
        """A try of `row` ended so, at `now`, which is `now_s` by the clock that never steps back."""
        before, self._state = self._state, after(self._state, outcome, row.address, now_s)
        if isinstance(self._state, Closed) and not isinstance(before, Closed):
            self.is_crowded = self.is_back = True
        self._remember(row.id, outcome, now_s)
        if isinstance(outcome, Delivered):
            self._count(row, now_s)
        if isinstance(self._state, Out) or not isinstance(before, Closed):
            self.on_health(self.name, _health(self._state, now, now_s))

    def _count(self, row: Notification, now_s: float) -> None:
        is_digest = row.message.event is EventKind.DIGEST
        if is_digest or row.message.fields.get("nature") == Nature.FAULT.value:
            self.burst.told(row.address, now_s, many=is_digest)

    def _remember(self, row_id: str, outcome: Outcome, now_s: float) -> None:
        """Rows that are dropped meanwhile have no end of their own here: their time runs out."""
        self._asked = {other: until_s for other, until_s in self._asked.items() if until_s > now_s and other != row_id}
        match outcome:
            case Deferred(only_this=True, retry_after_s=asked_s) | Deferred(retry_after_s=float() as asked_s):
                self._asked[row_id] = now_s + min(LONGEST_ASKED_S, max(LONGEST_S, asked_s or 0.0))
            case _:
                pass


def _health(state: State, now: datetime, now_s: float) -> Health:
    match state:
        case Closed():
            return Health()
        case Out(since_s=since_s, until_s=until_s, reason=reason):
            until = now + timedelta(seconds=until_s - now_s)
            return Health(is_out=True, since=now - timedelta(seconds=now_s - since_s), until=until, reason=reason)
        case Trial(since_s=since_s, reason=reason):
            return Health(is_out=True, since=now - timedelta(seconds=now_s - since_s), reason=reason)
