"""What a way out promises: one try, three outcomes, never an exception."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from alerts.message import Notification


@dataclass(frozen=True, slots=True)
class Delivered:
    """The next hop has taken responsibility."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now. `retry_after_s` is what the other side asked for, or None to back off by ourselves.

    `only_this` says nothing against the channel: this recipient is busy or full, others may be reached.
    """

    reason: str
    detail: str = ""
    retry_after_s: float | None = None
    only_this: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never: a wrong address, a refused token, a message the other side will not take."""

    reason: str
    detail: str = ""


Outcome: TypeAlias = Delivered | Deferred | Rejected


class Channel(Protocol):
    """One configured way out. `reason` in outcomes is a closed word per channel file: it is a metric label."""

    @property
    def name(self) -> str: ...

    @property
    def timeout_s(self) -> float: ...

    async def send(self, notification: Notification) -> Outcome: ...
