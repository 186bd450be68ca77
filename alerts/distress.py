"""The daemon's own distress (store gone, disk full, blind): straight from memory to people.

The one exception to "intent before act": where nothing can be written, nothing would ever be sent.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from alerts.channel import Channel, Deferred, Delivered, Outcome, Rejected
from alerts.delivery import attempt
from alerts.message import Message, Notification
from alerts.route import Language
from alerts.telling import notification_id

#: How long a person who was told of a trouble is left alone about it.
TOLD_FOR_S = 3600.0

#: How long a line that failed rests before it is tried again.
RETRY_AFTER_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One address, and the channel that serves it."""

    channel: Channel
    recipient: str
    address: str
    receiver: str = ""
    language: Language = Language.ENGLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One try, to be recorded once writing works again."""

    notification: Notification
    at: datetime
    outcome: Outcome


class Distress:
    """Tells every line at once, each within its own time, and remembers whom it told what."""

    def __init__(self, lines: Sequence[Line], now: Callable[[], datetime]) -> None:
        self._lines = tuple(lines)
        self._now = now
        self._rests_until_s: dict[tuple[str, str], float] = {}

    def take(self, lines: Sequence[Line]) -> None:
        """Other lines from now on. What an address was told stays told, by whichever channel it was."""
        self._lines = tuple(lines)

    async def tell(
        self,
        key: str,
        message: Message,
        *,
        in_urdu: Message | None = None,
        told_for_s: float = TOLD_FOR_S,
        retry_after_s: float = RETRY_AFTER_S,
        lines: Sequence[Line] | None = None,
    ) -> Sequence[Told]:
        """Tell `message`, or the same in Urdu, to all who were not told of `key` for `told_for_s`, or to `lines` in
        their place. Never raises but when cancelled.

        `key` names the trouble ("disk_full"), from a closed set. Call it as often as the trouble is seen: a line
        that failed is tried again after a while, and a second call meanwhile sends nothing twice.
        """
        now_s = asyncio.get_running_loop().time()
        self._forget_before(now_s)
        asked = self._lines if lines is None else lines
        due = [line for line in asked if self._slot(key, line) not in self._rests_until_s]
        for line in due:
            self._rests_until_s[self._slot(key, line)] = now_s + line.channel.timeout_s + retry_after_s
        rest_s = partial(_rest_s, told_for_s=told_for_s, retry_after_s=retry_after_s)
        said = {Language.ENGLISH: message, Language.URDU: in_urdu or message}
        return await asyncio.gather(*(self._tell_one(key, said[line.language], line, rest_s) for line in due))

    async def _tell_one(self, key: str, message: Message, line: Line, rest_s: Callable[[Outcome], float]) -> Told:
        notification = self._notification(key, message, line)
        outcome = await attempt(line.channel, notification)
        self._rests_until_s[self._slot(key, line)] = asyncio.get_running_loop().time() + rest_s(outcome)
        return Told(notification=notification, at=self._now(), outcome=outcome)

    def _notification(self, key: str, message: Message, line: Line) -> Notification:
        now = self._now()
        # The hour in the id: a restart within it repeats the Message-ID, and mail readers show one mail.
        stem = f"distress-{key}-{now:%Y%m%dT%H}"
        return Notification(
            id=notification_id(stem, line.address),
            event_id=stem,
            incident_id=None,
            receiver=line.receiver,
            channel=line.channel.name,
            recipient=line.recipient,
            address=line.address,
            message=message,
            urgency=0,
            created_at=now,
            not_before=now,
        )

    def _forget_before(self, now_s: float) -> None:
        self._rests_until_s = {slot: until_s for slot, until_s in self._rests_until_s.items() if until_s > now_s}

    @staticmethod
    def _slot(key: str, line: Line) -> tuple[str, str]:
        return key, line.address


def _rest_s(outcome: Outcome, told_for_s: float, retry_after_s: float) -> float:
    match outcome:
        case Delivered() | Rejected():
            return told_for_s
        case Deferred(retry_after_s=asked_s):
            return min(max(retry_after_s, asked_s or 0.0), TOLD_FOR_S)
