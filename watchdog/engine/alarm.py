"""The daemon's own distress: straight from memory to people, since what it tells of is that writing fails."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from alerts.address import address_of
from alerts.channel import Channel, Deferred, Delivered
from alerts.directory import Directory
from alerts.distress import RETRY_AFTER_S, TOLD_FOR_S, Distress, Line, Told
from alerts.incident import EventKind
from alerts.message import Message
from alerts.plan import notice_receivers
from alerts.route import Language, Receiver
from alerts.words.framed import Said, render_plain
from alerts.words.urdu import notices
from checks.model import Status
from watchdog.clock import Clock
from watchdog.engine.ending import FINISH_WITHIN_S

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: Tries beyond this many are not kept for the record while nothing can be written.
MAX_UNRECORDED = 1_000

#: What could not be told may lack just what the trouble took: descriptors, memory, a way out. It is tried again.
TELL_AGAIN_AFTER_S = RETRY_AFTER_S + 1.0
TRIES = 20

_LABELS = {"severity": Status.CRITICAL.value}


#: Whoever reads Urdu; the clock is the estate's, since all of them read the same.
_URDU_READER = Receiver(id="", channels=(), language=Language.URDU)


@dataclass(frozen=True, slots=True)
class _Both:
    """The same in both languages."""

    english: Said
    urdu: Said
    to: tuple[str, ...] = ()
    """Ids of the receivers whom it concerns; () means whoever hears of our own distress."""


class Alarm:
    """Whoever hears the daemon's own critical notices hears of these (alerts.plan.notice_receivers)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._directory: Directory | None = None
        self._channels: Sequence[Channel] = ()
        self._distress = Distress((), clock)
        self._unrecorded: list[Told] = []
        self._under_way: set[asyncio.Task[bool]] = set()
        self._again: dict[str, asyncio.TimerHandle] = {}
        self._logged_until_s: dict[tuple[str, str], float] = {}

    def configure(self, directory: Directory, channels: Sequence[Channel]) -> None:
        """Take other settings. An address that was told of a trouble before is not told of it again for that."""
        self._channels = channels
        self._directory = directory
        self._distress.take(_lines(notice_receivers(_LABELS, directory, self._clock()), directory, channels))

    def duty_changed(self) -> None:
        """Somebody else is on duty now."""
        if self._directory is not None:
            self.configure(self._directory, self._channels)

    def __call__(self, key: str, text: str) -> None:
        """Tell of a trouble; returns at once. `key` names it, so that nobody hears of it twice within the hour."""
        self._log(key, text)
        if key not in self._again:
            english = Said(f"Nigehban itself is in trouble: {key}", text)
            self._insist(key, _Both(english, notices.trouble(key, text)), TOLD_FOR_S, TRIES)

    def _log(self, key: str, text: str) -> None:
        """As often as people are told of it, however often it is met."""
        now_s = asyncio.get_running_loop().time()
        self._logged_until_s = {said: until_s for said, until_s in self._logged_until_s.items() if until_s > now_s}
        if (key, text) not in self._logged_until_s:
            self._logged_until_s[key, text] = now_s + TOLD_FOR_S
            log.error("trouble", key=key, text=text)

    def _insist(self, key: str, said: _Both, told_for_s: float, tries: int) -> None:
        """Tell of it, and again while there are tries left and somebody could not be reached for the time being."""

        def once_told(task: asyncio.Task[bool]) -> None:
            if not task.cancelled() and not _has_told(task, key) and tries > 1:
                again = partial(self._insist, key, said, told_for_s, tries - 1)
                self._again[key] = task.get_loop().call_later(TELL_AGAIN_AFTER_S, again)

        self._again.pop(key, None)
        telling = self._tell_beside(key, said, told_for_s, RETRY_AFTER_S)
        telling.add_done_callback(once_told)

    def tell(
        self,
        key: str,
        english: Said,
        urdu: Said,
        *,
        told_for_s: float = TOLD_FOR_S,
        retry_after_s: float = RETRY_AFTER_S,
        insist: bool = False,
        to: Sequence[str] = (),
    ) -> None:
        """Like a call, in words of its own; whoever was reached is left alone for `told_for_s`. Once, or `insist`.

        A next call leaves whoever could not be reached alone for `retry_after_s`. `to` are ids of receivers, whom it
        goes to by all their channels, since none can stand in for another; () means whoever hears of our own distress.
        """
        said = _Both(english, urdu, tuple(to))
        if insist:
            self._insist(key, said, told_for_s, TRIES)
        else:
            self._tell_beside(key, said, told_for_s, retry_after_s)

    def _tell_beside(self, key: str, said: _Both, told_for_s: float, retry_after_s: float) -> asyncio.Task[bool]:
        telling = self._tell(key, said, told_for_s, retry_after_s)
        task = asyncio.get_running_loop().create_task(telling)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    @property
    def unrecorded(self) -> Sequence[Told]:
        """Tries that nobody has written down yet, oldest first."""
        return tuple(self._unrecorded)

    def recorded(self, told: Sequence[Told]) -> None:
        """`told`, the oldest of them, are written down."""
        del self._unrecorded[: len(told)]

    async def finish(self) -> None:
        """Let what is under way reach people before the daemon ends, within FINISH_WITHIN_S."""
        for again in self._again.values():
            again.cancel()
        self._again.clear()
        if self._under_way:
            await asyncio.wait(tuple(self._under_way), timeout=FINISH_WITHIN_S)

    async def _tell(self, key: str, said: _Both, told_for_s: float, retry_after_s: float) -> bool:
        """Whether all who were tried just now were reached, or refused for good."""
        if self._directory is None:
            return True
        tried = await self._distress.tell(
            key,
            self._message(said.english, self._directory, None),
            in_urdu=self._message(said.urdu, self._directory, _URDU_READER),
            told_for_s=told_for_s,
            retry_after_s=retry_after_s,
            lines=self._lines_to(said.to, self._directory),
        )
        for told in tried:
            reached = isinstance(told.outcome, Delivered)
            log.info("told of trouble", key=key, channel=told.notification.channel, reached=reached)
            if len(self._unrecorded) < MAX_UNRECORDED:
                self._unrecorded.append(told)
        return not any(isinstance(told.outcome, Deferred) for told in tried)

    def _lines_to(self, named: Sequence[str], directory: Directory) -> Sequence[Line] | None:
        """None where none of them can be told any more: then whoever hears of our own distress is told."""
        there = [id_ for id_ in named if id_ in directory.receivers]
        return _lines(directory.people(there, self._clock()), directory, self._channels) or None

    def _message(self, said: Said, directory: Directory, receiver: Receiver | None) -> Message:
        return render_plain(
            EventKind.NOTICE,
            said.subject,
            said.text,
            at=self._clock(),
            directory=directory,
            fields=_LABELS,
            receiver=receiver,
        )


def _lines(receivers: Iterable[Receiver], directory: Directory, channels: Sequence[Channel]) -> tuple[Line, ...]:
    """One for each address that they have."""
    by_name = {channel.name: channel for channel in channels}
    lines: dict[str, Line] = {}
    for receiver in receivers:
        for spec in receiver.channels:
            for recipient in spec.recipients:
                address = address_of(spec, recipient)
                channel = by_name[directory.ways[address]]
                line = Line(
                    channel=channel,
                    recipient=recipient,
                    address=address,
                    receiver=receiver.id,
                    language=receiver.language,
                )
                lines.setdefault(address, line)
    return tuple(lines.values())


def _has_told(task: asyncio.Task[bool], key: str) -> bool:
    """What broke the telling itself may be the very trouble: a word that lies in a file, and no descriptor for it."""
    error = task.exception()
    if error is not None:
        log.error("telling of trouble broke", key=key, exc_info=error)
        return False
    return task.result()
