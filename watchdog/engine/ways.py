"""How the ways out do, for whoever shows it, and for messages that go another way meanwhile."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from alerts.channel import Channel, Outcome
from alerts.directory import Directory
from alerts.fallback import WITHIN
from alerts.flow import Flow, Health
from alerts.message import Message, Notification
from alerts.pace import Pace
from alerts.return_digest import Waiting, digest


class Lasting(Protocol):
    """alerts.channels.alertmanager_channel.AlertmanagerChannel, as far as what stands is said again."""

    @property
    def name(self) -> str: ...

    async def keep(self, standing: Iterable[Message], started_at: datetime) -> Outcome: ...


@dataclass(slots=True)
class Ways:
    """One per daemon; delivery loops report to it."""

    directory: Callable[[], Directory] | None = None
    """That of the settings in force, once there are some."""
    lasting: Callable[[], Mapping[str, Lasting]] = dict
    """By address, ways that must be told again of what stands."""
    own_mail: Callable[[], Channel | None] = lambda: None
    """Our own relay, for the mail that proves it; None where there is none."""
    is_held: Callable[[], bool] = lambda: False
    """Nothing is sent for now: we see nothing."""
    _health: dict[str, Health] = field(default_factory=dict)
    _sends_since: datetime | None = None

    def flow(self, channel: str, per_minute: int | None, *, gathers: bool = True) -> Flow:
        """For a loop that begins; whatever was known of a channel of this name is of a former one."""
        self.report(channel, Health())
        return Flow(name=channel, pace=Pace(per_minute), gathers=gathers, on_health=self.report)

    def report(self, channel: str, health: Health) -> None:
        self._health[channel] = health

    @property
    def health(self) -> Mapping[str, Health]:
        """Of every channel that there is."""
        names = self._names()
        return {name: one for name, one in self._health.items() if names is None or name in names}

    @property
    def open_ones(self) -> Mapping[str, bool]:
        """Of every channel, whether its breaker is open."""
        return {name: one.is_out for name, one in self.health.items()}

    def out_for_long(self, now: datetime) -> Sequence[str]:
        """Channels that have been out for so long that what waits for them goes another way."""
        return sorted(
            name
            for name, one in self.health.items()
            if one.is_out and one.since is not None and now - one.since >= WITHIN
        )

    def sends_since(self, now: datetime) -> datetime | None:
        """Since when messages go out, as far as those know who ask now and then; None while all are held."""
        self._sends_since = None if self.is_held() else self._sends_since or now
        return self._sends_since

    def digest(self, waiting: Sequence[Waiting], at: datetime) -> Notification:
        """What waited for one address, as one message."""
        if self.directory is None:
            raise RuntimeError("nothing is sent before there are settings")
        return digest(waiting, at, self.directory())

    def _names(self) -> frozenset[str] | None:
        return None if self.directory is None else frozenset(self.directory().ways.values())
