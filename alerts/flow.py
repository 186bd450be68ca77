"""What holds back one channel's messages, and what it is known by: its breaker and its limit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from alerts.breaker import Closed, Out, State, Trial, after, at
from alerts.channel import Deferred, Outcome
from alerts.message import Notification
from alerts.pace import Pace


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
    is_back: bool = False
    """It works again after it was out: what it failed is worth a try now."""
    asked_to_wait: set[str] = field(default_factory=set)
    """Ids of rows that the other side put off for reasons of its own, or until a time it named."""
    _state: State = field(default_factory=Closed)

    def wait_s(self, now_s: float) -> float:
        """Seconds until a message may be tried, 0 where one may now."""
        self._state = at(self._state, now_s)
        if isinstance(self._state, Out):
            return self._state.until_s - now_s
        wait_s = self.pace.wait_s(now_s)
        self.is_crowded = self.is_crowded or wait_s > 0
        return wait_s

    @property
    def may_gather(self) -> bool:
        """What waits may go as one message; not while the one on trial is out."""
        return self.gathers and self.is_crowded and isinstance(self._state, Closed)

    def begun(self, now_s: float) -> None:
        self.pace.begun(now_s)

    def ended(self, outcome: Outcome, row: Notification, now: datetime, now_s: float) -> None:
        """A try of `row` ended so, at `now`, which is `now_s` by the clock that never steps back."""
        before, self._state = self._state, after(self._state, outcome, row.address, now_s)
        if isinstance(self._state, Closed) and not isinstance(before, Closed):
            self.is_crowded = self.is_back = True
        self._remember(row.id, outcome)
        if isinstance(self._state, Out) or not isinstance(before, Closed):
            self.on_health(self.name, _health(self._state, now, now_s))

    def _remember(self, row_id: str, outcome: Outcome) -> None:
        match outcome:
            case Deferred(only_this=True) | Deferred(retry_after_s=float()):
                self.asked_to_wait.add(row_id)
            case _:
                self.asked_to_wait.discard(row_id)


def _health(state: State, now: datetime, now_s: float) -> Health:
    match state:
        case Closed():
            return Health()
        case Out(since_s=since_s, until_s=until_s, reason=reason):
            until = now + timedelta(seconds=until_s - now_s)
            return Health(is_out=True, since=now - timedelta(seconds=now_s - since_s), until=until, reason=reason)
        case Trial(since_s=since_s, reason=reason):
            return Health(is_out=True, since=now - timedelta(seconds=now_s - since_s), reason=reason)
