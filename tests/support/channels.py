"""Ways out whose outcomes a test writes down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from alerts.channel import Delivered, Outcome
from alerts.message import Notification
from watchdog.clock import Clock


async def always_delivered(_row: Notification, _now: datetime) -> Outcome:
    return Delivered("ok")


@dataclass(slots=True)
class ScriptedChannel:
    """Answers as `answer` says; `tries` is every row it was handed and when, `told` what was delivered."""

    name: str
    now: Clock
    answer: Callable[[Notification, datetime], Awaitable[Outcome]] = always_delivered
    timeout_s: float = 30.0
    tries: list[tuple[datetime, Notification]] = field(default_factory=list)
    told: list[tuple[datetime, Notification]] = field(default_factory=list)

    async def send(self, notification: Notification) -> Outcome:
        began = self.now()
        self.tries.append((began, notification))
        outcome = await self.answer(notification, began)
        if isinstance(outcome, Delivered):
            self.told.append((self.now(), notification))
        return outcome

    @property
    def told_ids(self) -> list[str]:
        return [row.id for _, row in self.told]
