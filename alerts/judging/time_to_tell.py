"""How long it takes at worst until people hear of a fault, as a sum of named parts. Pure."""

from dataclasses import dataclass
from math import ceil

from alerts.judging.fault import SLACK, Threshold

#: What a send takes at worst before the next channel is tried, where nobody knows better.
SEND_S = 10.0


@dataclass(frozen=True, slots=True)
class Part:
    """One summand."""

    name: str
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class TimeToTell:
    """The worst case, from the moment a target fails to the moment a message has left."""

    parts: tuple[Part, ...]

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in self.parts)


def time_to_tell(
    rule: Threshold, *, interval_s: float, timeout_s: float, retry_every_s: float, send_s: float = SEND_S
) -> TimeToTell:
    """Of a critical fault of one check that nothing above it explains, told over a channel that works.

    A target that fails right after a look is met by the next one, an interval later. Any look may take all its time:
    the first holds up the next one, the last the verdict. The settle wait is over at the first hasty look after it.
    """
    more = rule.failures_to_open - 1
    hasty_s = min(timeout_s, retry_every_s)
    last_s = hasty_s if more or rule.settle_s else timeout_s
    parts = [
        Part("interval", interval_s, "until it is looked at again"),
        Part("timeouts", last_s + max(0.0, timeout_s - retry_every_s) * bool(more), "looks that take all their time"),
        Part("confirm", more * retry_every_s, f"{more} more looks that fail, {retry_every_s:g} s from start to start"),
        Part("settle", _settled_s(rule, retry_every_s), "the settle wait, up to the look that ends it"),
        Part("send", send_s, "a channel that takes all its time"),
    ]
    return TimeToTell(tuple(part for part in parts if part.seconds))


def warning_time_to_tell(rule: Threshold, *, interval_s: float, timeout_s: float, send_s: float = SEND_S) -> TimeToTell:
    """Of a fault that is no more than a warning: it is never looked into in haste, and nothing settles."""
    more = rule.failures_to_open - 1
    parts = [
        Part("interval", interval_s, "until it is looked at again"),
        Part("confirm", more * interval_s, f"{more} more looks that are not ok, {interval_s:g} s from start to start"),
        Part("timeouts", timeout_s, "a last look that takes all its time"),
        Part("send", send_s, "a channel that takes all its time"),
    ]
    return TimeToTell(tuple(part for part in parts if part.seconds))


def _settled_s(rule: Threshold, retry_every_s: float) -> float:
    """Whole looks."""
    return max(0.0, ceil((rule.settle - SLACK).total_seconds() / retry_every_s) * retry_every_s)
